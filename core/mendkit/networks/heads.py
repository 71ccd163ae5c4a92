"""The heads of the generator: ``regenerate`` draws every pixel, the others only those that are defective."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..contracts.mended import Mended
from ..contracts.view import Trunk
from .blocks import Drawing, Norm, convolution, initialised
from .pixels import clip

MASK_MARGIN = 0.1
"""The mask's sigmoid is stretched by this much beyond [0, 1] and clipped, so that it reaches 0 and 1 exactly."""
DECIDED_MARGIN = 0.75
"""Likewise when nothing is learnt: below 0.3 it is 0, and above 0.7 it is 1.

A mask learns best while it can hesitate. But what it is not sure of should then pass untouched: a little of the drawn
image would harm it a little.
"""
DRAWN_MARGIN = 0.05
"""Likewise for the drawn image's tanh: the white of a background is exactly 1."""
MOST_GAIN, MOST_SHIFT = 2.0, 3.0
"""Bounds of how a gain differs from 1, and of a shift: what a mark of opacity 2/3 leaves is brought back, and black can
be made white."""


class RegenerateHead(nn.Module):
    """The paper's: a 7 x 7 convolution and tanh draw the whole image."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.draw = initialised(Drawing(width, 3, 7))

    def forward(self, trunk: Trunk) -> Mended:
        """Draw."""
        drawn = torch.tanh(self.draw(trunk.decoded).float())
        return Mended(image=drawn, drawn=drawn)


class CompositeHead(nn.Module):
    """``(1 - a) * kept + a * drawn``: what is not defective passes untouched, but for what transforms do to it.

    The convolution that draws sees the input beside the decoded features, whose norms have lost the absolute colours.

    Args:
        width: channels of the decoded features.
        norm: of the convolutions that refine these; with "place", only what is near decides.
    """

    def __init__(self, width: int, norm: Norm = "instance") -> None:
        super().__init__()
        self.refine = nn.Sequential(
            convolution(width + 3, width, 3, norm=norm), convolution(width, width, 3, norm=norm)
        )
        self.draw = initialised(Drawing(width + 3, 3 + 1, 7))

    def forward(self, trunk: Trunk) -> Mended:
        """Compose."""
        image, logits = self.draw(_refined(trunk, self.refine)).float().split([3, 1], dim=1)
        drawn = clip(torch.tanh(image) * (1 + DRAWN_MARGIN), -1, 1)
        return _composed(trunk, drawn, logits, learning=self.training)


class RetouchHead(nn.Module):
    """A composite whose drawn image is ``gain * kept + shift``: what shows through a mark is amplified, not redrawn.

    An overlay of opacity p and colour c, ``x = (1 - p) * y + p * c``, is undone by the gain 1 / (1 - p) and the shift
    -p c / (1 - p), and an opaque one is drawn over by the gain 0. Both are predicted small and enlarged, while ``kept``
    has the detail of the photo. At first the drawn image is the input, so that each change has to pay. Convolutions are
    small, and norms look at one place only.

    Args:
        width: channels of the decoded features.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.refine = convolution(width + 3, width, 3, norm="place")
        self.draw = initialised(nn.Conv2d(width + 3, 3 + 3 + 1, 3, padding=1, padding_mode="reflect"))
        with torch.no_grad():
            self.draw.weight[:-1] = 0

    def forward(self, trunk: Trunk) -> Mended:
        """Compose."""
        more, shift, logits = self.draw(_refined(trunk, self.refine)).float().split([3, 3, 1], dim=1)
        gain, shift = 1 + torch.tanh(more) * MOST_GAIN, torch.tanh(shift) * MOST_SHIFT
        drawn = clip(gain * trunk.kept + shift, -1, 1)
        return _composed(trunk, drawn, logits, learning=self.training)._replace(gain=gain, shift=shift)


def _refined(trunk: Trunk, refine: nn.Module) -> Tensor:
    """What the last convolution sees: the refined features, and the image beside them."""
    refined = trunk.decoded + refine(torch.cat([trunk.decoded, trunk.image], dim=1))
    return torch.cat([refined, trunk.image], dim=1)


def _composed(trunk: Trunk, drawn: Tensor, logits: Tensor, *, learning: bool) -> Mended:
    """``(1 - a) * kept + a * drawn``, in full precision, whatever type autocast gave the layers before."""
    margin = MASK_MARGIN if learning else DECIDED_MARGIN
    mask = clip(torch.sigmoid(logits) * (1 + 2 * margin) - margin, 0, 1)
    return Mended(torch.lerp(trunk.kept, drawn, mask), drawn, mask, logits, kept=trunk.kept)
