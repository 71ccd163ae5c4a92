"""The two ends of the generator: ``regenerate`` draws every pixel, ``composite`` only those that are defective."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from ..contracts.mended import Mended
from .blocks import convolution
from .toning import ToneHead
from .transforms import clip, tone, warp
from .warping import FlowHead

MASK_MARGIN = 0.1
"""The mask's sigmoid is stretched by this much beyond [0, 1] and clipped, so that it reaches 0 and 1 exactly."""
DECIDED_MARGIN = 0.75
"""Likewise when nothing is learnt: below 0.3 it is 0, and above 0.7 it is 1.

A mask learns best while it can hesitate. But what it is not sure of should then pass untouched: a little of the drawn
image would harm it a little.
"""
DRAWN_MARGIN = 0.05
"""Likewise for the drawn image's tanh: the white of a background is exactly 1."""


@dataclass(frozen=True, slots=True)
class Trunk:
    """What the trunk of the generator hands to its head.

    Args:
        image: the input ``[N, 3, H, W]``.
        middle: features of the bottleneck ``[N, C, H/4, W/4]``.
        decoded: features of full resolution ``[N, width, H, W]``.
        moves: ``[N]`` bool, which items' task may move pixels; None if no task of the model does.
        tones: likewise, which items' task changes colours.
    """

    image: Tensor
    middle: Tensor
    decoded: Tensor
    moves: Tensor | None
    tones: Tensor | None


class RegenerateHead(nn.Module):
    """The paper's: a 7 x 7 convolution and tanh draw the whole image."""

    def __init__(self, width: int, bottleneck: int) -> None:
        super().__init__()
        self.draw = nn.Conv2d(width, 3, 7, padding=3, padding_mode="reflect")

    def forward(self, trunk: Trunk) -> Mended:
        """Draw."""
        drawn = torch.tanh(self.draw(trunk.decoded).float())
        return Mended(image=drawn, drawn=drawn)


class CompositeHead(nn.Module):
    """``(1 - a) * tone(warp(x, f), t) + a * drawn``: what is misplaced is moved, what has wrong colours is toned.

    What is not defective passes untouched. The convolution that draws sees the input beside the decoded features, whose
    instance norms have lost the absolute colours. Only geometric items have a flow, and only tonal ones a tone.
    """

    def __init__(self, width: int, bottleneck: int) -> None:
        super().__init__()
        self.refine = nn.Sequential(convolution(width + 3, width, 3), convolution(width, width, 3))
        self.draw = nn.Conv2d(width + 3, 3 + 1, 7, padding=3, padding_mode="reflect")
        self.flow = FlowHead(bottleneck)
        self.tone: ToneHead | None = None  # for a model that has tonal tasks

    def forward(self, trunk: Trunk) -> Mended:
        """Compose."""
        moved, flow = _transformed(trunk.image, trunk.moves, warp, partial(self._offsets, trunk))
        toned, grid = _transformed(moved, trunk.tones, tone, partial(self._changes, trunk))
        refined = trunk.decoded + self.refine(torch.cat([trunk.decoded, trunk.image], dim=1))
        # Composed in full precision, whatever type autocast gave the layers before.
        image, logits = self.draw(torch.cat([refined, trunk.image], dim=1)).float().split([3, 1], dim=1)
        drawn = clip(torch.tanh(image) * (1 + DRAWN_MARGIN), -1, 1)
        margin = MASK_MARGIN if self.training else DECIDED_MARGIN
        mask = clip(torch.sigmoid(logits) * (1 + 2 * margin) - margin, 0, 1)
        return Mended(torch.lerp(toned, drawn, mask), drawn, mask, logits, flow, grid)

    def _offsets(self, trunk: Trunk) -> Tensor:
        offsets: Tensor = self.flow(trunk.middle, trunk.image.shape[-2:])
        return offsets

    def _changes(self, trunk: Trunk) -> Tensor:
        assert self.tone is not None
        changes: Tensor = self.tone(trunk.decoded, trunk.image)
        return changes


def _transformed(
    image: Tensor, chosen: Tensor | None, transform: Callable[[Tensor, Tensor], Tensor], predict: Callable[[], Tensor]
) -> tuple[Tensor, Tensor | None]:
    """Transform the ``chosen`` items by what is predicted for them; the others pass to the bit, with zero predicted.

    All are computed, and the right ones taken: to pick rows, the host would have to wait for the device.
    """
    if chosen is None:
        return image, None
    predicted = predict().float()
    everywhere = torch.where(_broadcast(chosen, predicted), predicted, 0.0)
    return torch.where(_broadcast(chosen, image), transform(image, everywhere), image), everywhere


def _broadcast(chosen: Tensor, like: Tensor) -> Tensor:
    return chosen.view(-1, *[1] * (like.dim() - 1))
