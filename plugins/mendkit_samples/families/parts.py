"""Short names for common parts, and parts that several kinds of products share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from .. import colours, curves, materials
from ..colours import Colour
from ..curves import XY
from ..materials import Material
from ..prints import Print, wordmark
from ..shapes import Cut, Rod
from ..studio import Studio

SIDES = (-1, 1)
"""Left and right of the middle."""
METALS: tuple[Colour, ...] = (colours.STEEL, colours.GOLD, colours.GUNMETAL)


def blob(points: Iterable[XY], bevel: float = 0.02) -> Cut:
    """A cushion inside a smooth closed line."""
    return Cut(curves.smooth(points), bevel)


def panel(points: Iterable[XY], bevel: float = 0.01, lean: XY = (0.0, 0.0)) -> Cut:
    """A board inside straight lines."""
    return Cut(curves.polygon(points), bevel, lean)


def slab(left: float, top: float, right: float, bottom: float, *, radius: float = 0.0, bevel: float = 0.01) -> Cut:
    """A rectangular board with round corners."""
    return Cut(curves.rectangle(left, top, right, bottom, radius), bevel)


def disc(x: float, y: float, radius: float, bevel: float = 0.005) -> Cut:
    """A round plate."""
    return Cut(curves.ellipse(x, y, radius, radius), bevel)


def cord(points: Iterable[XY], thickness: float) -> Rod:
    """A cord along a smooth line."""
    return Rod(curves.smooth(points, closed=False), thickness)


def bar(points: Iterable[XY], thickness: float) -> Rod:
    """A bar along straight lines."""
    return Rod(curves.polygon(points), thickness)


def flipped(points: Iterable[XY], side: int) -> list[XY]:
    """The points of a right half as they are (side 1), or mirrored to the left (side -1)."""
    return [(0.5 + side * (x - 0.5), y) for x, y in points]


def seams(studio: Studio, colour: Colour, *lines: Sequence[XY]) -> None:
    """Fine darker (on black: lighter) lines where parts are sewn together."""
    tone = colours.shaded(colour, 0.72 if colours.luminance(colour) > 0.2 else 1.9)
    for line in lines:
        studio.add(cord(line, 0.006), materials.matte(tone))


def dial(studio: Studio, radius: float, rim: Material) -> None:
    """The face of a watch or clock in the middle of the canvas: rim, name, marks and hands."""
    ground = colours.any_colour(studio.rng)
    ink = materials.matte(colours.contrasting(studio.rng, ground))
    inner = 0.84 * radius
    name = Print(wordmark(studio.rng, ink.colour), (0.5, 0.5 - 0.4 * inner), 0.55 * inner)
    studio.add(disc(0.5, 0.5, radius, bevel=0.018), rim)
    studio.add(disc(0.5, 0.5, inner, bevel=0.01), materials.matte(ground), name)
    for hour in range(12):
        thickness = 0.04 if hour % 3 else 0.07
        studio.add(bar(_ray(hour * 30, 0.78 * inner, 0.92 * inner), thickness * radius), ink)
    for reach, thickness in ((0.5, 0.075), (0.75, 0.05)):
        studio.add(bar(_ray(studio.between(0, 360), -0.1 * inner, reach * inner), thickness * radius), ink)
    studio.add(disc(0.5, 0.5, 0.07 * inner), rim)


def _ray(degrees: float, start: float, end: float) -> list[XY]:
    """A line outwards from the middle of the canvas, in the direction of a clock's hand."""
    x, y = float(np.sin(np.radians(degrees))), -float(np.cos(np.radians(degrees)))
    return [(0.5 + start * x, 0.5 + start * y), (0.5 + end * x, 0.5 + end * y)]
