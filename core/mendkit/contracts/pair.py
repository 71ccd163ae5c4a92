"""One product with and without a defect, and what is known about the defect. Imports numpy but not torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .photo import Image, Mask

Truth = NDArray[np.float32]
"""An array of any shape; the shape is the same for all pairs of one size."""

SHARED_TRUTHS: Mapping[str, tuple[int | str, ...]] = {
    "alpha": ("H", "W"),
    "ink": ("H", "W", 3),
    "matte": ("H", "W"),
    "homography": (3, 3),
}
"""The shapes of truths whose names plugins share, for a pair of H x W pixels."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair (x, y). Source, target and mask have the same height and width.

    Args:
        source: the image with the defect, ``uint8 [H, W, 3]``.
        target: the image without it, likewise.
        mask: ``uint8 [H, W]``, 255 where they differ by the defect. None if the defect has no place, such as a wrong
            angle.
        truths: what else the synthesizer knows, by name, ``float32`` and finite. Names that plugins share:
            ``alpha`` ``[H, W]`` and ``ink`` ``[H, W, 3]``, both in [0, 1], the opacity and the colour of an overlay,
            ``source = (1 - alpha) * target + alpha * ink``; ``matte`` ``[H, W]`` in [0, 1], the opacity of
            the product over its background; ``homography`` ``[3, 3]``, from points (x, y, 1) in the target to points
            in the source, where the image spans [-1, 1] from edge to edge. Other names start with the group of the
            plugin, as in ``scratches.depth``.
    """

    source: Image
    target: Image
    mask: Mask | None = None
    truths: Mapping[str, Truth] = field(default_factory=dict)

    @property
    def known(self) -> dict[str, NDArray[Any]]:
        """The truths, with the mask as one of them, still ``uint8``."""
        return {**self.truths, **({} if self.mask is None else {"mask": self.mask})}
