"""An additional loss term: edges where the sticker was."""

from __future__ import annotations

from mendkit.learners.translation.passes import TranslationPasses
from torch import Tensor

from .region import differs, step_error

SEEN = 4 / 255
"""The sticker is where x and y differ by more than this, of a range of 2."""


class OutlineLoss:
    """``sum(m |d(G_XY(x) - y)|) / sum(m)`` over both directions: d is a step between pixels, m the sticker and its rim.

    mendkit's mean pixel error tolerates a faint outline and a blurred texture; people do not.
    """

    def __call__(self, passes: TranslationPasses) -> Tensor:
        """The loss of each item, ``[N]``; 0 for items that are not pairs, whose y shows another product."""
        sticker = differs(passes.x, passes.y, by=SEEN)
        return step_error(passes.fake_y.image - passes.y, sticker) * passes.batch.paired
