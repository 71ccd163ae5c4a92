"""Chairs, armchairs, lamps and chests of drawers, from the front and a little above."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .. import colours, materials
from ..materials import Material
from ..shapes import Ball, Cut, Turned
from ..studio import Studio
from .parts import METALS, SIDES, bar, panel, slab


def chair(studio: Studio) -> None:
    """A wooden or painted chair, some with an upholstered seat."""
    rng = studio.rng
    painted = materials.plastic(colours.any_colour(rng), 0.2)
    frame = materials.wood(rng, upright=True) if studio.chance(0.6) else painted
    pad = materials.fabric(rng, colours.any_colour(rng), patterned=0)
    half, seat, leg = studio.between(0.19, 0.23), studio.between(0.54, 0.6), studio.between(0.028, 0.042)
    back = 0.8 * half
    for side in SIDES:
        studio.add(bar([(0.5 + side * back, 0.1), (0.5 + side * back, 0.82)], leg), frame)
    for y in np.linspace(0.14, seat - 0.16, int(rng.integers(1, 4))).tolist():
        slat = slab(0.5 - back, y - 0.02, 0.5 + back, y + studio.between(0.03, 0.07), radius=0.01, bevel=0.012)
        studio.add(slat, frame)
    for side in SIDES:
        studio.add(bar([(0.5 + side * (half - 0.01), seat), (0.5 + side * half, 0.92)], 1.1 * leg), frame)
    studio.add(slab(0.5 - half, seat, 0.5 + half, seat + 0.06, radius=0.005), frame)
    top = [(0.5 - back, seat - 0.08), (0.5 + back, seat - 0.08), (0.51 + half, seat + 0.01), (0.49 - half, seat + 0.01)]
    studio.add(panel(top, bevel=0.018, lean=(0.0, -0.3)), studio.pick((materials.wood(rng), pad)))


def armchair(studio: Studio) -> None:
    """An upholstered armchair or a sofa for two."""
    rng = studio.rng
    upholstery = materials.leather if studio.chance(0.3) else materials.felt
    cloth = upholstery(rng, colours.any_colour(rng))
    half, arm = studio.between(0.28, 0.42), studio.between(0.08, 0.12)
    feet = materials.wood(rng, upright=True)
    for side in SIDES:
        studio.add(bar([(0.5 + side * (half - 0.05), 0.76), (0.5 + side * (half - 0.03), 0.86)], 0.035), feet)
    studio.add(slab(0.52 - half, 0.26, 0.48 + half, 0.7, radius=0.08, bevel=0.05), cloth)
    for left, right in pairwise(np.linspace(0.5 - half + arm, 0.5 + half - arm, 3 if half > 0.35 else 2).tolist()):
        studio.add(slab(left, 0.3, right, 0.58, radius=0.04, bevel=0.04), cloth)
        studio.add(slab(left, 0.53, right, 0.66, radius=0.035, bevel=0.03), cloth)
    studio.add(slab(0.5 - half, 0.65, 0.5 + half, 0.78, radius=0.02, bevel=0.03), cloth)
    for side in SIDES:
        x = 0.5 + side * (half - arm / 2)
        studio.add(slab(x - arm / 2, 0.45, x + arm / 2, 0.78, radius=arm / 2, bevel=0.035), cloth)


def lamp(studio: Studio) -> None:
    """A table lamp with a cloth shade on a turned or metal foot."""
    bottom = studio.between(0.42, 0.5)
    if studio.chance(0.6):
        _turned_foot(studio, bottom)
    else:
        metal = materials.metal(studio.pick(METALS))
        studio.add(bar([(0.5, bottom - 0.05), (0.5, 0.87)], 0.024), metal)
        studio.add(Turned([(0.85, 0.04), (0.87, 0.14), (0.885, 0.14)], view=0.2, rounding=0.008), metal)
    colour = colours.near_white(studio.rng) if studio.chance(0.4) else colours.any_colour(studio.rng)
    shade = Turned([(0.12, studio.between(0.1, 0.2)), (bottom, studio.between(0.2, 0.28))], view=0.1, rounding=0.004)
    studio.add(shade, materials.fabric(studio.rng, colour, patterned=0.3))
    studio.add(Cut(shade.opening(), bevel=0.01), materials.matte(colours.shaded(colour, 0.8)))


def _turned_foot(studio: Studio, top: float) -> None:
    clay = materials.ceramic(studio.rng, colours.any_colour(studio.rng))
    belly = studio.between(0.08, 0.15)
    profile = [(top - 0.05, 0.018), (top + 0.08, 0.02), (0.72, belly), (0.84, 0.6 * belly), (0.88, 0.8 * belly)]
    material = studio.pick((clay, materials.metal(studio.pick(METALS))))
    studio.add(Turned(profile, view=0.12, rounding=0.06), material)


def cabinet(studio: Studio) -> None:
    """A chest of drawers."""
    rng = studio.rng
    board = materials.wood(rng) if studio.chance(0.5) else materials.plastic(colours.any_colour(rng), 0.12)
    half, top = studio.between(0.2, 0.36), studio.between(0.2, 0.45)
    for side in SIDES:
        studio.add(bar([(0.5 + side * (half - 0.04), 0.82), (0.5 + side * (half - 0.03), 0.92)], 0.03), board)
    studio.add(slab(0.5 - half, top, 0.5 + half, 0.85, radius=0.006, bevel=0.008), board)
    lid = [(0.53 - half, top - 0.05), (0.47 + half, top - 0.05), (0.51 + half, top), (0.49 - half, top)]
    studio.add(panel(lid, bevel=0.006, lean=(0.0, -0.4)), board)
    knob = studio.pick((materials.metal(studio.pick(METALS)), materials.plastic(colours.BLACK)))
    columns = pairwise(np.linspace(0.52 - half, 0.48 + half, int(rng.integers(2, 4))).tolist())
    rows = list(pairwise(np.linspace(top + 0.03, 0.83, int(rng.integers(3, 6))).tolist()))
    for left, right in columns:
        for upper, lower in rows:
            _drawer(studio, (left + 0.008, upper + 0.008, right - 0.008, lower - 0.008), board, knob)


def _drawer(studio: Studio, box: tuple[float, float, float, float], board: Material, knob: Material) -> None:
    left, top, right, bottom = box
    gap = materials.matte(colours.shaded(board.colour, 0.45))
    studio.add(slab(left - 0.005, top - 0.005, right + 0.005, bottom + 0.005, bevel=0.004), gap)
    studio.add(slab(left, top, right, bottom, radius=0.004, bevel=0.008), board)
    studio.add(Ball((left + right) / 2, (top + bottom) / 2, 0.014), knob)
