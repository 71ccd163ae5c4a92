"""Phones, screens, computers, loudspeakers, cameras and household machines."""

from __future__ import annotations

import numpy as np

from .. import colours, curves, materials, patterns
from ..boxes import View
from ..curves import XY
from ..materials import Material
from ..prints import Print, emblem, wordmark
from ..shapes import Ball, Face, Heap, Turned
from ..studio import Studio
from .parts import METALS, SIDES, bar, cord, disc, limb, panel, slab

DARK = (0.06, 0.06, 0.07)


def _shell(studio: Studio) -> Material:
    """Plastic or metal, often black, white or grey."""
    tone = studio.whether(colours.black, colours.near_white, colours.grey, colours.any_colour)
    return studio.pick(
        (materials.moulded(studio.rng, tone), materials.brushed(studio.rng, tone), materials.plastic(tone))
    )


def _screen(studio: Studio) -> Material:
    """Dark glass, or a bright picture."""
    if studio.chance(0.5):
        return Material(DARK, (0.25, 0.26, 0.3), patterns.sheen(studio.rng), gloss=0.3)
    colour = colours.vivid(studio.rng)
    return Material(colour, colours.beside(studio.rng, colour), patterns.marbled(studio.rng), gloss=0.15, plainly=False)


def _keys(upper_left: XY, lower_right: XY, columns: int, rows: int) -> Heap:
    """A grid of keys."""
    (left, top), (right, bottom) = upper_left, lower_right
    x, y = np.linspace(left, right, columns + 1), np.linspace(top, bottom, rows + 1)
    gap = 0.12 * (x[1] - x[0])
    boxes = [(x[i], y[j], x[i + 1], y[j + 1]) for i in range(columns) for j in range(rows)]
    return Heap([curves.rectangle(a + gap, b + gap, c - gap, d - gap, gap) for a, b, c, d in boxes], 0.004)


