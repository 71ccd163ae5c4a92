"""What data is made of: images, masks and photos. Imports numpy but no torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""``[H, W, 3]`` sRGB."""
Mask = NDArray[np.uint8]
"""``[H, W]``, 0 to 255."""
Floats = NDArray[np.float32]
"""An image or a map in computation, of any shape."""
Stack = NDArray[np.uint8]
"""Images of one size, ``[K, H, W, C]``; K may be 0."""


@dataclass(frozen=True, slots=True)
class Photo:
    """What a synthesizer starts from.

    Args:
        pixels: ``uint8 [H, W, 3]``, sRGB.
        name: of the image, for messages.
        foreground: ``uint8 [H, W]``, 0 to 255: where the product is. None if no mask lies beside the file.
    """

    pixels: Image
    name: str = ""
    foreground: Mask | None = None
