from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mendkit.networks.perceptual import perceptual_distance


def maps(seed: int) -> tuple[Tensor, ...]:
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(3, channels, side, side, generator=generator) for channels, side in ((4, 8), (16, 2)))


def test_equal_images_are_at_distance_zero() -> None:
    assert perceptual_distance(maps(0), maps(0)).tolist() == [0, 0, 0]


def test_the_distance_is_that_of_unit_vectors_averaged_over_places_and_stages() -> None:
    orthogonal = torch.tensor([[3.0, 0.0]]).reshape(1, 2, 1, 1), torch.tensor([[0.0, 5.0]]).reshape(1, 2, 1, 1)
    opposite = torch.tensor([[1.0, 1.0]]).reshape(1, 2, 1, 1), torch.tensor([[-2.0, -2.0]]).reshape(1, 2, 1, 1)
    stages, truth = zip(orthogonal, opposite, strict=True)
    assert perceptual_distance(stages, truth).tolist() == pytest.approx([(2 + 4) / 2])


def test_the_scale_of_features_does_not_count() -> None:
    louder = tuple(10 * stage for stage in maps(0))
    assert perceptual_distance(louder, maps(1)).tolist() == pytest.approx(
        perceptual_distance(maps(0), maps(1)).tolist()
    )


def test_the_distance_grows_with_noise() -> None:
    noise = maps(1)
    distances = [
        perceptual_distance([a + scale * b for a, b in zip(maps(0), noise, strict=True)], maps(0)).mean().item()
        for scale in (0.0, 0.1, 0.5, 1.0)
    ]
    assert distances == sorted(distances)
    assert distances[1] > 0
