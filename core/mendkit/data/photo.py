"""What data is made of: images, masks, photos, and pairs that a synthesizer made. Imports numpy but no torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""``[H, W, 3]`` sRGB."""
Mask = NDArray[np.uint8]
"""``[H, W]``, 0 to 255."""
Stack = NDArray[np.uint8]
"""Images of one size, ``[K, H, W, C]``; K may be 0."""


@dataclass(frozen=True, slots=True)
class Photo:
    """What a synthesizer starts from: an image, with a foreground mask if one lies beside the file."""

    pixels: Image
    name: str = ""
    foreground: Mask | None = None


@dataclass(frozen=True, slots=True)
class Defect:
    """A pair that a synthesizer made: ``source`` has the defect, ``target`` has not, ``mask`` is 255 where they differ.

    All three have one height and width. ``mask`` may be None where "where" makes no sense, as for a wrong angle.
    """

    source: Image
    target: Image
    mask: Mask | None = None
