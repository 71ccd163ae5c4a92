"""Jewellery, watches and glasses."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .. import colours, curves, materials
from ..colours import Colour
from ..curves import XY
from ..materials import Material
from ..shapes import Ball, Cut, Rod
from ..studio import Studio
from .parts import METALS, SIDES, bar, beads, cord, dial, disc, flipped, hook, limb, panel, seams, slab

GEMS: tuple[Colour, ...] = ((0.8, 0.1, 0.2), (0.1, 0.3, 0.8), (0.1, 0.6, 0.35), (0.9, 0.93, 0.97), (0.5, 0.2, 0.6))


def _metal(studio: Studio) -> Material:
    return materials.metal(studio.pick((*METALS, (0.85, 0.6, 0.5))))


def _gem(studio: Studio, x: float, y: float, size: float) -> None:
    """A cut stone in a setting, or a pearl."""
    if studio.chance(0.25):
        studio.add(Ball(x, y, size), materials.plastic(colours.near_white(studio.rng), 0.5))
        return
    studio.add(disc(x, y, 1.25 * size, 0.3 * size), _metal(studio))
    tone, sides = studio.pick(GEMS), int(studio.rng.integers(4, 9))
    rim = curves.ellipse(x, y, size, size)[:: max(1, 72 // sides)]
    studio.add(Cut(rim, 0.5 * size), materials.plastic(tone, 0.8))
    for turn in range(sides - 1):
        facet = curves.polygon([tuple(rim[turn]), tuple(rim[turn + 1]), (x, y)])
        lean = tuple((facet[:2].mean(axis=0) - (x, y)) / size * 0.5)
        studio.add(
            Cut(facet, 0.02 * size, lean=lean), materials.plastic(colours.shaded(tone, studio.between(0.6, 1.4)), 0.6)
        )


def necklace(studio: Studio) -> None:
    """A chain or a string of beads, some with a pendant."""
    drop, half = studio.between(0.5, 0.85), studio.between(0.15, 0.34)
    line = curves.smooth(
        [(0.5 - 0.3 * half, 0.12), (0.5 - half, 0.35), (0.5, drop), (0.5 + half, 0.35), (0.5 + 0.3 * half, 0.12)],
        closed=False,
    )
    material, radius = (
        studio.pick((_metal(studio), _metal(studio), materials.hard(studio.rng))),
        studio.between(0.005, 0.03),
    )
    if studio.chance(0.3):
        studio.add(Rod(line, radius), material)
    else:
        beads(studio, line, radius, material)
    if studio.chance(0.7):
        _pendant(studio, 0.5, drop)


def _pendant(studio: Studio, x: float, y: float) -> None:
    size, metal = studio.between(0.02, 0.08), _metal(studio)
    hook(studio, (x, y), 0.015, metal)
    outline = curves.boulder(studio.rng, studio.between(0, 1.2), squareness=studio.between(0.5, 1.3))
    studio.add(Cut(curves.scaled(outline, x, y + 0.02 + size, size, size), 0.012), metal)
    if studio.chance(0.6):
        _gem(studio, x, y + 0.02 + size, 0.5 * size)


def bracelet(studio: Studio) -> None:
    """A bangle, a chain, or a row of beads around the wrist."""
    ring = curves.ellipse(0.5, 0.5, 0.34, studio.between(0.14, 0.34))
    thick = studio.between(0.012, 0.05)
    if studio.chance(0.5):
        studio.add(Rod(ring, thick), studio.pick((_metal(studio), materials.anything(studio.rng))))
    else:
        beads(studio, ring[: len(ring) // 2], thick, materials.hard(studio.rng))
        beads(studio, ring[len(ring) // 2 :], thick, materials.hard(studio.rng))
    for index in studio.rng.integers(10, 30, int(studio.rng.integers(0, 4))):
        _pendant(studio, *ring[index].tolist())


def ring(studio: Studio) -> None:
    """A finger ring, with a stone or several, or plain."""
    metal, radius = _metal(studio), studio.between(0.22, 0.28)
    squash = studio.between(0.7, 1.0)
    studio.add(Rod(curves.ellipse(0.5, 0.58, radius, squash * radius), studio.between(0.02, 0.09)), metal)
    size = studio.between(0.03, 0.11)
    for x in ((0.5,), (0.5,), (0.38, 0.62, 0.5), ())[int(studio.rng.integers(4))]:
        _gem(studio, x, 0.58 - squash * radius + 2 * (x - 0.5) ** 2 - 0.5 * size, size if x == 0.5 else 0.6 * size)


def earrings(studio: Studio) -> None:
    """Two equal earrings: studs, hoops, drops or feathers."""
    one = studio.helper(0.6)
    metal, kind = _metal(studio), int(studio.rng.integers(3))
    if kind == 0:
        one.add(Rod(curves.ellipse(0.5, 0.55, studio.between(0.12, 0.3), 0.3), studio.between(0.015, 0.05)), metal)
    else:
        one.add(cord([(0.47, 0.3), (0.5, 0.12), (0.55, 0.18), (0.55, 0.32)], 0.014), metal)
        for level in range(int(studio.rng.integers(1, 4))):
            _gem(one, 0.5, 0.34 + 0.16 * level, studio.between(0.04, 0.1))
    if kind == 2:
        _pendant(one, 0.5, 0.5)
    gap = studio.between(0.14, 0.25)
    for side in SIDES:
        studio.place(
            one,
            (0.5 + side * gap, 0.5 + studio.between(-0.04, 0.04)),
            0.6,
            turn=side * studio.between(0, 12),
            mirrored=side < 0,
        )


def watch(studio: Studio) -> None:
    """A wristwatch, laid out straight, on a leather, cloth, rubber or metal strap."""
    radius, width = studio.between(0.15, 0.23), studio.between(0.07, 0.13)
    case = materials.metal(studio.pick((*METALS, colours.black(studio.rng))))
    linked = studio.chance(0.4)
    strap = case if linked else materials.soft(studio.rng)
    for side in SIDES:
        end, middle = 0.5 + side * 0.43, 0.5 + side * 0.14
        half = [(0.5, end), (0.5 + 0.72 * width, end - side * 0.01), (0.5 + width, middle), (0.5, 0.5)]
        studio.add(panel(curves.mirrored(half), bevel=0.02), strap)
        if linked:
            _links(studio, side, width, strap)
        else:
            stitches = [(0.5 + 0.6 * width, end - side * 0.02), (0.5 + 0.82 * width, middle + side * 0.06)]
            seams(studio, strap.colour, stitches, flipped(stitches, -1))
    studio.add(slab(0.48 + radius, 0.475, 0.535 + radius, 0.525, radius=0.01), case)
    dial(studio, radius, case)
    for angle in (0, 120, 240) if studio.chance(0.3) else ():
        x, y = 0.5 + 0.4 * radius * np.cos(np.radians(angle + 90)), 0.5 + 0.4 * radius * np.sin(np.radians(angle + 90))
        studio.add(disc(float(x), float(y), 0.2 * radius, 0.01), case)


def _links(studio: Studio, side: int, width: float, metal: Material) -> None:
    """The links of a metal strap, three or so across."""
    for step in np.linspace(0.17, 0.41, 8).tolist():
        y, half = 0.5 + side * step, width * (1.12 - 0.9 * step)
        cells = np.linspace(0.5 - half, 0.5 + half, 4).tolist()
        for left, right in pairwise(cells):
            studio.add(slab(left + 0.002, y - 0.014, right - 0.002, y + 0.014, radius=0.005, bevel=0.008), metal)


def eyeglasses(studio: Studio) -> None:
    """Glasses or sunglasses from the front or turned, with see-through or dark lenses."""
    wide, high = studio.between(0.14, 0.19), studio.between(0.08, 0.16)
    thickness, centre = studio.between(0.008, 0.035), 0.5 + wide + studio.between(0.03, 0.06)
    shell = materials.plastic(
        studio.whether(colours.grey, colours.vivid, colours.tan, colours.deep, colours.black), 0.5
    )
    frame = shell if studio.chance(0.65) else materials.metal(studio.pick(METALS))
    shaded = materials.glass(studio.whether(colours.deep, colours.black, colours.tan), studio.between(0.55, 0.95))
    lens = shaded if studio.chance(0.6) else materials.glass((0.75, 0.8, 0.85), 0.08)
    outline = _lens(studio, centre, wide, high)
    hinge = [(centre + wide - 0.01, 0.44), (centre + wide + 0.04, 0.42), (centre + wide + 0.045, 0.46)]
    turn = studio.between(0.0, 0.3) if studio.chance(0.6) else 0.0
    _temples(studio, centre + wide, turn, thickness, frame)
    studio.add(cord([(0.43, 0.47), (0.5, 0.445), (0.57, 0.47)], thickness), frame)
    for side in SIDES:
        edge = flipped(outline, side)
        studio.add(panel(edge, bevel=0.05), lens)
        studio.add(bar([*edge, *edge[:2]], thickness), frame)
        studio.add(bar(flipped(hinge, side), 1.1 * thickness), frame)


def _temples(studio: Studio, reach: float, turn: float, thickness: float, frame: Material) -> None:
    """The arms behind, as far as they are seen from a turned position."""
    if not turn:
        return
    for side in SIDES:
        x = 0.5 + side * (reach - 0.5 + 0.04)
        end = (x + turn, 0.42 - 0.3 * turn)
        line: list[XY] = [(x, 0.44), end, (end[0] + 0.12 * turn, end[1] + 0.06)]
        studio.add(limb(line, [1.3 * thickness, thickness, 1.4 * thickness], 0.006), frame)


def _lens(studio: Studio, centre: float, wide: float, high: float) -> list[XY]:
    """A superellipse that is round or squarish, wider above than below, and leans inwards like a drop."""
    angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    squareness, taper, drop = studio.between(0.55, 1.0), studio.between(0.0, 0.16), studio.between(0.0, 0.12)
    x, y = (np.sign(wave) * np.abs(wave) ** squareness for wave in (np.cos(angles), np.sin(angles)))
    across, down = centre + wide * (x * (1 - taper * y) - drop * y), 0.5 + high * (y - 0.12 * drop * x)
    return list(zip(across.tolist(), down.tolist(), strict=True))
