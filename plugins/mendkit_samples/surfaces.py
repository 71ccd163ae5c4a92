"""The visible surface of a shape: for each pixel the coverage, the normal, and the position on the surface."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .curves import XY, Points

Plane = NDArray[np.float32]
"""One number, or one colour, for each pixel: ``[h, w]`` or ``[h, w, 3]``."""
FIXED_POINT = 4
"""Bits of sub-pixel precision of OpenCV's drawing."""


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a canvas of ``side`` x ``side`` pixels, in pixels."""

    top: int
    left: int
    height: int
    width: int
    side: int

    @classmethod
    def around(cls, upper_left: XY, lower_right: XY, side: int) -> Window:
        """The pixels from one point of the unit square to another, and two more on each side."""
        (left, top), (right, bottom) = upper_left, lower_right
        columns = np.clip([np.floor(left * side) - 2, np.ceil(right * side) + 2], 0, side).astype(int)
        rows = np.clip([np.floor(top * side) - 2, np.ceil(bottom * side) + 2], 0, side).astype(int)
        return cls(int(rows[0]), int(columns[0]), int(np.ptp(rows)), int(np.ptp(columns)), side)

    @property
    def slices(self) -> tuple[slice, slice]:
        """Its rows and columns of the canvas."""
        return slice(self.top, self.top + self.height), slice(self.left, self.left + self.width)

    def grown(self, pixels: int) -> Window:
        """The window with so many pixels more on each side, as far as the canvas goes."""
        top, left = max(self.top - pixels, 0), max(self.left - pixels, 0)
        bottom, right = (min(end + pixels, self.side) for end in (self.top + self.height, self.left + self.width))
        return Window(top, left, bottom - top, right - left, self.side)

    def grid(self) -> tuple[Plane, Plane]:
        """x and y of each pixel's centre in the unit square."""
        x = (np.arange(self.left, self.left + self.width, dtype=np.float32) + 0.5) / self.side
        y = (np.arange(self.top, self.top + self.height, dtype=np.float32) + 0.5) / self.side
        return np.broadcast_to(x, (self.height, self.width)), np.broadcast_to(y[:, None], (self.height, self.width))

    def filled(self, *outlines: Points) -> Plane:
        """1 inside an outline, 0 outside; an outline within another is a hole."""
        mask = np.zeros((self.height, self.width), np.float32)
        if mask.size:
            cv2.fillPoly(mask, [self._fixed(outline) for outline in outlines], 1.0, cv2.LINE_8, FIXED_POINT)
        return mask

    def stroked(self, lines: Iterable[Points], thickness: float) -> Plane:
        """1 on lines, 0 beside them."""
        mask = np.zeros((self.height, self.width), np.float32)
        pixels = max(1, round(thickness * self.side))
        if mask.size:
            cv2.polylines(mask, [self._fixed(line) for line in lines], False, 1.0, pixels, cv2.LINE_8, FIXED_POINT)
        return mask

    def _fixed(self, points: Points) -> NDArray[np.int32]:
        pixels = points * self.side - np.array((self.left + 0.5, self.top + 0.5), np.float32)
        fixed: NDArray[np.int32] = np.round(pixels * 2**FIXED_POINT).astype(np.int32)
        return fixed


@dataclass(frozen=True, slots=True)
class Surface:
    """The visible surface of a shape in a window of the canvas; each plane is ``[h, w]``.

    Args:
        window: where it is.
        coverage: 0 to 1, how much of a pixel the shape covers.
        slope_x: x of the unit normal (to the right); the camera looks at normals (0, 0).
        slope_y: y of the unit normal (down).
        u: coordinate on the surface, in lengths of the canvas, that runs to the right.
        v: coordinate on the surface that runs down.
    """

    window: Window
    coverage: Plane
    slope_x: Plane
    slope_y: Plane
    u: Plane
    v: Plane


def cushion(mask: Plane, window: Window, bevel: float, lean: XY = (0.0, 0.0)) -> Surface:
    """A sheet whose slope is steep at the edge of the mask and levels out within a bevel, leaning as a whole."""
    sigma = max(bevel * window.side, 0.8)
    slope_x, slope_y = _edge_slopes(mask, sigma) if mask.size else (mask, mask)
    x, y = window.grid()
    return Surface(window, mask, slope_x + np.float32(lean[0]), slope_y + np.float32(lean[1]), x, y)


def _edge_slopes(mask: Plane, sigma: float) -> tuple[Plane, Plane]:
    """Minus the gradient of the blurred mask, scaled to an almost level normal at a straight edge."""
    height, width = mask.shape
    pad = round(3 * sigma)
    padded = cv2.copyMakeBorder(mask, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0.0)
    coarse = max(1, int(sigma / 2.5))  # wide blurs are as smooth on a coarse grid, and far cheaper
    size = max(3, padded.shape[1] // coarse), max(3, padded.shape[0] // coarse)
    blurred = cv2.GaussianBlur(cv2.resize(padded, size, interpolation=cv2.INTER_AREA), (0, 0), sigma / coarse)
    # The gradient of a blurred straight edge is 1 / (sigma sqrt(2 pi)).
    gain = -0.92 * np.sqrt(2 * np.pi) * sigma / coarse
    slopes = []
    for axis in ((1, 0), (0, 1)):
        slope = cv2.Sobel(blurred, cv2.CV_32F, *axis, ksize=3, scale=gain / 8)
        whole = cv2.resize(slope, padded.shape[::-1], interpolation=cv2.INTER_LINEAR)
        slopes.append(whole[pad : pad + height, pad : pad + width].astype(np.float32, copy=False))
    return slopes[0], slopes[1]
