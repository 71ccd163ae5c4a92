"""Bottles, jars, tumblers, wine glasses and perfume, with their contents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .. import colours, curves, materials
from ..colours import Colour
from ..curves import XY
from ..materials import Material
from ..prints import Print, label, wordmark
from ..shapes import Cut, Rod, Turned
from ..studio import Studio
from .parts import METALS, slab

CLEAR: tuple[Colour, ...] = ((0.72, 0.78, 0.8), (0.72, 0.78, 0.8), (0.5, 0.7, 0.62), (0.55, 0.65, 0.8))
WINES: tuple[Colour, ...] = ((0.45, 0.05, 0.12), (0.93, 0.85, 0.5), (0.92, 0.55, 0.5))
DRINKS: tuple[Colour, ...] = (
    (0.95, 0.62, 0.15),  # orange juice
    (0.80, 0.15, 0.20),  # cherry
    (0.88, 0.70, 0.25),  # honey
    (0.45, 0.22, 0.12),  # cola
    (0.62, 0.75, 0.35),  # lime
    (0.95, 0.93, 0.88),  # milk
    (0.70, 0.85, 0.92),  # water
    (0.42, 0.12, 0.32),  # berries
)
WALL = 0.012
"""Thickness of glass."""


def bottle(studio: Studio) -> None:
    """A bottle of plastic or tinted glass with a cap and a label."""
    radius, neck, shoulder = studio.between(0.13, 0.19), studio.between(0.05, 0.075), studio.between(0.36, 0.5)
    slope = studio.between(0.06, 0.16)
    body = Turned([(0.2, neck), (shoulder - slope, neck), (shoulder, radius), (0.9, radius)], view=0.1, rounding=0.05)
    height = min(studio.between(0.6, 1.1), (0.86 - shoulder) / (1.7 * radius))
    paper = Print(label(studio.rng, height), (0.5, (shoulder + 0.9) / 2 + 0.01), 1.7 * radius)
    colour = colours.any_colour(studio.rng)
    if studio.chance(0.45):
        _pour(studio, body, studio.between(0.25, shoulder + 0.05), studio.pick(DRINKS))
        studio.add(body, materials.glass(colour, 0.2), paper)
    else:
        studio.add(body, materials.plastic(colour, studio.between(0.15, 0.6)), paper)
    _close(studio, Turned([(studio.between(0.11, 0.15), neck * 1.2), (0.24, neck * 1.2)], view=0.1, rounding=0.005))


def jar(studio: Studio) -> None:
    """A wide jar with a lid: of glass with something in it, or opaque like a cream's."""
    radius, top = studio.between(0.2, 0.3), studio.between(0.3, 0.45)
    profile = [(top, 0.8 * radius), (top + 0.03, 0.82 * radius), (top + 0.08, radius), (0.86, radius)]
    body = Turned(profile, view=0.16, rounding=0.025)
    height = min(0.8, 0.7 * (0.78 - top) / (1.5 * radius))
    paper = Print(label(studio.rng, height), (0.5, (top + 0.94) / 2 + 0.06 * radius), 1.5 * radius)
    if studio.chance(0.6):
        _pour(studio, body, top + studio.between(0.06, 0.12), studio.pick(DRINKS))
        studio.add(body, materials.glass((0.9, 0.95, 0.95), 0.1), paper)
    else:
        studio.add(body, materials.plastic(colours.any_colour(studio.rng), 0.4), paper)
    lid = [(top - studio.between(0.07, 0.12), 0.9 * radius), (top + 0.02, 0.92 * radius)]
    _close(studio, Turned(lid, view=0.16, rounding=0.008))


def tumbler(studio: Studio) -> None:
    """A drinking glass, empty or filled."""
    top, rim, foot = studio.between(0.14, 0.35), studio.between(0.17, 0.24), studio.between(0.13, 0.2)
    body = Turned([(top, rim), (0.84, foot), (0.88, 0.96 * foot)], view=0.18, rounding=0.01)
    if studio.chance(0.55):
        _pour(studio, body, studio.between(top + 0.08, 0.6), studio.pick(DRINKS))
    _blow(studio, body, materials.glass(studio.pick(CLEAR), 0.06))


