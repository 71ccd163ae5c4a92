"""Errors of pixels (Li et al., Sec. 2.3): L1 on pairs, cycle and identity. Each gives one value a sample."""

from __future__ import annotations

from torch import Tensor

from ..passes import Passes, per_sample
from .term import CoreTerm


def l1_y(passes: Passes) -> Tensor:
    """``|G_XY(x) - y|``."""
    return per_sample((passes.fake_y.image - passes.y).abs())


def l1_x(passes: Passes) -> Tensor:
    """``|G_YX(y) - x|``."""
    return per_sample((passes.fake_x.image - passes.x).abs())


def cycle_x(passes: Passes) -> Tensor:
    """``|G_YX(G_XY(x)) - x|``."""
    return per_sample((passes.cycled_x.image - passes.x).abs())


def cycle_y(passes: Passes) -> Tensor:
    """``|G_XY(G_YX(y)) - y|``."""
    return per_sample((passes.cycled_y.image - passes.y).abs())


def identity_x(passes: Passes) -> Tensor:
    """``|G_YX(x) - x|``."""
    return per_sample((passes.same_x.image - passes.x).abs())


def identity_y(passes: Passes) -> Tensor:
    """``|G_XY(y) - y|``."""
    return per_sample((passes.same_y.image - passes.y).abs())


TERMS = (
    CoreTerm("l1_y", l1_y, "pairs", balanced=True),
    CoreTerm("l1_x", l1_x, "pairs", balanced=True),
    CoreTerm("cycle_x", cycle_x, "unless paired task", balanced=True),
    CoreTerm("cycle_y", cycle_y, "unless paired task", balanced=True),
    CoreTerm("identity_x", identity_x, "unless paired task", balanced=True),
    CoreTerm("identity_y", identity_y, "unless paired task", balanced=True),
)
