"""Boxes in space, seen in two-point perspective: upright edges stay upright, as shops photograph furniture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from .curves import XY
from .materials import Material
from .prints import Print
from .shapes import Face
from .studio import Studio

XYZ = tuple[float, float, float]
"""To the right, down, and away from the camera."""
FACES = {
    "top": ((0, 0, 1), (1, 0, 1), (1, 0, 0), (0, 0, 0)),
    "bottom": ((0, 1, 0), (1, 1, 0), (1, 1, 1), (0, 1, 1)),
    "left": ((0, 0, 1), (0, 0, 0), (0, 1, 0), (0, 1, 1)),
    "right": ((1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 1, 0)),
    "front": ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)),
}
"""Corners of a unit box's faces, clockwise from the upper left as seen from outside."""


@dataclass(frozen=True, slots=True)
class View:
    """A camera that looks at (0.5, 0.5, 0) from ``height`` above it and ``distance`` away, past a turned product.

    Args:
        turn: of the product about its upright axis, in radians.
        height: of the camera above the middle of the canvas.
        distance: of the camera; short ones exaggerate the perspective.
        zoom: how large it appears; below 1, what is near stays on the canvas.
    """

    turn: float
    height: float
    distance: float
    zoom: float = 0.75

    @classmethod
    def drawn(cls, studio: Studio, low: float = 0.3, high: float = 1.3) -> View:
        """From the front or from a corner, from a little above."""
        turn = studio.pick((-1, 1)) * (studio.between(0.25, 0.8) if studio.chance(0.75) else 0.0)
        return cls(turn, studio.between(low, high), studio.between(2.2, 5))

    def seen(self, point: XYZ) -> XY:
        """Where a point in space is on the canvas."""
        x, y, z = point[0] - 0.5, point[1] - 0.5 + self.height, point[2]
        cos, sin = np.cos(self.turn), np.sin(self.turn)
        across, away = x * cos + z * sin, z * cos - x * sin
        scale = self.distance / (self.distance + away)
        return 0.5 + self.zoom * float(across * scale), 0.5 + self.zoom * float(y * scale - self.height)

    def depth(self, point: XYZ) -> float:
        """How far away a point is."""
        return float(point[2] * np.cos(self.turn) - (point[0] - 0.5) * np.sin(self.turn))

    def faces(self, low: XYZ, high: XYZ) -> Iterator[tuple[str, Face]]:
        """The sides of a box that the camera sees, by name."""
        low_high = low, high
        leans = {"top": (0.0, -0.35), "bottom": (0.0, 0.5), "front": (-0.6 * np.sin(self.turn), 0.0)}
        leans |= {side: (sign * 0.6 * np.cos(self.turn), 0.0) for side, sign in (("left", -1), ("right", 1))}
        width, height, depth = (abs(end - start) for start, end in zip(low, high, strict=True))
        sizes = {"top": (width, depth), "bottom": (width, depth), "front": (width, height)}
        for name, corners in FACES.items():
            seen = [self.seen((low_high[x][0], low_high[y][1], low_high[z][2])) for x, y, z in corners]
            if _clockwise(seen):
                yield name, Face(seen, sizes.get(name, (depth, height)), leans[name], bevel=0.0015)

    def block(self, studio: Studio, low: XYZ, high: XYZ, material: Material, **prints: Print) -> None:
        """Draw a box between two opposite corners, with prints on its sides (by name)."""
        for name, face in self.faces(low, high):
            studio.add(face, material, *([prints[name]] if name in prints else []))

    def legs(self, studio: Studio, low: XYZ, high: XYZ, thickness: float, material: Material) -> None:
        """Draw the four upright edges of a box as posts, the far ones first."""
        ends = [(x, z) for x in (low[0], high[0] - thickness) for z in (low[2], high[2] - thickness)]
        for x, z in sorted(ends, key=lambda end: -self.depth((end[0], 0, end[1]))):
            self.block(studio, (x, low[1], z), (x + thickness, high[1], z + thickness), material)


def _clockwise(corners: Iterable[XY]) -> bool:
    x, y = np.array(list(corners)).T
    return bool(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) > 1e-6)
