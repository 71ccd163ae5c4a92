"""The solids that products are made of. Each gives its visible surface at any resolution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np

from .curves import XY, Points, ellipse, polygon
from .surfaces import Plane, Surface, Window, cushion


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
        """Solves for each pixel for the height on the solid: ``y = height + view * radius(height) * cos(angle)``."""
        top, bottom, widest = self.profile[0][0], self.profile[-1][0], self.widest
        window = Window.around((self.axis - widest, top), (self.axis + widest, bottom + self.view * widest), side)
        table = _RadiusTable.of(self.profile, self.rounding, side)
        x, y = window.grid()
        height = y - self.view * widest
        for _ in range(3):
            radius = table.at(height)
            across = (x - self.axis) / radius
            height = y - self.view * radius * np.sqrt(np.maximum(1 - across**2, 0))
        inside = (np.abs(across) <= 1) & (height >= top) & (height <= bottom)
        across = across.clip(-1, 1)
        rise = (table.at(height + 0.01) - table.at(height - 0.01)) / 0.02
        norm = np.sqrt(1 + rise**2)
        around = self.axis + widest * np.arcsin(across)
        return Surface(window, inside.astype(np.float32), across / norm, -rise / norm, around, height)

    @property
    def widest(self) -> float:
        """The largest radius."""
        return max(radius for _, radius in self.profile)

    def opening(self, inset: float = 0.0) -> Points:
        """The outline of its upper end, an ellipse."""
        y, radius = self.profile[0]
        return ellipse(self.axis, y, radius - inset, self.view * (radius - inset))


@dataclass(frozen=True)
class _RadiusTable:
    """A profile with rounded corners, tabulated twice a pixel; beyond its ends it goes on straight."""

    start: float
    per_length: int
    radii: Plane

    @classmethod
    def of(cls, profile: Sequence[XY], rounding: float, side: int) -> _RadiusTable:
        heights, radii = zip(*profile, strict=True)
        margin = 0.05 + rounding
        steps = np.arange(heights[0] - margin, heights[-1] + margin, 0.5 / side)
        reach = max(1, round(rounding * side))
        window = np.hanning(2 * reach + 3)[1:-1] / (reach + 1)
        padded = np.pad(np.interp(steps, heights, radii), reach, mode="edge")
        rounded = np.convolve(padded, window, mode="valid")
        return cls(float(steps[0]), 2 * side, np.maximum(rounded, 1e-3).astype(np.float32))

    def at(self, heights: Plane) -> Plane:
        """The radius at each height."""
        steps = ((heights - self.start) * self.per_length).astype(np.intp)
        radii: Plane = self.radii[steps.clip(0, len(self.radii) - 1)]
        return radii


@dataclass(frozen=True)
class Cut:
    """A sheet or cushion cut along an outline, whose edge is rounded over a ``bevel``.

    ``lean`` is the slope (x, y) of the whole, as of the side of a box. ``holes`` are outlines of what is cut out.
    """

    outline: Points
    bevel: float = 0.02
    lean: XY = (0.0, 0.0)
    holes: Sequence[Points] = ()

    def seen(self, side: int) -> Surface:
        """Its inside, in true size."""
        window = _window(self.outline, 0.0, side)
        return cushion(window.filled(self.outline, *self.holes), window, self.bevel, self.lean)


@dataclass(frozen=True)
class Rod:
    """A round rod, wire or cord along a line."""

    line: Points
    thickness: float

    def seen(self, side: int) -> Surface:
        """The stroke, rounded to both sides."""
        window = _window(self.line, self.thickness, side)
        return cushion(window.stroked([self.line], self.thickness), window, 0.35 * self.thickness)


@dataclass(frozen=True)
class Strands:
    """Many rods, wires, threads or hairs of one thickness, next to or across each other."""

    lines: Sequence[Points]
    thickness: float

    def seen(self, side: int) -> Surface:
        """All strokes as one mask."""
        window = _window(np.concatenate(self.lines), self.thickness, side)
        return cushion(window.stroked(self.lines, self.thickness), window, 0.35 * self.thickness)


@dataclass(frozen=True)
class Heap:
    """Many small cushions that do not overlap: beads, buttons, leaves, slats."""

    outlines: Sequence[Points]
    bevel: float

    def seen(self, side: int) -> Surface:
        """All outlines as one mask."""
        window = _window(np.concatenate(self.outlines), 0.0, side)
        mask = np.zeros((window.height, window.width), np.float32)
        for outline in self.outlines:
            np.maximum(mask, window.filled(outline), out=mask)
        return cushion(mask, window, self.bevel)


@dataclass(frozen=True)
class Ball:
    """A sphere."""

    x: float
    y: float
    radius: float

    def seen(self, side: int) -> Surface:
        """The disc; u and v are lengths along its equator and its middle meridian."""
        window = _window(ellipse(self.x, self.y, self.radius, self.radius), 0.0, side)
        x, y = window.grid()
        across, down = (x - self.x) / self.radius, (y - self.y) / self.radius
        distance = np.sqrt(across**2 + down**2)
        inside: Plane = (distance <= 1).astype(np.float32)
        rim: Plane = np.maximum(distance, 1)
        across, down = across / rim, down / rim
        parallel = np.maximum(np.sqrt(np.maximum(1 - down**2, 1e-6)), np.abs(across))
        u = self.x + self.radius * np.arcsin(across / parallel)
        v = self.y + self.radius * np.arcsin(down)
        return Surface(window, inside, across, down, u.astype(np.float32), v.astype(np.float32))


@dataclass(frozen=True)
class Face:
    """A flat quadrilateral in space: one side of a box.

    Args:
        corners: on the screen: upper left, upper right, lower right, lower left.
        size: width and height of the real face, for what is printed on it; u and v run from 0 to these.
        lean: slope (x, y) of its normal.
        bevel: length over which its edges are rounded.
    """

    corners: Sequence[XY]
    size: XY
    lean: XY = (0.0, 0.0)
    bevel: float = 0.0

    def seen(self, side: int) -> Surface:
        """Its inside, with u and v in perspective."""
        corners, (width, height) = polygon(self.corners), self.size
        window = _window(corners, 0.0, side)
        flat = polygon([(0, 0), (width, 0), (width, height), (0, height)])
        x, y = window.grid()
        matrix = cv2.getPerspectiveTransform(corners, flat).astype(np.float32)
        u, v, weight = (x_share * x + y_share * y + one for x_share, y_share, one in matrix)
        sheet = cushion(window.filled(corners), window, self.bevel, self.lean)
        return replace(sheet, u=u / weight, v=v / weight)


def _window(points: Points, margin: float, side: int) -> Window:
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return Window.around((left - margin, top - margin), (right + margin, bottom + margin), side)
