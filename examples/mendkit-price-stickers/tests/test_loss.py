import pytest
import torch
from mendkit.contracts.batch import Batch
from mendkit.contracts.guidance import Guidance, LabelTable
from mendkit.contracts.mended import Mended
from mendkit.learners.translation.passes import Players, TranslationPasses
from torch import Tensor

from mendkit_price_stickers.loss import OutlineLoss
from mendkit_price_stickers.plugin import PRICE

CLEAN = torch.zeros(1, 3, 8, 8)
STICKER = CLEAN.clone()
STICKER[..., 2:5, 2:6] = 0.7


def loss_of(output: Tensor, *, y: Tensor = CLEAN, paired: bool = True) -> float:
    """The loss of a model that makes ``output`` of the photo with the sticker."""

    def network(images: Tensor, guidance: Guidance) -> Mended:
        return Mended(output, output)

    batch = Batch(STICKER, y, LabelTable([PRICE]).guidance([PRICE]), torch.tensor([paired]))
    critic = torch.nn.Identity()
    return OutlineLoss()(TranslationPasses(batch, Players(network, network, critic, critic))).item()


def test_an_untouched_sticker_costs_the_steps_at_its_rim() -> None:
    # 4 columns of 4 steps and 3 rows of 5 touch the sticker; two of each are 0.7 high.
    assert loss_of(STICKER) == pytest.approx(0.7 * 2 / 4 + 0.7 * 2 / 5)


def test_a_fainter_rim_costs_less_in_proportion() -> None:
    assert loss_of(STICKER / 7) == pytest.approx(loss_of(STICKER) / 7)


def test_a_sticker_without_a_trace_costs_nothing() -> None:
    assert loss_of(CLEAN) == 0


def test_a_wrong_shade_everywhere_is_left_to_other_terms() -> None:
    assert loss_of(CLEAN + 0.5) == pytest.approx(0)


def test_what_is_far_from_the_sticker_is_left_to_other_terms() -> None:
    output = CLEAN.clone()
    output[..., 7, :] = 1
    assert loss_of(output) == 0


def test_items_that_are_not_pairs_cost_nothing() -> None:
    assert loss_of(STICKER, paired=False) == 0
