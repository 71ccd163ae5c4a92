from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from mendkit.contracts.outcome import Outcome
from mendkit_background.evaluators import BorderWhiteness, ProductEdges, WatermarkResidue

Build = Callable[..., Outcome]

# 4 x 4 px: the border is one pixel wide, 12 pixels. The product is a 2 x 3 block that touches the right edge.
TARGET = [
    [255, 255, 255, 255],
    [255, 100, 100, 100],
    [255, 100, 100, 100],
    [255, 255, 255, 255],
]
SOURCE = [
    [30, 30, 30, 30],
    [30, 100, 100, 100],
    [30, 100, 100, 100],
    [30, 30, 30, 255],
]
OUTPUT = [
    [255, 250, 249, 255],
    [255, 255, 100, 100],
    [255, 100, 100, 100],
    [40, 255, 255, 255],
]


def test_border_whiteness_by_hand(outcome: Build) -> None:
    evaluator = BorderWhiteness()
    evaluator.update(outcome(SOURCE, OUTPUT, TARGET))
    assert evaluator.compute() == {
        "border_white": 8 / 10,  # of ten white ones, 249 and 40 are not white
        "border_white_input": 1 / 10,
        "product_kept": 5 / 6,  # one of six became white
        "product_kept_input": 1,
    }


def test_neither_a_white_image_nor_the_input_wins_border_whiteness(outcome: Build) -> None:
    evaluator = BorderWhiteness()
    evaluator.update(outcome(SOURCE, torch.full((4, 4), 255), TARGET))
    blank = evaluator.compute()
    assert (blank["border_white"], blank["product_kept"]) == (1, 0)
    evaluator.reset()
    evaluator.update(outcome(SOURCE, SOURCE, TARGET))
    assert evaluator.compute()["border_white"] == 0.1


def test_the_band_is_a_twentieth_of_the_shorter_side(outcome: Build) -> None:
    target = torch.full((40, 60), 255)
    output = target.clone()
    output[2:-2, 2:-2] = 0  # inside the band of two pixels nothing is counted
    evaluator = BorderWhiteness()
    evaluator.update(outcome(target, output, target))
    assert evaluator.compute() == {"border_white": 1, "border_white_input": 1}
    evaluator.reset()
    output[2:-2, 1] = 0  # 36 of the band's 40 * 60 - 36 * 56 = 384 pixels
    evaluator.update(outcome(target, output, target))
    assert evaluator.compute()["border_white"] == 348 / 384


def test_residue_and_damage_by_hand(outcome: Build) -> None:
    evaluator = WatermarkResidue()
    evaluator.update(
        outcome(
            source=[[100, 100, 20, 20]],
            output=[[60, 30, 20, 32]],
            target=[[20, 20, 20, 20]],
            mask=[[1, 1, 0, 0]],
        )
    )
    assert evaluator.compute() == pytest.approx(
        {
            "residual_in_mark": (40 + 10) / (80 + 80),
            "damage_outside": (0 + 12) / 2,
        },
        rel=1e-5,
    )


def test_an_untouched_input_leaves_all_of_the_mark_and_a_constant_damages_the_rest(outcome: Build) -> None:
    source, target, mask = [[100, 200, 20, 220]], [[20, 250, 20, 220]], [[1, 1, 0, 0]]
    evaluator = WatermarkResidue()
    evaluator.update(outcome(source, source, target, mask))
    assert evaluator.compute() == {"residual_in_mark": 1, "damage_outside": 0}
    evaluator.reset()
    evaluator.update(outcome(source, [[127, 127, 127, 127]], target, mask))
    constant = evaluator.compute()
    assert constant["residual_in_mark"] > 1 and constant["damage_outside"] == pytest.approx(100)


def test_without_a_mask_the_mark_is_where_source_and_target_clearly_differ(outcome: Build) -> None:
    evaluator = WatermarkResidue()
    evaluator.update(outcome(source=[[120, 22]], output=[[70, 22]], target=[[20, 20]]))
    assert evaluator.compute() == pytest.approx({"residual_in_mark": 0.5, "damage_outside": 0}, rel=1e-5)


@pytest.mark.parametrize("make", [BorderWhiteness, WatermarkResidue])
def test_batching_and_order_do_not_matter(make: type[BorderWhiteness | WatermarkResidue]) -> None:
    generator = torch.Generator().manual_seed(0)
    source, output, target = (torch.rand(5, 3, 8, 8, generator=generator) for _ in range(3))
    target[:, :, :3] = 1
    mask = (torch.rand(5, 1, 8, 8, generator=generator) > 0.5).float()

    def rows(chosen: list[int]) -> Outcome:
        names = tuple(map(str, chosen))
        return Outcome(names, source[chosen], output[chosen], target[chosen], target[chosen], mask[chosen])

    results = []
    for batches in ([[0, 1, 2, 3, 4]], [[4], [2, 0], [3, 1]]):
        evaluator = make()
        for batch in batches:
            evaluator.update(rows(batch))
        results.append(evaluator.compute())
    assert results[0] == results[1] and results[0]


@pytest.mark.parametrize("make", [BorderWhiteness, WatermarkResidue])
def test_nothing_taken_in_gives_no_numbers_and_reset_forgets(
    make: type[BorderWhiteness | WatermarkResidue], outcome: Build
) -> None:
    evaluator = make()
    assert evaluator.compute() == {}
    evaluator.update(outcome(SOURCE, OUTPUT, TARGET))
    assert evaluator.compute()
    evaluator.reset()
    assert evaluator.compute() == {}


def bar(left: int, right: int, surround: int = 255) -> torch.Tensor:
    """A grey bar of a 10 x 30 image."""
    image = torch.full((10, 30), surround)
    image[:, left:right] = 100
    return image


def test_product_edges_by_hand(outcome: Build) -> None:
    source, target = bar(10, 20, surround=0), bar(10, 20)
    evaluator = ProductEdges()
    evaluator.update(outcome(source, target, target))
    assert evaluator.compute() == {
        "edge_left": 0,
        "product_iou_median": 1,
        "product_iou_bad": 0,
        "product_iou_median_input": 1 / 3,
        "product_iou_bad_input": 1,
    }
    evaluator.reset()
    evaluator.update(outcome(source, bar(13, 20), target))  # three columns of ten are gone
    found = evaluator.compute()
    assert found["product_iou_median"] == 0.7
    # In the bands of six columns, three of the output are 155 too light, and six of the input 255 too dark.
    assert found["edge_left"] == pytest.approx(3 * 155 / (2 * 3 * 255))


def test_neither_a_white_image_nor_the_input_wins_product_edges(outcome: Build) -> None:
    source, target = bar(10, 20, surround=0), bar(10, 20)
    numbers = []
    for output in (source, torch.full((10, 30), 255), target):
        evaluator = ProductEdges()
        evaluator.update(outcome(source, output, target))
        numbers.append(evaluator.compute())
    untouched, blank, right = numbers
    assert untouched["edge_left"] == 1 and blank["product_iou_median"] == 0
    assert right["edge_left"] < min(untouched["edge_left"], blank["edge_left"])
    assert right["product_iou_median"] > max(untouched["product_iou_median"], blank["product_iou_median"])
