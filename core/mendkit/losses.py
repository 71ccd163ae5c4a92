"""The terms of the generator's loss (Li et al., Sec. 2.3), and the critics' loss. Each gives one value a sample.

y_hat = G_XY(x), x_hat = G_YX(y); C is a critic's raw output.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor

from .networks.mended import warp
from .training.passes import Critic, Passes, per_sample

Applies = Literal["all", "pairs", "pairs in place", "pairs that moved", "unpaired samples", "unless paired task"]
"""Which samples a term is for. In place: of tasks that are not geometric; that moved: of those that are."""

DEFECTIVE = 4 / 255
"""Where source and target differ by more (of a range of 2), the mask should be open."""


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


def adversarial_y(passes: Passes) -> Tensor:
    """``-log sigmoid(C(y_hat) - C(y))``, the relativistic loss of G_XY."""
    return relativistic(passes.players.critic_y, better=passes.fake_y.image, worse=passes.y)


def adversarial_x(passes: Passes) -> Tensor:
    """``-log sigmoid(C(x_hat) - C(x))``, the relativistic loss of G_YX."""
    return relativistic(passes.players.critic_x, better=passes.fake_x.image, worse=passes.x)


def critic_y(passes: Passes) -> Tensor:
    """``-log sigmoid(C(y) - C(y_hat))``, the relativistic loss of D_Y."""
    return relativistic(passes.players.critic_y, better=passes.y, worse=passes.fake_y.image.detach())


def critic_x(passes: Passes) -> Tensor:
    """``-log sigmoid(C(x) - C(x_hat))``, the relativistic loss of D_X."""
    return relativistic(passes.players.critic_x, better=passes.x, worse=passes.fake_x.image.detach())


def relativistic(critic: Critic, *, better: Tensor, worse: Tensor) -> Tensor:
    """``-log sigmoid(C(better) - C(worse))``, mean over patches, ``[N]``; both images go through one critic pass."""
    scores_better, scores_worse = critic(torch.cat([better, worse])).chunk(2)
    return per_sample(F.softplus(scores_worse - scores_better))


def mask_y(passes: Passes) -> Tensor:
    """Cross entropy of the composite head's mask against where x and y differ.

    A mask that is learnt through the image alone never closes entirely, and so harms what was not defective.
    """
    return _mask_entropy(passes, (passes.x - passes.y).abs().amax(dim=1, keepdim=True) > DEFECTIVE)


def closed_y(passes: Passes) -> Tensor:
    """Cross entropy of the mask against nothing at all: what is only in the wrong place should not be redrawn."""
    return _mask_entropy(passes, torch.zeros_like(passes.x[:, :1], dtype=torch.bool))


def _mask_entropy(passes: Passes, truth: Tensor) -> Tensor:
    logits = passes.fake_y.mask_logits
    if logits is None:
        return passes.x.new_zeros(len(passes.batch))
    return per_sample(F.binary_cross_entropy_with_logits(logits, truth.to(logits.dtype), reduction="none"))


def harm_y(passes: Passes) -> Tensor:
    """``max(0, |G_XY(x) - y| - |x - y|)``: by how much pixels are worse than they were."""
    before, after = ((image - passes.y).abs() for image in (passes.x, passes.fake_y.image))
    return per_sample((after - before).relu())


def warp_y(passes: Passes) -> Tensor:
    """``|warp(x, f) - y|``: the flow alone must turn the product, or it would be redrawn, and fade."""
    flow = passes.fake_y.flow
    moved = passes.x if flow is None else warp(passes.x, flow)
    return per_sample((moved - passes.y).abs())


@dataclass(frozen=True, slots=True)
class Role:
    """The part that a term plays by default: its weight, for which samples, and in each how many-th step."""

    weight: float
    applies: Applies
    every: int = 1


@dataclass(frozen=True, slots=True)
class CoreTerm:
    """A term that mendkit brings itself.

    Args:
        name: as in the configuration and the metrics.
        term: from passes to one value a sample.
        regenerate: its role with the ``regenerate`` head, as in Li et al.; None: it has none.
        composite: its role with the ``composite`` head. Where a pair says what the output should be, the critics would
            only slow the generator down; they and the cycle judge what has no partner.
        balanced: whether it measures errors of pixels, which tasks are balanced by.
        critic: what the critic of an adversarial term learns from; it has the samples, and the steps, of its term.
    """

    name: str
    term: Callable[[Passes], Tensor]
    regenerate: Role | None
    composite: Role | None
    balanced: bool = True
    critic: Callable[[Passes], Tensor] | None = None


CORE_TERMS: tuple[CoreTerm, ...] = (
    CoreTerm("adversarial_y", adversarial_y, Role(1, "all"), Role(1, "unpaired samples"), False, critic_y),
    CoreTerm("adversarial_x", adversarial_x, Role(1, "all"), Role(1, "unpaired samples"), False, critic_x),
    CoreTerm("l1_y", l1_y, Role(150, "pairs"), Role(150, "pairs")),
    CoreTerm("l1_x", l1_x, Role(150, "pairs"), None),
    CoreTerm("cycle_x", cycle_x, Role(10, "unless paired task"), Role(10, "unpaired samples")),
    CoreTerm("cycle_y", cycle_y, Role(10, "unless paired task"), Role(10, "unpaired samples")),
    CoreTerm("identity_x", identity_x, Role(10, "unless paired task"), Role(10, "unpaired samples")),
    CoreTerm("identity_y", identity_y, Role(10, "unless paired task"), Role(10, "unpaired samples")),
    CoreTerm("mask_y", mask_y, None, Role(20, "pairs in place"), balanced=False),
    CoreTerm("harm_y", harm_y, None, Role(50, "pairs in place")),
    CoreTerm("closed_y", closed_y, None, Role(5, "pairs that moved"), balanced=False),
    CoreTerm("warp_y", warp_y, None, Role(150, "pairs that moved")),
)
