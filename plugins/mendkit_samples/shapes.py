"""The solids that products are made of. Each says, at any resolution, what the camera sees of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from .curves import XY, Points, ellipse

Plane = NDArray[np.float32]
"""One number, or one colour, for each pixel: ``[h, w]`` or ``[h, w, 3]``."""
FIXED_POINT = 4
"""Bits of sub-pixel precision of OpenCV's drawing."""


@dataclass(frozen=True, slots=True)
class Surface:
    """What is seen of a shape in a window of the canvas.

    Args:
        top: first row of the window, in canvas pixels.
        left: first column of the window.
        coverage: 0 to 1, how much of a pixel the shape covers.
        slope_x: x of the unit normal (to the right); the camera looks along -z.
        slope_y: y of the unit normal (down).
        u: coordinate on the surface, in lengths of the canvas, that runs to the right.
        v: coordinate on the surface that runs down.
    """

    top: int
    left: int
    coverage: Plane
    slope_x: Plane
    slope_y: Plane
    u: Plane
    v: Plane


class Shape(Protocol):
    """A solid, in the coordinates of the unit square."""

    def seen(self, side: int) -> Surface:
        """The surface that a camera with a canvas of ``side`` x ``side`` pixels sees."""


@dataclass(frozen=True)
class Turned:
    """A solid of revolution about a vertical axis, seen slightly from above.

    Args:
        profile: (y, radius) from top to bottom.
        axis: x of the axis.
        view: height of its circles as a share of their width; 0 is seen exactly from the side.
        rounding: length over which the corners of the profile are rounded.
    """

    profile: Sequence[XY]
    axis: float = 0.5
    view: float = 0.08
    rounding: float = 0.02

    def seen(self, side: int) -> Surface:
        top, bottom = self.profile[0][0], self.profile[-1][0]
        widest = max(radius for _, radius in self.profile)
        window = _window(side, self.axis - widest, top - 0.01, self.axis + widest, bottom + self.view * widest + 0.01)
        x, y = _grid(window, side)
        height = y - self.view * widest
        for _ in range(3):  # what is seen at y lies higher, by the part of its circle that faces the camera
            radius = self._radius(height, side)
            across = (x - self.axis) / radius
            height = y - self.view * radius * np.sqrt(np.maximum(1 - across**2, 0))
        inside = (np.abs(across) <= 1) & (height >= top) & (height <= bottom)
        across = np.clip(across, -1, 1)
        rise = (self._radius(height + 0.01, side) - self._radius(height - 0.01, side)) / 0.02
        norm = np.sqrt(1 + rise**2)
        around = self.axis + widest * np.arcsin(across)
        return Surface(*window[:2], inside.astype(np.float32), across / norm, -rise / norm, around, height)

    def _radius(self, y: Plane, side: int) -> Plane:
        """Radius at each height, from a rounded table."""
        heights, radii = np.array(self.profile, np.float32).T
        margin = 0.05 + self.rounding
        table_y = np.arange(heights[0] - margin, heights[-1] + margin, 0.5 / side, dtype=np.float32)
        reach = max(1, round(self.rounding * side))
        table = np.interp(table_y, heights, radii)
        padded = np.pad(table, reach, mode="edge")
        rounded = np.convolve(padded, np.hanning(2 * reach + 3)[1:-1] / (reach + 1), mode="valid")
        index = ((y - table_y[0]) * (2 * side)).astype(np.intp).clip(0, len(table) - 1)
        return np.maximum(rounded, 1e-3).astype(np.float32)[index]

    def opening(self, inset: float = 0.0) -> Points:
        """The outline of its upper end, an ellipse."""
        y, radius = self.profile[0]
        return ellipse(self.axis, y, radius - inset, self.view * (radius - inset))


@dataclass(frozen=True)
class Cut:
    """A sheet or cushion cut along an outline, whose edge is rounded over a ``bevel``; further outlines are holes.

    ``lean`` is the slope (x, y) of the whole, as of the side of a box.
    """

    outlines: Sequence[Points]
    bevel: float = 0.02
    lean: XY = (0.0, 0.0)

    def seen(self, side: int) -> Surface:
        whole = np.concatenate(list(self.outlines))
        window = _window(side, *whole.min(axis=0), *whole.max(axis=0))
        mask = _blank(window)
        cv2.fillPoly(mask, [_fixed(points, window, side) for points in self.outlines], 1.0, cv2.LINE_8, FIXED_POINT)
        return _cushion(mask, window, side, self.bevel, self.lean)


@dataclass(frozen=True)
class Rod:
    """A round rod, wire or cord along a line."""

    line: Points
    thickness: float

    def seen(self, side: int) -> Surface:
        half = self.thickness
        window = _window(side, *(self.line.min(axis=0) - half), *(self.line.max(axis=0) + half))
        mask = _blank(window)
        pixels = max(1, round(self.thickness * side))
        cv2.polylines(mask, [_fixed(self.line, window, side)], False, 1.0, pixels, cv2.LINE_8, FIXED_POINT)
        return _cushion(mask, window, side, 0.35 * self.thickness, (0.0, 0.0))


