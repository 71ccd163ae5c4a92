"""One product with and without a defect, and what is known of how the defect was made. Imports numpy but no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .photo import Image, Mask

Truth = NDArray[np.float32]
"""An array of any shape that is the same for all pairs which have it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair (x, y) that a synthesizer made. Source, target and mask have one height and width.

    Args:
        source: the image with the defect, ``uint8 [H, W, 3]``.
        target: the image without it, likewise.
        mask: ``uint8 [H, W]``, 255 where they differ by the defect. None where "where" makes no sense, as for a wrong
            angle.
        truths: what else the synthesizer knows, by name, ``float32``. Names that several plugins share: ``alpha``
            ``[H, W]`` in [0, 1] and ``ink`` ``[H, W, 3]`` in [0, 1], the opacity and the colour of what lies over the
            target; ``homography`` ``[3, 3]``, from places in the target to places in the source, both in [-1, 1].
    """

    source: Image
    target: Image
    mask: Mask | None = None
    truths: Mapping[str, Truth] = field(default_factory=dict)
