from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mendkit.contracts.outcome import Outcome
from mendkit_color.evaluators import ColorDifference


def color(*rgb: float) -> Tensor:
    return torch.tensor(rgb).reshape(1, 3, 1, 1).expand(1, 3, 4, 4).clone()


def outcome(source: Tensor, output: Tensor, target: Tensor) -> Outcome:
    return Outcome(tuple(map(str, range(len(source)))), source, output, target, clean_output=target)


BLACK, RED, GREEN = color(0, 0, 0), color(1, 0, 0), color(0, 1, 0)


def test_differences_are_distances_in_cielab() -> None:
    meter = ColorDifference()
    meter.update(outcome(GREEN, BLACK, RED))
    # L* a* b* of sRGB red: 53.24, 80.09, 67.20; of green: 87.73, -86.18, 83.18; of black: 0, 0, 0.
    assert meter.compute() == pytest.approx({"delta_e": 117.34, "delta_e_input": 170.57}, abs=0.1)


def test_only_the_product_counts_and_a_blank_truth_has_none() -> None:
    meter = ColorDifference()
    target = RED.clone()
    target[..., 2:] = 1
    output = target.clone()
    output[..., 2:] = 0
    meter.update(outcome(BLACK, output, target))
    assert meter.compute() == pytest.approx({"delta_e": 0.0, "delta_e_input": 117.34}, abs=0.1)
    meter.reset()
    meter.update(outcome(BLACK, BLACK, torch.ones(1, 3, 4, 4)))
    assert meter.compute() == {}


def test_each_image_weighs_the_same_however_they_were_batched() -> None:
    sources, outputs, targets = torch.rand(3, 5, 3, 4, 4, generator=torch.Generator().manual_seed(0)) * 0.9
    whole, parts = ColorDifference(), ColorDifference()
    whole.update(outcome(sources, outputs, targets))
    for rows in (slice(0, 2), slice(2, 5)):
        parts.update(outcome(sources[rows], outputs[rows], targets[rows]))
    assert parts.compute() == pytest.approx(whole.compute(), rel=1e-9)
