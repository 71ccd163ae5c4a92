from __future__ import annotations

import pytest
import torch
from torch import nn

from mendkit.config import TrainingConfig
from mendkit.training.schedule import rate_factor, spent_share, update_average


def test_of_images_and_minutes_that_counts_which_is_spent_first() -> None:
    assert spent_share(50, 1e9, TrainingConfig(images=200)) == 0.25
    both = TrainingConfig(images=200, minutes=2)
    assert [spent_share(images, 90, both) for images in (0, 50, 180)] == [0.75, 0.75, 0.9]


def test_the_rate_is_constant_and_then_falls_to_zero() -> None:
    assert [rate_factor(spent, 0.5) for spent in (0, 0.5, 0.75, 1, 1.01)] == [1.0, 1.0, 0.5, 0.0, 0.0]
    assert rate_factor(0.995, 1.0) == 1.0


def test_the_average_is_half_way_after_its_half_life() -> None:
    average, model = nn.Linear(1, 1), nn.Linear(1, 1)
    nn.init.zeros_(average.weight)
    nn.init.ones_(model.weight)
    for _ in range(10):
        update_average(average, model, batch=10, images=10**6, half_life=100)
    assert average.weight.item() == pytest.approx(0.5, abs=1e-5)


def test_the_average_forgets_the_random_start() -> None:
    average, model = nn.Linear(4, 4), nn.Linear(4, 4)
    update_average(average, model, batch=8, images=8, half_life=10_000)
    assert torch.equal(average.weight, model.weight)
