"""Photos at full size, row by row, and small squares of the model enlarged to the size of their photos."""

from __future__ import annotations

import cv2
import numpy as np
from torch import Tensor

from ..contracts.photo import Floats, Image
from .images import place_in_square


class PhotoLayer:
    """The layer that is a photo itself, ``uint8 [H, W, 3]``."""

    def __init__(self, pixels: Image) -> None:
        self.height, self.width = pixels.shape[:2]
        self._pixels = pixels

    def rows(self, start: int, stop: int) -> Image:
        """Rows ``start`` to ``stop``."""
        return self._pixels[start:stop]


class Enlarged:
    """Undoes ``fit_square`` a few rows at a time, with the same result as enlarging the whole square.

    Args:
        square: ``[S, S, C]``.
        height: of the photo.
        width: of the photo.
        interpolation: OpenCV's, for a photo larger than the square; a smaller one uses area averages.
    """

    def __init__(self, square: Floats, height: int, width: int, *, interpolation: int = cv2.INTER_CUBIC) -> None:
        self.side, top, self._left = place_in_square(height, width)
        self.width = width
        self._interpolation = cv2.INTER_AREA if self.side < len(square) else interpolation
        # Resizing is separable: the vertical half is done here, so that rows can be computed without their neighbours.
        self._tall = self._resize(square, self.side, len(square))[top : top + height].copy()

    def rows(self, start: int, stop: int) -> Floats:
        """Rows ``start`` to ``stop`` of the photo, ``[stop - start, width, C]``."""
        wide = self._resize(self._tall[start:stop], stop - start, self.side)
        return wide[:, self._left : self._left + self.width]

    def _resize(self, values: Floats, height: int, width: int) -> Floats:
        resized = cv2.resize(values, (width, height), interpolation=self._interpolation)
        return np.asarray(resized, np.float32).reshape(height, width, -1)


def channels_last(row: Tensor) -> Floats:
    """``[1, C, S, S]`` to ``[S, S, C]``."""
    return np.ascontiguousarray(row[0].movedim(0, -1).numpy(), dtype=np.float32)
