"""Numbers for the two background tasks: two each, for which neither an untouched input nor a constant image is best."""

from __future__ import annotations

from math import fsum

import torch
from torch import Tensor

from mendkit.contracts.outcome import Outcome

BAND = 0.05
"""The border is this share of the shorter side wide, and at least one pixel."""
WHITE = 249.5 / 255
"""A pixel is white if each of its channels rounds to 250 or more."""
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
