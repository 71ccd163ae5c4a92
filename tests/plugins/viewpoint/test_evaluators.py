from __future__ import annotations

import pytest
import torch
from torch import Tensor

from mendkit.contracts import Evaluator
from mendkit.contracts.outcome import Outcome
from mendkit_registry import EvaluatorSpec, build, load
from mendkit_viewpoint.evaluators import GradientEnergy, Silhouette


def grey(*rows: list[float]) -> Tensor:
    return torch.tensor(rows).expand(1, 3, len(rows), len(rows[0]))


def outcome(source: Tensor, output: Tensor, target: Tensor) -> Outcome:
    names = tuple(f"p{index}" for index in range(len(source)))
    return Outcome(names, source, output, target, clean_output=target)


TARGET = grey([1.0, 1.0, 0.0], [1.0, 1.0, 0.0])
FADED = grey([1.0, 1.0, 0.5], [1.0, 1.0, 0.5])
FLAT = grey([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
STEEP = grey([0.0, 1.0, 0.0], [0.0, 1.0, 0.0])


def test_a_product_faded_by_half_has_a_quarter_of_the_gradient_energy() -> None:
    meter = GradientEnergy()
    meter.update(outcome(STEEP, FADED, TARGET))
    # Truth: one step of 1 in each of two rows. Output: steps of 0.5. Input: two steps of 1 a row.
    assert meter.compute() == pytest.approx({"gradient_energy": 0.25, "gradient_energy_input": 2.0})


def test_a_perfect_output_is_as_sharp_as_the_truth_and_a_flat_one_has_no_energy() -> None:
    meter = GradientEnergy()
    meter.update(outcome(FLAT, TARGET, TARGET))
    assert meter.compute() == {"gradient_energy": 1.0, "gradient_energy_input": 0.0}


def test_vertical_steps_count_like_horizontal_ones() -> None:
    meter = GradientEnergy()
    target = grey([1.0, 1.0], [0.0, 0.0])  # two vertical steps
    meter.update(outcome(target, grey([1.0, 0.0], [1.0, 0.0]), target))
    assert meter.compute()["gradient_energy"] == pytest.approx(1.0)


def test_energies_are_summed_before_they_are_divided() -> None:
    meter = GradientEnergy()
    meter.update(outcome(TARGET, TARGET, TARGET))  # 2 of 2 (in each channel)
    meter.update(outcome(STEEP, FLAT, STEEP))  # 0 of 4
    assert meter.compute()["gradient_energy"] == pytest.approx(2 / 6)


def test_without_an_edge_in_any_truth_there_is_no_ratio() -> None:
    meter = GradientEnergy()
    assert meter.compute() == {}
    meter.update(outcome(TARGET, TARGET, FLAT))
    assert meter.compute() == {}


def test_silhouettes_are_compared_where_they_are_not_white() -> None:
    meter = Silhouette()
    target = grey([1.0, 0.2, 0.2, 1.0])
    output = grey([1.0, 1.0, 0.8, 0.8])  # shares 1 pixel of 3
    meter.update(outcome(grey([0.5, 1.0, 1.0, 1.0]), output, target))
    assert meter.compute() == pytest.approx({"silhouette_iou": 1 / 3, "silhouette_iou_input": 0.0})


def test_a_colour_that_is_bright_in_two_channels_is_not_white() -> None:
    meter = Silhouette()
    yellow = torch.tensor([1.0, 1.0, 0.0]).reshape(1, 3, 1, 1)
    meter.update(outcome(torch.ones(1, 3, 1, 1), yellow, torch.zeros(1, 3, 1, 1)))
    assert meter.compute() == {"silhouette_iou": 1.0, "silhouette_iou_input": 0.0}


def test_two_empty_silhouettes_agree() -> None:
    meter = Silhouette()
    white = torch.ones(2, 3, 4, 4)
    meter.update(outcome(white, white, white))
    assert meter.compute() == {"silhouette_iou": 1.0, "silhouette_iou_input": 1.0}
    meter.reset()
    assert meter.compute() == {}


@pytest.mark.parametrize("name", ["viewpoint.gradient_energy", "viewpoint.silhouette"])
def test_numbers_do_not_depend_on_batches_and_reset_forgets(name: str) -> None:
    source, output, target = torch.rand(3, 5, 3, 8, 8, generator=torch.Generator().manual_seed(0))
    meter = build(load()[EvaluatorSpec][name], Evaluator)
    meter.update(outcome(source, output, target))
    whole = meter.compute()
    meter.reset()
    for part in (slice(0, 1), slice(1, 4), slice(4, 5)):
        meter.update(outcome(source[part], output[part], target[part]))
    assert meter.compute() == pytest.approx(whole, rel=1e-12)
