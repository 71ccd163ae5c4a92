"""What every head must hold: images of the right shape, item by item."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn

from mendkit_registry import HeadSpec

from ..contracts.mended import Mended
from ..contracts.view import Trunk
from ..errors import described
from . import effects
from .checks import Check, CheckError
from .conditioners import LAYOUT, random_view

WIDTH = LAYOUT.sites["decoded"].channels


@dataclass(frozen=True)
class Trial:
    """A head of width ``WIDTH``."""

    spec: HeadSpec
    head: nn.Module

    @cached_property
    def trunk(self) -> Trunk:
        """Of 4 images."""
        view = random_view(LAYOUT)
        return Trunk(view.image, view.image.roll(1, dims=-1), view.sites["decoded"])

    def make(self, rows: Tensor) -> Mended:
        """The output for some of the images."""
        trunk = self.trunk
        mended = self.head(Trunk(trunk.image[rows], trunk.kept[rows], trunk.decoded[rows]))
        if not isinstance(mended, Mended) or mended.image.shape != (len(rows), *trunk.image.shape[1:]):
            raise CheckError(f"made {described(mended)} of {len(rows)} images {described(trunk.image)}")
        return mended


def makes_images(trial: Trial) -> str | None:
    """In range; and if it composes, with what it composed them of."""
    if not isinstance(trial.head, nn.Module):
        return f"is a {type(trial.head).__name__}, not a torch.nn.Module"
    mended = trial.make(torch.arange(4))
    if not mended.image.isfinite().all() or mended.image.abs().max() > 2:
        return "gave images far out of [-1, 1]"
    if trial.spec.composes != (mended.mask is not None and mended.kept is not None):
        return (
            "its spec says that it composes, but it gave no mask or no kept image"
            if trial.spec.composes
            else ("gave a mask, but its spec does not say that it composes")
        )
    if mended.mask is not None and mended.kept is not None:
        composed = torch.lerp(mended.kept, mended.drawn, mended.mask)
        if not torch.allclose(composed, mended.image, atol=1e-4):
            return "its image is not (1 - mask) * kept + mask * drawn"
    return None


def takes_each_item_by_itself(trial: Trial) -> str | None:
    """Alone, as in a batch."""
    together = trial.make(torch.arange(4)).image
    for row in range(4):
        if not torch.allclose(trial.make(torch.tensor([row])).image, together[row : row + 1], rtol=1e-3, atol=1e-4):
            return "an item is made differently if it is alone"
    return None


def learns(trial: Trial) -> str | None:
    """A gradient reaches its weights."""
    weights = list(trial.head.parameters())
    image = trial.make(torch.arange(4)).image
    found = torch.autograd.grad(image.square().sum(), weights, allow_unused=True) if image.requires_grad else ()
    return None if any(each is not None and each.any() for each in found) else "no gradient reaches its weights"


def has_no_effects(trial: Trial) -> str | None:
    """But for draws from torch's generator."""
    with effects.watched(torch_draws=True) as found:
        trial.make(torch.arange(4))
    return " and ".join(found) or None


CHECKS: tuple[Check[Trial], ...] = (
    Check(
        "makes images",
        makes_images,
        "be a torch.nn.Module whose forward(trunk) returns a Mended with an image [N, 3, H, W] in [-1, 1]",
    ),
    Check(
        "takes each item by itself", takes_each_item_by_itself, "use no statistic over the batch, such as batch norm"
    ),
    Check("lets gradients through", learns, "compute with torch, without detach() and no_grad()"),
    Check("has no side effects", has_no_effects, effects.REMEDY),
)
