import pytest
import torch
from mendkit.contracts.outcome import Outcome
from torch import Tensor

from mendkit_price_stickers.evaluator import StickerRemoval

TARGET = torch.full((2, 3, 8, 8), 0.25)
TARGET[..., ::2] = 0.5  # stripes
MASK = torch.zeros(2, 1, 8, 8)
MASK[..., 2:5, 2:6] = 1
SOURCE = TARGET + 0.4 * MASK


def scores(output: Tensor, mask: Tensor | None = MASK) -> dict[str, float]:
    evaluator = StickerRemoval()
    evaluator.update(Outcome(("shoe", "cup"), SOURCE, output, TARGET, TARGET, mask))
    return evaluator.compute()


@pytest.mark.parametrize("mask", [MASK, None])
def test_an_untouched_sticker_is_there_with_all_of_its_edges(mask: Tensor | None) -> None:
    assert scores(SOURCE, mask) == {"gone": 0, "edges": 1, "damage": 0}


def test_a_perfect_output_leaves_nothing() -> None:
    assert scores(TARGET) == {"gone": 1, "edges": 0, "damage": 0}


def test_each_photo_counts_by_itself() -> None:
    assert scores(torch.stack([SOURCE[0], TARGET[1]])) == {"gone": 0.5, "edges": 0.5, "damage": 0}


def test_a_faint_rest_is_gone_but_its_edges_are_counted() -> None:
    assert scores(TARGET + 0.04 * MASK) == pytest.approx({"gone": 1, "edges": 0.1, "damage": 0})


def test_half_a_sticker_is_not_gone() -> None:
    assert scores(TARGET + 0.2 * MASK)["gone"] == 0


@pytest.mark.parametrize("shade", [0.0, 1.0])
def test_a_blank_image_is_worse_than_nothing(shade: float) -> None:
    blank = scores(torch.full_like(TARGET, shade))
    assert blank["gone"] == 0 and blank["damage"] > 60
    # It lacks the stripes: each step across is 0.25 wrong. Of the input's, 2 of 4 down and 2 of 5 across are 0.4 wrong.
    assert blank["edges"] == pytest.approx(0.25 / (0.4 * 2 / 4 + 0.4 * 2 / 5))


def test_damage_is_what_changed_beside_the_sticker() -> None:
    beside = (1 - MASK) * 2 / 255
    assert scores(TARGET + beside)["damage"] == pytest.approx(2, abs=1e-4)


def test_photos_without_a_sticker_say_nothing_of_its_removal() -> None:
    evaluator = StickerRemoval()
    evaluator.update(Outcome(("shoe", "cup"), TARGET, TARGET, TARGET, TARGET))
    assert evaluator.compute() == {"damage": 0}
