"""From what the model made of a small square to the photo at its full size.

The model sees ``fit_square(photo, S)``. With the composite head its result is a mask a, a flow f, a tone t and a drawn
image, and the full-size output is ``(1 - a) * tone(warp(photo, f), t) + a * drawn`` with all four enlarged: what the
mask leaves out keeps every pixel of the photo, what is moved or toned keeps its sharpness, and only what is drawn has
the model's own resolution.
"""

from __future__ import annotations

import cv2
import numpy as np
from torch import Tensor

from ..contracts.mended import Mended
from ..contracts.photo import Image
from ..data.tensors import to_tensor
from ..errors import MendkitError
from ..networks.transforms import tone, warp
from .enlarged import Enlarged
from .guided import Floats, guided_coefficients

STRIP_PIXELS = 2**18
"""A photo is mended strip by strip, so that a large one needs little memory beside its own pixels."""
LONGEST_WARPED = 32_766
"""Pixels on a side: the limit of OpenCV's ``remap``."""
TRUSTED = 0.1
"""Where the mask is below this, nothing in training held the drawn image to anything."""


def mend_full_size(photo: Image, square: Image, mended: Mended) -> Image:
    """Mend the photo as the model mended its small square.

    Where the model's mask is 0 in the neighbourhood, and nothing is moved or toned, pixels are those of ``photo``, byte
    for byte.
    Without a mask (``regenerate`` head) the output is the drawn image, enlarged: it has the detail of the small square.

    Args:
        photo: ``[H, W, 3]``.
        square: ``fit_square(photo, S)``.
        mended: what the model returned for ``square``, a batch of one.

    Raises:
        MendkitError: pixels are to be moved, in a photo longer than ``LONGEST_WARPED``.
    """
    layers = _Drawn(photo, mended) if mended.mask is None else _Composite(photo, square, mended, mended.mask)
    height, width = photo.shape[:2]
    step = max(1, STRIP_PIXELS // max(height, width))
    output = np.empty_like(photo)
    for start in range(0, height, step):
        stop = min(start + step, height)
        output[start:stop] = layers.rows(start, stop)
    return output


class _Drawn:
    """The drawn image alone."""

    def __init__(self, photo: Image, mended: Mended) -> None:
        self._drawn = Enlarged(_unit_range(mended.drawn), *photo.shape[:2])

    def rows(self, start: int, stop: int) -> Image:
        return _as_bytes(self._drawn.rows(start, stop) * 255)


class _Composite:
    """What is kept or drawn, by the mask, which follows the edges of the moved photo."""

    def __init__(self, photo: Image, square: Image, mended: Mended, small_mask: Tensor) -> None:
        size = photo.shape[:2]
        mask = _channels_last(small_mask)[..., 0]
        self._moved, self._toned = _Moved(photo, mended.flow), _Toned(mended.tone, *size)
        drawn, guide = _spread(_unit_range(mended.drawn), mask), _unit_range(self._moved.small(square))
        self._drawn = Enlarged(drawn, *size)
        self._line = Enlarged(guided_coefficients(guide, mask), *size, interpolation=cv2.INTER_LINEAR)
        self._bounds = Enlarged(_neighbourhood(mask), *size, interpolation=cv2.INTER_LINEAR)

    def rows(self, start: int, stop: int) -> Image:
        moved = self._moved.rows(start, stop)
        kept = self._toned.rows(moved, start, stop)
        lowest, highest = np.moveaxis(self._bounds.rows(start, stop), -1, 0)
        if not highest.any():
            return kept
        line = self._line.rows(start, stop)
        mask = ((line[..., :3] * moved).sum(axis=-1) / 255 + line[..., 3]).clip(lowest, highest)[..., None]
        return _as_bytes(kept + mask * (self._drawn.rows(start, stop).clip(0, 1) * 255 - kept))


class _Moved:
    """The photo, warped by the flow if there is any."""

    def __init__(self, photo: Image, flow: Tensor | None) -> None:
        self._photo = photo
        self._flow = flow if flow is not None and flow.any() else None
        if self._flow is not None:
            if max(photo.shape) > LONGEST_WARPED:
                raise MendkitError(f"pixels cannot be moved in a photo of {max(photo.shape)} px; shrink it before")
            # The flow is in halves of the square's side, and so of the photo's longer side.
            offsets = _channels_last(self._flow) * (max(photo.shape[:2]) / 2)
            self._offsets = Enlarged(offsets, *photo.shape[:2])

    def small(self, square: Image) -> Tensor:
        """The square of the photo, moved likewise: ``[1, 3, S, S]`` in [-1, 1]."""
        small = to_tensor([square])
        return small if self._flow is None else warp(small, self._flow)

    def rows(self, start: int, stop: int) -> Image:
        if self._flow is None:
            return self._photo[start:stop]
        x, y = np.moveaxis(self._offsets.rows(start, stop), -1, 0)
        x = x + np.arange(x.shape[1], dtype=np.float32)
        y = y + np.arange(start, stop, dtype=np.float32)[:, None]
        moved = cv2.remap(self._photo, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, np.uint8)


class _Toned:
    """What changes the colours of the photo, if anything does."""

    def __init__(self, grid: Tensor | None, height: int, width: int) -> None:
        self._grid = grid if grid is not None and grid.any() else None
        self._side, self._width = max(height, width), width
        self._top, self._left = (self._side - height) // 2, (self._side - width) // 2

    def rows(self, moved: Image, start: int, stop: int) -> Image:
        """Rows ``start`` to ``stop``, of which ``moved`` are the pixels."""
        if self._grid is None:
            return moved
        rows, columns = self._span(self._top + start, stop - start), self._span(self._left, self._width)
        toned = tone(to_tensor([moved]), self._grid, rows, columns)
        return _as_bytes(_unit_range(toned) * 255)

    def _span(self, start: int, length: int) -> tuple[float, float]:
        """Pixels of the photo's square, as a part of [-1, 1]."""
        return 2 * start / self._side - 1, 2 * (start + length) / self._side - 1


def _spread(drawn: Floats, mask: Floats) -> Floats:
    """Replace what was not trained, outside the mask, by the colours drawn nearby.

    Otherwise it would bleed across the mask's edge when the image is enlarged.
    """
    weight = mask[..., None]
    nearby, total = (cv2.GaussianBlur(values, (9, 9), 1.0) for values in (drawn * weight, mask))
    filled = np.where(total[..., None] > 0, nearby / np.maximum(total, 1e-12)[..., None], drawn)
    trust = np.minimum(weight / TRUSTED, 1)
    return np.asarray(trust * drawn + (1 - trust) * filled, np.float32)


def _neighbourhood(mask: Floats) -> Floats:
    """The least and the greatest value of the mask around each pixel, ``[S, S, 2]``.

    The refined mask stays between them: exact zeros and ones stay so, and colours far from an edge change nothing.
    """
    window = np.ones((3, 3), np.uint8)
    return np.stack([cv2.erode(mask, window), cv2.dilate(mask, window)], axis=-1).astype(np.float32)


def _channels_last(row: Tensor) -> Floats:
    """``[1, C, S, S]`` to ``[S, S, C]``."""
    return np.ascontiguousarray(row[0].movedim(0, -1).numpy(), dtype=np.float32)


def _unit_range(image: Tensor) -> Floats:
    """``[1, 3, S, S]`` in [-1, 1] to ``[S, S, 3]`` in [0, 1]."""
    return _channels_last(image / 2 + 0.5)


def _as_bytes(values: Floats) -> Image:
    return values.round().clip(0, 255).astype(np.uint8)
