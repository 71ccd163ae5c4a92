"""Terms of the composite head: its mask, the transformed input, and that it does no harm."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ....contracts.batch import Truths
from ....contracts.passes import per_item
from ....networks.transforms.homography import corner_offsets
from ..passes import TranslationPasses

HOMOGRAPHY = "transform.homography"
DEFECTIVE = 4 / 255
"""Where source and target differ by more (of a range of 2), the mask should be open."""
LEAST_AREA = 0.01
"""Of what differs; a smaller one counts as this share of the image."""


def mask_y(passes: TranslationPasses) -> Tensor:
    """Cross entropy of the composite head's mask against where x and y differ.

    A mask that is learnt through the image alone never closes entirely, and so harms what was not defective.
    """
    return _mask_entropy(passes, _defective(passes))


def drawn_y(passes: TranslationPasses) -> Tensor:
    """``|drawn - y|`` everywhere, whether or not the mask is open there.

    The L1 of the image shuts the mask over what is drawn badly, where then nothing teaches what is drawn; and where a
    mask is open by mistake, what is drawn should do no harm.
    """
    return per_item((passes.fake_y.drawn - passes.y).abs())


def drawn_defect_y(passes: TranslationPasses) -> Tensor:
    """``|drawn - y|`` where x and y differ, as a mean over these pixels: a small mark counts as much as a large one."""
    there = _defective(passes).to(passes.y.dtype)
    wrong = ((passes.fake_y.drawn - passes.y).abs() * there).mean(dim=(1, 2, 3))
    return wrong / there.mean(dim=(1, 2, 3)).clamp(min=LEAST_AREA)


def _defective(passes: TranslationPasses) -> Tensor:
    """Where the mask should be open, ``[N, 1, S, S]`` (bool)."""
    return (passes.x - passes.y).abs().amax(dim=1, keepdim=True) > DEFECTIVE


def closed_y(passes: TranslationPasses) -> Tensor:
    """Cross entropy of the mask against nothing at all: what is only moved or toned should not be redrawn."""
    return _mask_entropy(passes, torch.zeros_like(passes.x[:, :1], dtype=torch.bool))


def _mask_entropy(passes: TranslationPasses, truth: Tensor) -> Tensor:
    logits: Tensor | None = passes.fake_y.mask_logits
    if logits is None:
        return passes.x.new_zeros(len(passes.batch))
    return per_item(F.binary_cross_entropy_with_logits(logits, truth.to(logits.dtype), reduction="none"))


def harm_y(passes: TranslationPasses) -> Tensor:
    """``max(0, |G_XY(x) - y| - |x - y|)``: by how much pixels are worse than they were."""
    before, after = ((image - passes.y).abs() for image in (passes.x, passes.fake_y.image))
    return per_item((after - before).relu())


def corners_y(passes: TranslationPasses) -> Tensor:
    """How far the corners of the predicted homography are from the true ones, of pairs whose homography is known."""
    predicted, known = passes.fake_y.transforms.get(HOMOGRAPHY), passes.batch.truths.get("homography")
    if predicted is None or known is None:
        return passes.x.new_zeros(len(passes.batch))
    return per_item((predicted - corner_offsets(_or_identity(known))).abs()) * known.present


def _or_identity(known: Truths) -> Tensor:
    """The matrices ``[N, 3, 3]``; the identity where there is none, for which nothing divides by zero."""
    identity = torch.eye(3, device=known.values.device, dtype=known.values.dtype)
    return torch.where(known.present[:, None, None], known.values, identity)


def transform_y(passes: TranslationPasses) -> Tensor:
    """``|kept - y|``: transforms alone must mend the product, or it would be redrawn, and fade."""
    kept = passes.fake_y.kept
    return per_item(((passes.x if kept is None else kept) - passes.y).abs())
