"""Seats, tables, shelves, beds and lamps, from the front or from a corner and a little above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from .. import colours, curves, materials
from ..boxes import View
from ..materials import Material
from ..shapes import Ball, Cut, Turned
from ..studio import Studio
from .parts import METALS, SIDES, bar, cord, flipped, limb, panel, slab


def _board(studio: Studio) -> Material:
    """What cabinets and tables are made of."""
    painted = materials.moulded(
        studio.rng, colours.near_white(studio.rng) if studio.chance(0.4) else colours.any_colour(studio.rng)
    )
    return studio.pick((materials.wood(studio.rng), materials.wood(studio.rng), painted))


def _frame(studio: Studio) -> Material:
    """What thin legs are made of."""
    rng = studio.rng
    return studio.pick(
        (materials.wood(rng, upright=True), materials.moulded(rng, colours.any_colour(rng)), materials.brushed(rng))
    )


def table(studio: Studio) -> None:
    """A table, desk, bench or bedside table on four legs, with a shelf or drawers below, some with a cloth."""
    view, top, legs = View.drawn(studio, 0.3, 1.4), _board(studio), _frame(studio)
    half, depth, height = studio.between(0.15, 0.4), studio.between(0.1, 0.28), studio.between(0.2, 0.6)
    y, thick, post = 0.85 - height, studio.between(0.012, 0.05), studio.between(0.01, 0.05)
    inset = studio.between(0.0, 0.06)
    view.legs(studio, (0.5 - half + inset, y, inset - depth), (0.5 + half - inset, 0.85, depth - inset), post, legs)
    if studio.chance(0.4):
        level = 0.85 - height * studio.between(0.15, 0.5)
        view.block(
            studio, (0.5 - half + inset, level, inset - depth), (0.5 + half - inset, level + 0.02, depth - inset), top
        )
    if studio.chance(0.4):
        view.block(
            studio, (0.52 - half, y, 0.01 - depth), (0.48 + half, y + studio.between(0.05, 0.12), depth - 0.01), top
        )
        _knobs(studio, view, [0.5] if half < 0.25 else [0.5 - half / 2, 0.5 + half / 2], [y + 0.05], -depth)
    view.block(studio, (0.5 - half, y - thick, -depth), (0.5 + half, y, depth), top)


def _knobs(studio: Studio, view: View, columns: Sequence[float], rows: Sequence[float], depth: float) -> None:
    metal, size = materials.metal(studio.pick(METALS)), studio.between(0.005, 0.013)
    for x in columns:
        for y in rows:
            studio.add(Ball(*view.seen((x, y, depth)), size), metal)


def stool(studio: Studio) -> None:
    """A round stool, side table or bar stool on three or four splayed legs."""
    legs, top = _frame(studio), studio.pick((_board(studio), materials.soft(studio.rng)))
    y, radius, low = studio.between(0.15, 0.5), studio.between(0.14, 0.34), 0.88
    splay, thick = studio.between(0.6, 1.25) * radius, studio.between(0.012, 0.05)
    for reach, drop in ((-0.35, -0.06), (0.4, -0.05), (-1.0, 0.0), (1.0, 0.0))[: studio.pick((3, 4))]:
        foot = (0.5 + reach * splay, low + drop)
        studio.add(
            limb(
                [(0.5 + 0.6 * reach * radius, y + 0.02), foot], [1.2 * thick, studio.between(0.6, 1.2) * thick], 0.012
            ),
            legs,
        )
    if studio.chance(0.4):
        rail = y + 0.6 * (low - y)
        studio.add(bar([(0.5 - 0.85 * splay, rail), (0.5 + 0.85 * splay, rail)], 0.6 * thick), legs)
    seat = Turned(
        [(y, radius), (y + studio.between(0.02, 0.07), radius)], view=studio.between(0.12, 0.3), rounding=0.01
    )
    studio.add(seat, top)
    studio.add(Cut(seat.opening(), 0.02, lean=(0.0, -0.25)), top)


def shelf(studio: Studio) -> None:
    """A bookcase, rack, wall shelf or cube unit, some with a back and boxes in it."""
    view, board = View.drawn(studio, 0.0, 0.7), _board(studio)
    half, top, depth = studio.between(0.12, 0.38), studio.between(0.1, 0.5), studio.between(0.05, 0.14)
    side = studio.between(0.008, 0.03)
    left, right = 0.5 - half, 0.5 + half
    if studio.chance(0.6):
        view.block(
            studio,
            (left, top, depth - 0.005),
            (right, 0.88, depth),
            replace(board, colour=colours.shaded(board.colour, 0.85)),
        )
    if open_frame := studio.chance(0.3):
        view.legs(studio, (left, top, -depth), (right, 0.9, depth), side, _frame(studio))
    columns = np.linspace(left, right, int(studio.rng.integers(2, 5))).tolist()
    for x in [] if open_frame else sorted(columns, key=lambda x: -view.depth((x, 0, 0))):
        view.block(studio, (x - side / 2, top, -depth), (x + side / 2, 0.88, depth), board)
    rows = np.linspace(top, 0.88, int(studio.rng.integers(3, 7))).tolist()
    for y in rows[::-1]:
        view.block(studio, (left, y, -depth), (right, y + side, depth), board)
    for upper, lower in pairwise(rows):
        for start, end in pairwise(columns):
            if studio.chance(0.15):
                low = (start + 0.2 * (end - start), lower - studio.between(0.3, 0.75) * (lower - upper), -0.6 * depth)
                view.block(studio, low, (end - 0.2 * (end - start), lower, 0.5 * depth), materials.anything(studio.rng))


def bed(studio: Studio) -> None:
    """A bed with a headboard, a mattress, pillows and a blanket; or a bench with a cushion."""
    view, frame = View.drawn(studio, 0.5, 1.3), studio.pick((_board(studio), _frame(studio)))
    half, length, post = studio.between(0.16, 0.3), studio.between(0.3, 0.5), studio.between(0.012, 0.04)
    head, low = studio.between(0.3, 0.5), studio.between(0.55, 0.66)
    linen, blanket = (materials.fabric(studio.rng, colours.any_colour(studio.rng), 0.4) for _ in range(2))
    view.legs(studio, (0.5 - half, low, -length), (0.5 + half, 0.85, length), post, frame)
    if studio.chance(0.6):
        view.block(studio, (0.5 - half, head, length - 0.02), (0.5 + half, 0.75, length), frame)
    else:
        for x in np.linspace(0.5 - half, 0.5 + half - post, int(studio.rng.integers(4, 12))).tolist():
            view.block(studio, (x, head, length - 0.02), (x + 0.5 * post, 0.75, length), frame)
        view.block(studio, (0.5 - half, head, length - 0.03), (0.5 + half, head + 0.03, length), frame)
    view.block(studio, (0.51 - half, low - 0.06, 0.02 - length), (0.49 + half, low + 0.03, length - 0.03), linen)
    for x in (0.5 - 0.55 * half, 0.5 + 0.55 * half):
        low_corner, high_corner = (x - 0.4 * half, low - 0.1, 0.6 * length), (x + 0.4 * half, low - 0.05, 0.9 * length)
        view.block(studio, low_corner, high_corner, linen)
    view.block(
        studio,
        (0.505 - half, low - 0.075, 0.01 - length),
        (0.495 + half, low, studio.between(-0.3, 0.4) * length),
        blanket,
    )
    view.block(studio, (0.5 - half, low + 0.02, -length), (0.5 + half, low + 0.07, length), frame)


def floor_lamp(studio: Studio) -> None:
    """A floor or desk lamp: a thin, straight, bent or jointed pole, a shade, a foot."""
    metal, x = studio.pick((_frame(studio), materials.metal(studio.pick(METALS)))), studio.between(0.35, 0.5)
    thin, tip = studio.between(0.008, 0.022), (studio.between(0.5, 0.78), studio.between(0.1, 0.3))
    foot = Turned(
        [(0.87, studio.between(0.05, 0.15)), (0.89, studio.between(0.1, 0.16))], axis=x, view=0.2, rounding=0.01
    )
    studio.add(foot, metal)
    elbow = (x - studio.between(-0.1, 0.15), studio.between(0.3, 0.55))
    line = [(x, 0.88), elbow, tip] if studio.chance(0.6) else [(x, 0.88), (x, 0.12), (tip[0], 0.08), tip]
    studio.add(bar(line, thin) if studio.chance(0.5) else cord(line, thin), metal)
    if studio.chance(0.4):
        studio.add(bar([(px + 0.02, py) for px, py in line], 0.7 * thin), metal)
    wide, drop = studio.between(0.06, 0.16), studio.between(0.06, 0.16)
    profile = [(tip[1] - 0.01, studio.between(0.02, 0.9) * wide), (tip[1] + drop, wide)]
    shade = studio.pick((materials.hard, materials.soft))(studio.rng)
    studio.add(Turned(profile, axis=tip[0], view=0.12, rounding=0.01), shade)


def rocker(studio: Studio) -> None:
    """A shell chair, office chair or deckchair on thin crossed legs."""
    frame, shell = _frame(studio), materials.anything(studio.rng)
    thin, half = studio.between(0.01, 0.025), studio.between(0.16, 0.24)
    if studio.chance(0.4):
        studio.add(bar([(0.5, 0.6), (0.5, 0.82)], 0.035), frame)
        for reach, y in ((-0.22, 0.86), (0.22, 0.86), (-0.1, 0.9), (0.12, 0.9), (0.0, 0.83)):
            studio.add(bar([(0.5, 0.8), (0.5 + reach, y)], 0.02), frame)
            studio.add(Ball(0.5 + reach, y + 0.015, 0.018), materials.matte(colours.BLACK))
    else:
        for side in SIDES:
            studio.add(bar(flipped([(0.5 + 0.6 * half, 0.58), (0.52 + 1.1 * half, 0.9)], side), thin), frame)
            studio.add(bar(flipped([(0.5 + 0.3 * half, 0.6), (0.5 + 0.6 * half, 0.85)], side), thin), frame)
            studio.add(bar(flipped([(0.5 + 0.85 * half, 0.72), (0.5 - 0.45 * half, 0.76)], side), 0.6 * thin), frame)
    back = [(0.5, 0.14), (0.5 + 0.7 * half, 0.17), (0.5 + half, 0.36), (0.5 + half, 0.55), (0.5, 0.6)]
    studio.add(Cut(curves.smooth(curves.mirrored(back)), 0.05), shell)
    seat = [(0.5, 0.5), (0.5 + half, 0.52), (0.53 + half, 0.6), (0.5 + 0.8 * half, 0.65), (0.5, 0.66)]
    studio.add(
        Cut(curves.smooth(curves.mirrored(seat)), 0.03, lean=(0.0, -0.15)),
        studio.pick((shell, materials.soft(studio.rng))),
    )
    if studio.chance(0.35):
        for side in SIDES:
            studio.add(
                cord(flipped([(0.5 + half, 0.4), (0.55 + half, 0.42), (0.54 + half, 0.58)], side), 1.5 * thin), frame
            )


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
