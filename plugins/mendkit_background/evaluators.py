"""Numbers for the two background tasks, for which neither an untouched input nor a constant image is best."""

from __future__ import annotations

from math import fsum
from statistics import median

import torch
import torch.nn.functional as F
from torch import Tensor

from mendkit.contracts.outcome import Outcome

BAND = 0.05
"""The border is this share of the shorter side wide, and at least one pixel."""
WHITE = 249.5 / 255
"""A pixel is white if each of its channels rounds to 250 or more."""
EDGE = 3
"""Pixels on both sides of a product's outline."""
BAD = 0.6
"""An intersection over union below this means that much of the product is gone, or much of the rest is left."""
CHANGED = 6 / 255
"""Without a mask, the mark is where source and target differ by more than this in a channel, more than JPEG noise."""


class BorderWhiteness:
    """Whether the surround is white, and whether the product is still there.

    ``border_white``: of the border pixels that are white in the truth, the share that is white.
    ``product_kept``: of all pixels that are not white in the truth, the share that is not white.
    A blank white image has 1 and 0, an untouched input about 0 and 1. ``_input``: the same for the inputs.
    """

    def __init__(self) -> None:
        self.reset()

    def update(self, outcome: Outcome) -> None:
        """Add a batch of outcomes."""
        white = _is_white(outcome.target)
        border = white & _border(*white.shape[1:])
        output, source = _is_white(outcome.output), _is_white(outcome.source)
        self._border += _counts(border, output & border, source & border)
        self._product += _counts(~white, ~output & ~white, ~source & ~white)

    def compute(self) -> dict[str, float]:
        """Shares in [0, 1] over the pixels of all images; left out if no truth has such pixels."""
        return _shares("border_white", self._border) | _shares("product_kept", self._product)

    def reset(self) -> None:
        """Forget everything."""
        self._border = torch.zeros(3, dtype=torch.int64)
        self._product = torch.zeros(3, dtype=torch.int64)


class ProductEdges:
    """How well the product is told from what surrounds it.

    ``edge_left``: the outputs' absolute error within ``EDGE`` pixels of the product's outline, as a share of the
    inputs' error there: 0 if the cut is exact, 1 if nothing was done.
    ``product_iou_median``, ``product_iou_bad``: of the intersection over union of what is not white in output and
    truth, the median over images, and the share of images below ``BAD``; ``_input``: the same of the inputs.
    """

    def __init__(self) -> None:
        self.reset()

    def update(self, outcome: Outcome) -> None:
        """Add a batch of outcomes."""
        product = ~_is_white(outcome.target)
        band = _near_outline(product)[:, None]
        output, source, target = (image.double() for image in (outcome.output, outcome.source, outcome.target))
        self._left += _sums((output - target).abs() * band)
        self._error += _sums((source - target).abs() * band)
        for overlaps, images in ((self._overlap, outcome.output), (self._overlap_input, outcome.source)):
            found = ~_is_white(images)
            shared, either = (found & product).sum(dim=(1, 2)), (found | product).sum(dim=(1, 2))
            overlaps.extend((shared.double() / either.clamp(min=1)).tolist())

    def compute(self) -> dict[str, float]:
        """The numbers over all images; a number that has nothing to divide by is left out."""
        error = fsum(self._error)
        numbers = {"edge_left": fsum(self._left) / error} if error else {}
        for suffix, overlaps in (("", self._overlap), ("_input", self._overlap_input)):
            if overlaps:
                numbers[f"product_iou_median{suffix}"] = median(overlaps)
                numbers[f"product_iou_bad{suffix}"] = sum(each < BAD for each in overlaps) / len(overlaps)
        return numbers

    def reset(self) -> None:
        """Forget everything."""
        self._left: list[float] = []
        self._error: list[float] = []
        self._overlap: list[float] = []
        self._overlap_input: list[float] = []


class WatermarkResidue:
    """What is left of the marks, and the damage outside them.

    ``residual_in_mark``: the outputs' absolute error inside the marks as a share of the inputs' error there: 0 if the
    marks are gone, 1 if nothing was done, more if something worse replaced them.
    ``damage_outside``: mean absolute change from input to output outside the marks, in levels of 255: 0 if only the
    marks were changed.
    """

    def __init__(self) -> None:
        self.reset()

    def update(self, outcome: Outcome) -> None:
        """Add a batch of outcomes."""
        mark = _mark(outcome)
        output, source, target = (image.double() for image in (outcome.output, outcome.source, outcome.target))
        self._residue += _sums((output - target).abs() * mark)
        self._error += _sums((source - target).abs() * mark)
        self._damage += _sums((output - source).abs() * (1 - mark))
        self._outside += _sums((1 - mark).expand_as(output))

    def compute(self) -> dict[str, float]:
        """Both numbers over the pixels of all images; a number whose divisor is zero is left out."""
        numbers: dict[str, float] = {}
        if error := fsum(self._error):
            numbers["residual_in_mark"] = fsum(self._residue) / error
        if outside := fsum(self._outside):
            numbers["damage_outside"] = 255 * fsum(self._damage) / outside
        return numbers

    def reset(self) -> None:
        """Forget everything."""
        # One sum per image, added exactly at the end: the numbers do not depend on batches or their order.
        self._residue: list[float] = []
        self._error: list[float] = []
        self._damage: list[float] = []
        self._outside: list[float] = []


def _counts(*regions: Tensor) -> Tensor:
    return torch.stack([region.sum() for region in regions])


def _shares(key: str, counts: Tensor) -> dict[str, float]:
    truth, output, source = counts.tolist()
    return {key: output / truth, f"{key}_input": source / truth} if truth else {}


def _is_white(images: Tensor) -> Tensor:
    """``[N, 3, H, W]`` to bool ``[N, H, W]``."""
    return (images >= WHITE).all(dim=1)


def _near_outline(product: Tensor) -> Tensor:
    """Bool ``[N, H, W]``: pixels within ``EDGE`` of both the product and what is not."""
    side = 2 * EDGE + 1
    sides = torch.stack([product, ~product], dim=1).float()
    return F.max_pool2d(sides, side, stride=1, padding=EDGE).amin(dim=1) > 0


def _border(height: int, width: int) -> Tensor:
    """Bool ``[H, W]``, true in the outer band."""
    band = max(1, round(BAND * min(height, width)))
    border = torch.ones(height, width, dtype=torch.bool)
    border[band : height - band, band : width - band] = False
    return border


def _mark(outcome: Outcome) -> Tensor:
    """``[N, 1, H, W]`` in [0, 1], 1 inside the mark."""
    if outcome.mask is not None:
        return outcome.mask.double()
    difference = (outcome.source.double() - outcome.target.double()).abs()
    return (difference.amax(dim=1, keepdim=True) > CHANGED).double()


def _sums(values: Tensor) -> list[float]:
    return values.sum(dim=(1, 2, 3)).tolist()
