"""From what the model made of a small square to the photo at its full size.

The model sees ``fit_square(photo, S)``. With the composite head its result is a mask a, a flow f and a drawn image, and
the full-size output is ``(1 - a) * warp(photo, f) + a * drawn`` with all three enlarged: what the mask leaves out keeps
every pixel of the photo, what is moved keeps its sharpness, and only what is drawn has the model's own resolution.
For a tonal task, what is drawn is a change of colours, and is applied to the photo with all its detail.
"""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np
from torch import Tensor

from ..data.batch import to_tensor
from ..data.images import fit_square
from ..data.photo import Image
from ..errors import MendkitError
from ..networks.mended import Mended, warp
from .enlarged import Enlarged
from .guided import Floats, guided_coefficients

STRIP_PIXELS = 2**20
"""A photo is mended strip by strip, so that a large one needs little memory beside its own pixels."""
LONGEST_WARPED = 32_766
"""Pixels on a side: the limit of OpenCV's ``remap``."""
TRUSTED = 0.1
"""Where the mask is below this, nothing in training held the drawn image to anything."""


TONE_RADIUS, TONE_SMOOTHNESS = 3, 1e-4
"""Of the guided filter that finds a change of colours: it varies slowly, and what is drawn has errors of its own."""


def mend_full_size(photo: Image, mended: Mended, *, tonal: bool = False) -> Image:
    """Mend the photo as the model mended its small square.

    Where the model's mask is 0 in the neighbourhood and nothing moves, pixels are those of ``photo``, byte for byte.
    Without a mask (``regenerate`` head) the output is the drawn image, enlarged: it has the detail of the small square.

    Args:
        photo: ``[H, W, 3]``.
        mended: what the model returned for ``fit_square(photo, S)``, a batch of one.
        tonal: whether only colours were changed, so that the detail stays that of the photo.

    Raises:
        MendkitError: pixels are to be moved, in a photo longer than ``LONGEST_WARPED``.
    """
    layers = _Drawn(photo, mended) if mended.mask is None else _Composite(photo, mended, mended.mask, tonal=tonal)
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
    """What is untouched, moved or drawn, by the mask, which follows the edges of the moved photo."""

    def __init__(self, photo: Image, mended: Mended, small_mask: Tensor, *, tonal: bool) -> None:
        size = photo.shape[:2]
        mask = _channels_last(small_mask)[..., 0]
        self._moved = _Moved(photo, mended.flow)
        drawn, guide = _spread(_unit_range(mended.drawn), mask), _unit_range(self._moved.small(len(mask)))
        self._drawn = _Toned(drawn, guide, size) if tonal else _Plain(drawn, size)
        self._line = Enlarged(guided_coefficients(guide, mask), *size, interpolation=cv2.INTER_LINEAR)
        self._bounds = Enlarged(_neighbourhood(mask), *size, interpolation=cv2.INTER_LINEAR)

    def rows(self, start: int, stop: int) -> Image:
        moved = self._moved.rows(start, stop)
        lowest, highest = np.moveaxis(self._bounds.rows(start, stop), -1, 0)
        if not highest.any():
            return moved
        line = self._line.rows(start, stop)
        mask = ((line[..., :3] * moved).sum(axis=-1) / 255 + line[..., 3]).clip(lowest, highest)[..., None]
        return _as_bytes(moved + mask * (self._drawn.rows(start, stop, moved).clip(0, 1) * 255 - moved))


class _Plain:
    """What was drawn, enlarged: its detail is that of the small square."""

    def __init__(self, drawn: Floats, size: tuple[int, int]) -> None:
        self._drawn = Enlarged(drawn, *size)

    def rows(self, start: int, stop: int, moved: Image) -> Floats:
        return self._drawn.rows(start, stop)


class _Toned:
    """What was drawn, as a change that is linear in the photo's colours around each place, made to the photo itself."""

    def __init__(self, drawn: Floats, guide: Floats, size: tuple[int, int]) -> None:
        fit = partial(guided_coefficients, guide, radius=TONE_RADIUS, eps=TONE_SMOOTHNESS)
        changes = [fit(channel) for channel in np.moveaxis(drawn - guide, -1, 0).copy()]
        self._changes = [Enlarged(change, *size, interpolation=cv2.INTER_LINEAR) for change in changes]

    def rows(self, start: int, stop: int, moved: Image) -> Floats:
        photo = moved.astype(np.float32) / 255
        lines = (change.rows(start, stop) for change in self._changes)
        differences = [(line[..., :3] * photo).sum(axis=-1) + line[..., 3] for line in lines]
        return np.asarray(photo + np.stack(differences, axis=-1), np.float32)


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

    def small(self, size: int) -> Tensor:
        """The moved photo as the model saw it, ``[1, 3, size, size]`` in [-1, 1]."""
        small = to_tensor([fit_square(self._photo, size)])
        return small if self._flow is None else warp(small, self._flow)

    def rows(self, start: int, stop: int) -> Image:
        if self._flow is None:
            return self._photo[start:stop]
        x, y = np.moveaxis(self._offsets.rows(start, stop), -1, 0)
        x = x + np.arange(x.shape[1], dtype=np.float32)
        y = y + np.arange(start, stop, dtype=np.float32)[:, None]
        moved = cv2.remap(self._photo, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, np.uint8)


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
