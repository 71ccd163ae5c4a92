"""Numbers of the report: which stickers are gone, what is left of their edges, and the damage outside them."""

from __future__ import annotations

from math import fsum

from mendkit.contracts.outcome import Outcome
from torch import Tensor

from .region import differs, step_error

SEEN = 6 / 255
"""Without a mask, the sticker is where source and target differ by more than this, which excludes JPEG noise."""
GONE = 0.25
"""A sticker is gone if less than this share of its error is left."""


class StickerRemoval:
    """Three numbers: an untouched input is best only in the last one, and a blank image in none.

    ``gone``: share of the photos in which less than a quarter of the error inside the sticker is left. 1 is best.
    ``edges``: how steep the outputs' error is in and around the stickers, as a share of the inputs'. 0 is without a
    trace, 1 untouched. A sticker painted over with about the right colour is ``gone``, but its edges are not.
    ``damage``: the mean change from input to output outside the stickers, in levels of 255. 0 is untouched.
    """

    def __init__(self) -> None:
        self.reset()

    def update(self, outcome: Outcome) -> None:
        """Add a batch of outcomes."""
        inside = _inside(outcome)
        output, source, target = (images.double() for images in (outcome.output, outcome.source, outcome.target))
        self._error += _sums((output - target).abs() * inside)
        self._error_before += _sums((source - target).abs() * inside)
        self._edges += step_error(output - target, inside).tolist()
        self._edges_before += step_error(source - target, inside).tolist()
        self._change += _sums((output - source).abs() * ~inside)
        self._outside += _sums((~inside).expand_as(output))

    def compute(self) -> dict[str, float]:
        """The numbers over all images; a number whose divisor is zero is left out."""
        gone = [after < GONE * before for after, before in zip(self._error, self._error_before, strict=True) if before]
        numbers = {"gone": sum(gone) / len(gone)} if gone else {}
        if before := fsum(self._edges_before):
            numbers["edges"] = fsum(self._edges) / before
        if outside := fsum(self._outside):
            numbers["damage"] = 255 * fsum(self._change) / outside
        return numbers

    def reset(self) -> None:
        """Forget everything."""
        # One number per image, added exactly at the end: results do not depend on batches or their order.
        self._error: list[float] = []
        self._error_before: list[float] = []
        self._edges: list[float] = []
        self._edges_before: list[float] = []
        self._change: list[float] = []
        self._outside: list[float] = []


def _inside(outcome: Outcome) -> Tensor:
    """Bool ``[N, 1, H, W]``, true where the sticker is."""
    return differs(outcome.source, outcome.target, by=SEEN) if outcome.mask is None else outcome.mask > 0.5


def _sums(values: Tensor) -> list[float]:
    sums: list[float] = values.sum(dim=(1, 2, 3)).tolist()
    return sums