def wine_glass(studio: Studio) -> None:
    """A stemmed glass, empty or with wine."""
    bowl, stem = studio.between(0.13, 0.2), studio.between(0.52, 0.62)
    upper = [(0.14, 0.78 * bowl), (0.24, 0.95 * bowl), (0.34, bowl)]
    lower = [(stem - 0.1, 0.8 * bowl), (stem - 0.03, 0.35 * bowl), (stem, 0.014)]
    body = Turned(curves.monotone([*upper, *lower]), view=0.16)
    if studio.chance(0.6):
        _pour(studio, body, studio.between(0.28, 0.4), studio.pick(WINES))
    clear = materials.glass(studio.pick(CLEAR), 0.07)
    studio.add(Turned([(0.885, 0.05), (0.9, 0.85 * bowl), (0.91, 0.85 * bowl)], view=0.2, rounding=0.01), clear)
    studio.add(Turned([(stem, 0.014), (0.75, 0.011), (0.9, 0.03)], view=0.1, rounding=0.05), clear)
    _blow(studio, body, clear)


def flacon(studio: Studio) -> None:
    """Perfume in a block of glass."""
    half, top, radius = studio.between(0.16, 0.26), studio.between(0.38, 0.48), studio.between(0.01, 0.08)
    tint = colours.any_colour(studio.rng)
    name = Print(wordmark(studio.rng, colours.contrasting(studio.rng, tint)), (0.5, 0.66), 1.3 * half)
    studio.add(Turned([(top - 0.06, 0.05), (top + 0.02, 0.05)], view=0.1), materials.metal(studio.pick(METALS)))
    perfume = slab(0.535 - half, top + 0.07, 0.465 + half, 0.84, radius=radius, bevel=0.02)
    studio.add(perfume, materials.glass(tint, 0.75))
    block = slab(0.5 - half, top, 0.5 + half, 0.88, radius=radius, bevel=0.035)
    studio.add(block, materials.glass(studio.pick(CLEAR), 0.12), name)
    _close(studio, Turned([(top - 0.2, 0.075), (top - 0.04, 0.075)], view=0.16, rounding=0.008))


def _pour(studio: Studio, vessel: Turned, level: float, colour: Colour) -> None:
    """Fill a vessel up to a level."""
    drink = Turned(_inside(vessel.profile, level), view=vessel.view, rounding=vessel.rounding)
    studio.add(drink, Material(colour, gloss=0.15, opacity=0.88))
    studio.add(Cut(drink.opening(), bevel=0.01), materials.matte(colours.shaded(colour, 1.15)))


def _inside(profile: Sequence[XY], level: float) -> list[XY]:
    """The profile of the room within a vessel's wall, from a level down."""
    heights, radii = zip(*profile, strict=True)
    below = [(level, float(np.interp(level, heights, radii))), *(knot for knot in profile if knot[0] > level + 0.01)]
    below[-1] = (below[-1][0] - WALL, below[-1][1])
    return [(y, max(radius - WALL, 0.01)) for y, radius in below]


def _blow(studio: Studio, body: Turned, clear: Material) -> None:
    """A thin-walled glass: its body, its opening, its rim."""
    rim = body.opening()
    studio.add(body, clear)
    studio.add(Cut(rim, bevel=0.01), materials.glass(clear.colour, 0.08))
    studio.add(Rod(rim, 0.006), materials.glass(colours.shaded(clear.colour, 0.75), 0.5))


def _close(studio: Studio, cap: Turned) -> None:
    """A cap or lid with a flat top."""
    metal, wood = materials.metal(studio.pick(METALS)), materials.wood(studio.rng)
    material = studio.pick((metal, wood, materials.plastic(colours.any_colour(studio.rng))))
    studio.add(cap, material)
    studio.add(Cut(cap.opening(), bevel=0.006, lean=(0.0, -0.3)), material)
