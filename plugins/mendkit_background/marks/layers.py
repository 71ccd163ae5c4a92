"""What marks are made of: stamps without colour, and layers, which are inked stamps over each other."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Stamp = NDArray[np.uint8]
"""``[h, w]``, 0 where nothing is drawn, 255 where the mark covers everything; antialiased, without a margin."""
Layer = NDArray[np.uint8]
"""``[h, w, 4]``: red, green and blue times the coverage, as it must be to be resized, and the coverage."""
Colour = NDArray[np.float32]
"""``[3]``, 0 to 255."""


def inked(stamp: Stamp, colour: Colour, opacity: float = 1.0) -> Layer:
    """``stamp`` in one colour."""
    channels = [cv2.convertScaleAbs(stamp, alpha=float(level) / 255 * opacity) for level in (*colour, 255)]
    return np.asarray(cv2.merge(channels), np.uint8)


def blended_inks(stamp: Stamp, first: Colour, second: Colour, *, down: bool) -> Layer:
    """``stamp`` in a gradient from one colour to another, downwards or to the right."""
    height, width = stamp.shape
    share = np.linspace(0, 1, height if down else width, dtype=np.float32)[:, None]
    ramp = first + share * (second - first)
    ramp = np.broadcast_to(ramp[:, None] if down else ramp[None], (height, width, 3))
    colours = cv2.multiply(ramp.astype(np.uint8), cv2.merge([stamp] * 3), scale=1 / 255)
    return np.dstack([colours, stamp])


def over(top: Layer, below: Layer) -> Layer:
    """Lay one layer over another of the same size (Porter and Duff 1984)."""
    free = cv2.bitwise_not(top[..., 3])
    return np.asarray(cv2.add(top, cv2.multiply(below, cv2.merge([free] * 4), scale=1 / 255)), np.uint8)


def centred(stamp: Stamp | Layer, height: int, width: int) -> NDArray[np.uint8]:
    """``stamp`` with an empty margin, in the middle of ``height`` x ``width`` px; what is too large is cut off."""
    rows, columns = stamp.shape[:2]
    top, left = (height - rows) // 2, (width - columns) // 2
    cut = stamp[max(-top, 0) : max(-top, 0) + height, max(-left, 0) : max(-left, 0) + width]
    rows, columns = cut.shape[:2]
    top, left = max(top, 0), max(left, 0)
    return np.asarray(
        cv2.copyMakeBorder(cut, top, height - rows - top, left, width - columns - left, cv2.BORDER_CONSTANT, value=0),
        np.uint8,
    )


def with_margin(stamp: Stamp | Layer, margin: int) -> NDArray[np.uint8]:
    """``stamp`` with ``margin`` empty px on all sides."""
    return centred(stamp, stamp.shape[0] + 2 * margin, stamp.shape[1] + 2 * margin)


def resized(stamp: Stamp | Layer, scale: float) -> NDArray[np.uint8]:
    """``stamp`` scaled; made smaller, its pixels are averaged, so that thin lines become faint, not broken."""
    size = (max(1, round(stamp.shape[1] * scale)), max(1, round(stamp.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(stamp, size, interpolation=method), np.uint8)


def fitted(stamp: Stamp, height: float, width: float) -> Stamp:
    """``stamp`` as large as fits into ``height`` x ``width`` px."""
    return resized(stamp, min(height / stamp.shape[0], width / stamp.shape[1]))


def stacked(rng: np.random.Generator, stamps: list[Stamp], gap: int) -> Stamp:
    """Stamps below each other: ragged on the right, on the left, or centred."""
    width, align = max(stamp.shape[1] for stamp in stamps), rng.choice((0, 0.5, 1), p=(0.3, 0.6, 0.1))
    rows: list[Stamp] = []
    for stamp in stamps:
        left = round((width - stamp.shape[1]) * float(align))
        rows += [np.zeros((gap, width), np.uint8)] * bool(rows)
        rows.append(np.pad(stamp, ((0, 0), (left, width - stamp.shape[1] - left))))
    return np.vstack(rows)


def beside(left: Stamp, right: Stamp) -> Stamp:
    """Two stamps in a row, with a gap, centred on one line."""
    height = max(len(left), len(right))
    gap = np.zeros((height, max(1, height // 8)), np.uint8)
    return np.hstack([centred(left, height, left.shape[1]), gap, centred(right, height, right.shape[1])])