@dataclass(frozen=True)
class Ball:
    """A sphere."""

    x: float
    y: float
    radius: float

    def seen(self, side: int) -> Surface:
        window = _window(side, self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius)
        x, y = _grid(window, side)
        across, down = (x - self.x) / self.radius, (y - self.y) / self.radius
        distance = across**2 + down**2
        # Far from the centre as well, the surface coordinates stay those of a sphere seen along its equator.
        squeeze = 1 / np.maximum(np.sqrt(distance), 1.0)
        across, down = across * squeeze, down * squeeze
        u = self.x + self.radius * np.arcsin(across / np.sqrt(np.maximum(1 - down**2, 1e-3)).clip(np.abs(across)))
        v = self.y + self.radius * np.arcsin(down)
        return Surface(*window[:2], (distance <= 1).astype(np.float32), across, down, u, v)


@dataclass(frozen=True)
class Face:
    """A flat quadrilateral in space: one side of a box.

    Args:
        corners: on the screen: upper left, upper right, lower right, lower left.
        size: width and height of the real face, for what is printed on it; u and v run from 0 to these.
        lean: slope (x, y) of its normal.
    """

    corners: Sequence[XY]
    size: XY
    lean: XY = (0.0, 0.0)

    def seen(self, side: int) -> Surface:
        corners = np.array(self.corners, np.float32)
        window = _window(side, *corners.min(axis=0), *corners.max(axis=0))
        mask = _blank(window)
        cv2.fillPoly(mask, [_fixed(corners, window, side)], 1.0, cv2.LINE_8, FIXED_POINT)
        width, height = self.size
        flat = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
        h = cv2.getPerspectiveTransform(corners, flat)
        x, y = _grid(window, side)
        depth = h[2, 0] * x + h[2, 1] * y + h[2, 2]
        u = ((h[0, 0] * x + h[0, 1] * y + h[0, 2]) / depth).astype(np.float32)
        v = ((h[1, 0] * x + h[1, 1] * y + h[1, 2]) / depth).astype(np.float32)
        return Surface(*window[:2], mask, np.full_like(mask, self.lean[0]), np.full_like(mask, self.lean[1]), u, v)


Window = tuple[int, int, int, int]
"""Top, left, height and width in canvas pixels."""


def _window(side: int, left: float, top: float, right: float, bottom: float) -> Window:
    columns = np.clip([int(np.floor(left * side)) - 2, int(np.ceil(right * side)) + 2], 0, side)
    rows = np.clip([int(np.floor(top * side)) - 2, int(np.ceil(bottom * side)) + 2], 0, side)
    return int(rows[0]), int(columns[0]), max(1, int(rows[1] - rows[0])), max(1, int(columns[1] - columns[0]))


def _grid(window: Window, side: int) -> tuple[Plane, Plane]:
    top, left, height, width = window
    x = (np.arange(left, left + width, dtype=np.float32) + 0.5) / side
    y = (np.arange(top, top + height, dtype=np.float32) + 0.5) / side
    return np.broadcast_to(x, (height, width)), np.broadcast_to(y[:, None], (height, width))


def _blank(window: Window) -> Plane:
    return np.zeros(window[2:], np.float32)


def _fixed(points: Points, window: Window, side: int) -> NDArray[np.int32]:
    pixels = points * side - (window[1] + 0.5, window[0] + 0.5)
    return np.round(pixels * 2**FIXED_POINT).astype(np.int32)


def _cushion(mask: Plane, window: Window, side: int, bevel: float, lean: XY) -> Surface:
    """Slopes that are steep at the edge of the mask and level out within a bevel."""
    sigma = max(bevel * side, 0.8)
    coarse = max(1, int(sigma / 2.5))  # wide blurs are as smooth on a coarse grid, and far cheaper
    height, width = mask.shape
    pad = round(3 * sigma)
    padded = cv2.copyMakeBorder(mask, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0.0)
    small_size = max(3, padded.shape[1] // coarse), max(3, padded.shape[0] // coarse)
    small = cv2.resize(padded, small_size, interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), sigma / coarse)
    # A blurred straight edge has the slope 1 / (sigma sqrt(2 pi)) at the edge: scale it to an almost level normal.
    gain = -0.92 * np.sqrt(2 * np.pi) * sigma / coarse
    slopes = [gain * cv2.Sobel(blurred, cv2.CV_32F, *axis, ksize=3, scale=1 / 8) for axis in ((1, 0), (0, 1))]
    size = padded.shape[1], padded.shape[0]
    full = [cv2.resize(slope, size, interpolation=cv2.INTER_LINEAR) for slope in slopes]
    slope_x, slope_y = (plane[pad : pad + height, pad : pad + width] for plane in full)
    x, y = _grid(window, side)
    return Surface(*window[:2], mask, slope_x + np.float32(lean[0]), slope_y + np.float32(lean[1]), x, y)
