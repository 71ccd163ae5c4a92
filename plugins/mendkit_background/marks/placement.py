"""Places marks in the frame of a photo: one somewhere, or the same one tiled all over it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from .layers import Layer, resized

Range = tuple[float, float]

CORNER_SHARE, MIDDLE_SHARE = 0.35, 0.25
"""How often a mark is near a corner, and in the middle."""


def draw_angle(rng: np.random.Generator, level: float) -> float:
    """Degrees: 0 with a chance of ``level``, else mostly slanted, seldom upside down."""
    if rng.random() < level:
        return 0.0
    angles = (rng.uniform(-45, 45), rng.choice((-90, 90)), rng.uniform(-180, 180))
    return float(rng.choice(angles, p=(0.85, 0.11, 0.04)))


def rotation(angle: float) -> NDArray[np.float64]:
    """``[2, 2]``, turning clockwise by ``angle`` degrees, because y points down."""
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.array([[cosine, -sine], [sine, cosine]])


def placed(
    rng: np.random.Generator, layer: Layer, height: int, width: int, *, scales: Range, angle: float = 0.0
) -> Layer:
    """Turn ``layer`` by ``angle`` and scale it to a share in ``scales`` of what fits; the rest is empty.

    Returns ``[height, width, 4]``, with the mark entirely inside: anywhere, near a corner, or in the middle.
    """
    extent = _extent(layer.shape[0], layer.shape[1], angle)
    scale = rng.uniform(*scales) * min(width / extent[0], height / extent[1])
    turned = _turned(resized(layer, scale), angle)[:height, :width]
    rows, columns = turned.shape[:2]
    top, left = np.rint((height - rows, width - columns) * _spot(rng)).astype(int)
    canvas = np.zeros((height, width, 4), np.uint8)
    canvas[top : top + rows, left : left + columns] = turned
    return canvas


def tiled(
    rng: np.random.Generator, layer: Layer, height: int, width: int, *, scales: Range, angle: float = 0.0
) -> Layer:
    """Repeat ``layer`` over the whole photo, dense or sparse, in rows or shifted like bricks."""
    across = rng.uniform(*scales) * min(height, width)
    mark = resized(layer, across / max(layer.shape[1], 1.5 * layer.shape[0]))
    gaps = rng.uniform(0.15, 1.3, 2) * min(mark.shape[:2]) + 1
    tile = np.pad(mark, ((0, round(gaps[0])), (0, round(gaps[1])), (0, 0)))
    if rng.random() < 0.5:
        tile = np.vstack([tile, np.roll(tile, tile.shape[1] // 2, axis=1)])
    shift = np.floor(rng.random(2) * tile.shape[1::-1])
    move = np.column_stack([rotation(angle), shift])
    return np.asarray(cv2.warpAffine(tile, move, (width, height), borderMode=cv2.BORDER_WRAP), np.uint8)


def _turned(layer: Layer, angle: float) -> Layer:
    """Rotated about its middle, on a canvas that it fits into."""
    if angle == 0:
        return layer
    rows, columns = layer.shape[:2]
    extent = np.ceil(_extent(rows, columns, angle)).astype(int)
    turn = rotation(angle)
    move = np.column_stack([turn, (extent - 1) / 2 - turn @ ((columns - 1) / 2, (rows - 1) / 2)])
    return np.asarray(cv2.warpAffine(layer, move, (int(extent[0]), int(extent[1]))), np.uint8)


def _extent(rows: int, columns: int, angle: float) -> NDArray[np.float64]:
    """Width and height of a rectangle of ``rows`` x ``columns``, turned."""
    extent: NDArray[np.float64] = np.abs(rotation(angle)) @ (columns, rows)
    return extent


def _spot(rng: np.random.Generator) -> NDArray[np.float64]:
    """Where in the room that is left: shares from the top and from the left."""
    spot = rng.random()
    if spot < CORNER_SHARE:
        return np.asarray(np.abs(rng.integers(0, 2, 2) - rng.uniform(0.02, 0.15)), np.float64)
    return rng.uniform(0.45, 0.55, 2) if spot < CORNER_SHARE + MIDDLE_SHARE else rng.random(2)
