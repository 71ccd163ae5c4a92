"""Errors of pixels (Li et al., Sec. 2.3): L1 on pairs, cycle and identity. Each gives one value a sample."""

from __future__ import annotations

from torch import Tensor

from ....contracts.passes import per_item
from ..passes import TranslationPasses


def l1_y(passes: TranslationPasses) -> Tensor:
    """``|G_XY(x) - y|``."""
    return per_item((passes.fake_y.image - passes.y).abs())


def l1_x(passes: TranslationPasses) -> Tensor:
    """``|G_YX(y) - x|``."""
    return per_item((passes.fake_x.image - passes.x).abs())


def cycle_x(passes: TranslationPasses) -> Tensor:
    """``|G_YX(G_XY(x)) - x|``."""
    return per_item((passes.cycled_x.image - passes.x).abs())


def cycle_y(passes: TranslationPasses) -> Tensor:
    """``|G_XY(G_YX(y)) - y|``."""
    return per_item((passes.cycled_y.image - passes.y).abs())


def identity_x(passes: TranslationPasses) -> Tensor:
    """``|G_YX(x) - x|``."""
    return per_item((passes.same_x.image - passes.x).abs())


def identity_y(passes: TranslationPasses) -> Tensor:
    """``|G_XY(y) - y|``."""
    return per_item((passes.same_y.image - passes.y).abs())
