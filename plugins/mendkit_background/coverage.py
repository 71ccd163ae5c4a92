"""The coverage of a watermark: one stamp somewhere in the frame, or many all over it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Mask

from .marks import Stamp, draw_stamp

STAMP_HEIGHT, STAMP_SIZE = 36, 128
"""For an image of ``STAMP_SIZE`` px, letters are drawn ``STAMP_HEIGHT`` px high, then scaled."""
TILED_SHARE = 0.35
TILED_SCALES, SINGLE_SCALES = (0.3, 0.7), (0.35, 1.0)
"""Size of a stamp, as a share of the largest that fits into the frame."""


def draw_coverage(rng: np.random.Generator, height: int, width: int) -> Mask:
    """Draw a stamp at any angle: ``[height, width]``, 0 where the photo is free, 255 where it is covered."""
    stamp = draw_stamp(rng, _stamp_height(min(height, width)))
    tiled = rng.random() < TILED_SHARE
    if tiled:
        stamp = _with_margin(rng, stamp)
    angle = float(rng.choice((0, rng.uniform(-45, 45), rng.uniform(-180, 180)), p=(0.35, 0.5, 0.15)))
    scale = rng.uniform(*(TILED_SCALES if tiled else SINGLE_SCALES))
    # Drawn at twice the size and averaged, because a warp alone would leave jagged edges.
    large = cv2.warpAffine(
        stamp,
        2 * _placement(rng, stamp, angle, scale, room=(width, height)),
        (2 * width, 2 * height),
        borderMode=cv2.BORDER_WRAP if tiled else cv2.BORDER_CONSTANT,
    )
    return cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _stamp_height(side: int) -> int:
    # In powers of two, so that few font sizes are needed.
    return round(STAMP_HEIGHT * 2.0 ** round(float(np.log2(max(side, 32) / STAMP_SIZE))))


def _with_margin(rng: np.random.Generator, stamp: Stamp) -> Stamp:
    """The stamp with room around it; half of the time two rows of it, the second shifted like bricks."""
    height = len(stamp)
    across, down = round(height * rng.uniform(0.3, 1.5)), round(height * rng.uniform(0.4, 1.6))
    tile = np.pad(stamp, ((0, down), (0, across)))
    return np.vstack([tile, np.roll(tile, tile.shape[1] // 2, axis=1)]) if rng.random() < 0.5 else tile


def _placement(
    rng: np.random.Generator, stamp: Stamp, angle: float, scale: float, *, room: tuple[int, int]
) -> NDArray[np.float64]:
    """Affine ``[2, 3]`` from the stamp's pixels (x, y) to those of an image of ``room`` (width, height)."""
    rows, columns = stamp.shape
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    extent = np.array([abs(cosine) * columns + abs(sine) * rows, abs(sine) * columns + abs(cosine) * rows])
    scale *= (room / extent).min()
    free = room - scale * extent
    centre = (room + free * rng.uniform(-1, 1, 2)) / 2
    turn = scale * np.array([[cosine, -sine], [sine, cosine]])
    return np.column_stack([turn, centre - turn @ (columns / 2, rows / 2)])
