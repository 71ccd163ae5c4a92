"""Short names for common parts, and parts that several kinds of products share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from .. import colours, curves, materials
from ..colours import Colour
from ..curves import XY, Points
from ..materials import Material
from ..prints import Print, wordmark
from ..shapes import Cut, Heap, Rod, Strands
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


def strap(studio: Studio, line: Iterable[XY], width: float, material: Material) -> None:
    """A flat band along a smooth line, some with stitches at both edges."""
    points = list(line)
    studio.add(Cut(curves.tube(points, [width] * len(points)), 0.25 * width), material)
    if width > 0.03 and studio.chance(0.5):
        stitch(studio, points, colours.contrasting(studio.rng, material.colour))


def stitch(studio: Studio, line: Iterable[XY], colour: Colour) -> None:
    """A dashed seam along a smooth line."""
    path = curves.smooth(line, closed=False)
    dashes = [path[start : start + 2] for start in range(0, len(path) - 1, 3)]
    studio.add(Strands(dashes, 0.004), materials.matte(colour))


def fringe(studio: Studio, start: XY, end: XY, length: float, material: Material) -> None:
    """Threads that hang (or, for a negative length, stand) between two points."""
    count = max(3, int(np.hypot(end[0] - start[0], end[1] - start[1]) / 0.009))
    roots = np.linspace(start, end, count)
    tips = roots + np.column_stack([studio.rng.normal(0, 0.006, count), length * studio.rng.uniform(0.7, 1.1, count)])
    studio.add(Strands(list(np.stack([roots, tips], axis=1).astype(np.float32)), 0.004), material)


def fur(studio: Studio, outline: Points, length: float, material: Material) -> None:
    """A furry body: hairs across the edge of an outline, and over it."""
    count = min(900, int(2.4 / length**0.5 * 60))
    roots = curves.along(outline, count)
    out = roots - outline.mean(axis=0)
    out = out / np.maximum(np.hypot(*out.T), 1e-6)[:, None] + studio.rng.normal(0, 0.5, roots.shape)
    studio.add(Strands(list(np.stack([roots, roots + length * out], axis=1).astype(np.float32)), 0.004), material)
    studio.add(Cut(outline, 0.06), material)
    inner = outline[studio.rng.integers(len(outline), size=count)]
    roots = outline.mean(axis=0) + (inner - outline.mean(axis=0)) * studio.rng.uniform(0.1, 0.95, (count, 1)) ** 0.5
    tips = roots + length * studio.rng.normal(0.0, 0.5, roots.shape) + (0, 0.4 * length)
    darker = replace(material, colour=colours.shaded(material.colour, 0.85))
    studio.add(Strands(list(np.stack([roots, tips], axis=1).astype(np.float32)), 0.003), darker)


def beads(studio: Studio, line: Points, radius: float, material: Material) -> None:
    """Round pearls or oval links along a line."""
    places = curves.along(np.concatenate([line, line[::-1]]), max(4, min(120, int(1.2 / radius))))
    oval, link = studio.between(0.6, 1.4), studio.chance(0.4)
    outlines = [curves.ellipse(x, y, radius, radius * oval) for x, y in places.tolist()]
    studio.add(Strands(outlines, 0.5 * radius) if link else Heap(outlines, 0.4 * radius), material)


def hook(studio: Studio, at: XY, radius: float, material: Material) -> None:
    """A ring or a carabiner."""
    ring = curves.ellipse(at[0], at[1] + radius, radius * studio.between(0.5, 1), radius)
    studio.add(Rod(ring, 0.3 * radius), material)


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


def limb(points: Iterable[XY], widths: Iterable[float], bevel: float = 0.02) -> Cut:
    """A limb along a smooth line, as wide at each point as its width: arms, sleeves, legs, handles."""
    return Cut(curves.tube(points, widths), bevel)


def zipper(studio: Studio, line: Sequence[XY], colour: Colour) -> None:
    """A zip along a line, with its teeth and slider."""
    studio.add(bar(line, 0.02), materials.matte(colours.shaded(colour, studio.between(0.2, 0.7))))
    teeth = curves.smooth(line, closed=False, steps=50)
    across = np.array((0.005, 0.0) if abs(line[0][0] - line[-1][0]) < abs(line[0][1] - line[-1][1]) else (0.0, 0.005))
    studio.add(
        Strands([np.stack([x - across, x + across]).astype(np.float32) for x in teeth], 0.004), materials.metal(colour)
    )
    x, y = line[0]
    studio.add(slab(x - 0.007, y, x + 0.007, y + 0.035, radius=0.006, bevel=0.005), materials.metal(colour))


def buttons(studio: Studio, line: Sequence[XY], count: int) -> None:
    """A row of buttons."""
    material = materials.plastic(colours.any_colour(studio.rng), 0.3)
    radius = studio.between(0.005, 0.012)
    places = np.linspace(line[0], line[1], count).tolist()
    studio.add(Heap([curves.ellipse(x, y, radius, radius) for x, y in places], 0.4 * radius), material)