def phone(studio: Studio) -> None:
    """A phone or tablet: its front, its back with cameras, or both, side by side."""
    half, height, radius = studio.between(0.16, 0.3), studio.between(0.34, 0.42), studio.between(0.01, 0.06)
    left, top, right, bottom = 0.5 - half, 0.5 - height, 0.5 + half, 0.5 + height
    shell = _shell(studio)
    studio.add(slab(left, top, right, bottom, radius=radius, bevel=0.01), shell)
    rim = studio.between(0.006, 0.03)
    if studio.chance(0.6):
        studio.add(
            slab(left + rim, top + rim, right - rim, bottom - rim, radius=0.8 * radius, bevel=0.003), _screen(studio)
        )
        return
    sign = emblem(studio.rng, colours.contrasting(studio.rng, shell.colour))
    studio.add(
        slab(left + rim, top + rim, right - rim, bottom - rim, radius=0.8 * radius, bevel=0.003),
        shell,
        Print(sign, (0.5, 0.5), 0.12),
    )
    for index in range(int(studio.rng.integers(1, 4))):
        x, y = left + 0.07 + 0.075 * (index % 2), top + 0.08 + 0.075 * (index // 2)
        studio.add(disc(x, y, 0.032, 0.006), materials.metal(studio.pick(METALS)))
        studio.add(disc(x, y, 0.024, 0.01), materials.plastic(DARK, 0.6))


def laptop(studio: Studio) -> None:
    """An open laptop from the front or a corner."""
    view, shell = View(studio.between(-0.6, 0.6), studio.between(0.5, 1.2), studio.between(2.5, 4)), _shell(studio)
    half, depth, lean = studio.between(0.28, 0.36), studio.between(0.2, 0.26), studio.between(0.0, 0.12)
    base = 0.72
    lid = [view.seen(point) for point in _lid(half, depth, lean, base, 0.0)]
    inner = [view.seen(point) for point in _lid(half, depth, lean, base, studio.between(0.012, 0.03))]
    studio.add(Face(lid, (1, 1), bevel=0.006), shell)
    studio.add(Face(inner, (1, 1), bevel=0.003), _screen(studio))
    view.block(studio, (0.5 - half, base, -depth), (0.5 + half, base + 0.018, depth), shell)
    keys = materials.matte(colours.BLACK if studio.chance(0.6) else colours.near_white(studio.rng))
    for x in np.linspace(0.53 - half, 0.47 + half, 13)[:-1].tolist():
        for z in np.linspace(-0.1 * depth, 0.8 * depth, 6)[:-1].tolist():
            size = 0.8 * (2 * half - 0.06) / 12, 0.8 * 0.18 * depth
            corners = [(x, z + size[1]), (x + size[0], z + size[1]), (x + size[0], z), (x, z)]
            studio.add(Face([view.seen((a, base, b)) for a, b in corners], (1, 1)), keys)


def _lid(half: float, depth: float, lean: float, base: float, rim: float) -> list[tuple[float, float, float]]:
    """Corners of a laptop's lid, which leans back, less a rim."""
    left, right, top = 0.5 - half + rim, 0.5 + half - rim, base - 2 * depth + rim
    back = depth + lean
    return [(left, top, back), (right, top, back), (right, base - rim, depth), (left, base - rim, depth)]


def television(studio: Studio) -> None:
    """A television or monitor on a foot or two thin legs."""
    half, top, low = studio.between(0.3, 0.42), studio.between(0.2, 0.34), studio.between(0.7, 0.78)
    shell = _shell(studio)
    if studio.chance(0.5):
        studio.add(bar([(0.5, low - 0.05), (0.5, 0.87)], studio.between(0.03, 0.1)), shell)
        studio.add(panel([(0.36, 0.86), (0.64, 0.86), (0.68, 0.89), (0.32, 0.89)]), shell)
    else:
        for side in SIDES:
            x = 0.5 + side * 0.7 * half
            studio.add(bar([(x - 0.05, 0.85), (x, low - 0.02), (x + 0.05, 0.85)], 0.014), shell)
    studio.add(slab(0.5 - half, top, 0.5 + half, low, radius=0.006, bevel=0.006), shell)
    rim = studio.between(0.006, 0.025)
    studio.add(slab(0.5 - half + rim, top + rim, 0.5 + half - rim, low - rim - 0.01, bevel=0.003), _screen(studio))


def keyboard(studio: Studio) -> None:
    """A computer or piano keyboard, a calculator or a remote control."""
    shell, keys = _shell(studio), _shell(studio)
    columns, rows = studio.pick(((14, 5), (18, 5), (4, 6), (3, 9), (24, 1)))
    half = min(0.42, 0.05 + 0.026 * columns)
    height = 0.03 + 0.024 * rows if columns > 6 else 0.05 + 0.045 * rows
    height = 0.14 if rows == 1 else height
    studio.add(
        slab(0.48 - half, 0.48 - height, 0.52 + half, 0.52 + height, radius=studio.between(0.005, 0.05), bevel=0.015),
        shell,
    )
    top = 0.5 - height + (0.25 * height if columns < 6 else 0)
    if columns < 6:
        studio.add(slab(0.51 - half, 0.5 - height, 0.49 + half, top, radius=0.005), _screen(studio))
    studio.add(_keys((0.5 - half, top), (0.5 + half, 0.5 + height), columns, rows), keys)


def mouse(studio: Studio) -> None:
    """A mouse or game controller, some with a cable."""
    shell, other = _shell(studio), _shell(studio)
    if studio.chance(0.4):
        line = curves.wander(studio.rng, (0.5, 0.3), (studio.between(0.1, 0.9), 0.06), 0.1)
        studio.add(cord(line[::8].tolist(), 0.014), other)
    if studio.chance(0.5):
        edge = [(0.5, 0.2), (0.62, 0.24), (0.67, 0.45), (0.66, 0.7), (0.6, 0.84), (0.5, 0.87)]
        studio.add(panel(curves.smooth(curves.mirrored(edge)).tolist(), 0.08), shell)
        studio.add(bar([(0.5, 0.2), (0.5, 0.45)], 0.006), materials.matte(DARK))
        studio.add(slab(0.48, 0.27, 0.52, 0.38, radius=0.02), other)
        return
    edge = [(0.5, 0.38), (0.7, 0.33), (0.84, 0.42), (0.9, 0.68), (0.82, 0.74), (0.68, 0.6), (0.5, 0.6)]
    studio.add(panel(curves.smooth(curves.mirrored(edge)).tolist(), 0.05), shell)
    for x, y in ((0.38, 0.53), (0.62, 0.53)):
        studio.add(disc(x, y, 0.05, 0.015), other)
        studio.add(disc(x, y, 0.032, 0.015), materials.matte(DARK))
    for x, y in ((0.71, 0.42), (0.75, 0.46), (0.67, 0.46), (0.71, 0.5)):
        studio.add(Ball(x, y, 0.016), materials.plastic(colours.vivid(studio.rng)))
    studio.add(bar([(0.25, 0.46), (0.33, 0.46)], 0.022), other)
    studio.add(bar([(0.29, 0.42), (0.29, 0.5)], 0.022), other)


def speaker(studio: Studio) -> None:
    """A loudspeaker, radio, router or microwave: a box with cones, grilles, dials or a display."""
    view, shell = View.drawn(studio, 0.1, 0.8), _shell(studio)
    half, height, depth = studio.between(0.12, 0.36), studio.between(0.12, 0.36), studio.between(0.06, 0.2)
    view.block(studio, (0.5 - half, 0.5 - height, -depth), (0.5 + half, 0.5 + height, depth), shell)
    face = View(view.turn, view.height, view.distance)
    size = 0.75 * min(half, height)
    for shift in (-0.45, 0.5) if max(half, height) > 1.7 * min(half, height) else (0.0,):
        x, y = (0.5 + shift * half, 0.5) if half > height else (0.5, 0.5 + shift * height)
        ring = [face.seen((x + a, y + b, -depth)) for a, b in curves.ellipse(0, 0, size, size).tolist()]
        studio.add(panel(ring, 0.02), materials.matte(DARK) if studio.chance(0.6) else _shell(studio))
        inner = [face.seen((x + 0.5 * a, y + 0.5 * b, -depth)) for a, b in curves.ellipse(0, 0, size, size).tolist()]
        studio.add(panel(inner, 0.03), studio.pick((_shell(studio), _screen(studio))))
    if studio.chance(0.4):
        studio.add(
            bar([view.seen((0.5 + 0.8 * half, 0.5 - height, 0)), (0.5 + half, 0.3 - height)], 0.008), materials.metal()
        )


def appliance(studio: Studio) -> None:
    """A blender, coffee machine, kettle, fan or vacuum cleaner: turned bodies, a handle, a spout, a cable."""
    shell, trim, rng = _shell(studio), _shell(studio), studio.rng
    top, wide, neck = studio.between(0.12, 0.3), studio.between(0.14, 0.24), studio.between(0.08, 0.2)
    waist = studio.between(0.5, 0.7)
    handle = [
        (0.5 + 0.8 * neck, top + 0.06),
        (0.6 + wide, top + 0.1),
        (0.6 + wide, waist - 0.05),
        (0.5 + 0.9 * wide, waist),
    ]
    studio.add(cord(handle, studio.between(0.03, 0.05)), trim)
    if studio.chance(0.5):
        studio.add(
            limb([(0.5 - 0.7 * wide, 0.62), (0.42 - wide, 0.45), (0.36 - wide, top + 0.08)], [0.14, 0.06, 0.03]), shell
        )
    if studio.chance(0.3):
        studio.add(cord([(0.6, 0.86), (0.8, 0.9), (0.9, 0.8)], 0.014), materials.matte(DARK))
    upper = Turned(curves.monotone([(top, neck), ((top + waist) / 2, (neck + wide) / 2), (waist, wide)]), view=0.14)
    clear = studio.chance(0.35)
    studio.add(upper, materials.glass((0.7, 0.78, 0.8), 0.2) if clear else shell)
    sign = Print(wordmark(rng, colours.contrasting(rng, trim.colour)), (0.5, waist + 0.13), 0.2)
    base = Turned([(waist, wide), (0.82, wide * studio.between(0.85, 1.15)), (0.88, wide)], view=0.14, rounding=0.02)
    studio.add(base, trim if clear else shell, sign)
    lid = Turned([(top - studio.between(0.02, 0.06), 0.5 * neck), (top, neck)], view=0.14, rounding=0.01)
    studio.add(lid, trim)
    studio.add(Ball(0.5, top - 0.05, 0.025), trim)
    if studio.chance(0.6):
        studio.add(disc(0.5, waist + 0.22, 0.025, 0.01), materials.metal())


def toaster(studio: Studio) -> None:
    """A toaster, or another rounded machine with slots and a lever."""
    shell, trim = _shell(studio), _shell(studio)
    half, top = studio.between(0.26, 0.36), studio.between(0.32, 0.46)
    studio.add(slab(0.5 - half, top, 0.5 + half, 0.8, radius=studio.between(0.04, 0.16), bevel=0.06), shell)
    for y in (top + 0.01, top + 0.04):
        studio.add(bar([(0.58 - half, y), (0.42 + half, y)], 0.014), materials.matte(DARK))
    studio.add(slab(0.52 - half, 0.76, 0.48 + half, 0.83, radius=0.01), trim)
    studio.add(slab(0.49 + half, top + 0.12, 0.54 + half, top + 0.16, radius=0.01), trim)
    studio.add(disc(0.44 + half, 0.68, 0.03, 0.012), trim)
