"""Rugs, mirrors, baskets, boxes, folded textiles and curtains."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .. import colours, curves, materials, patterns
from ..boxes import View
from ..curves import mirrored
from ..materials import Material
from ..prints import Print, emblem, label
from ..shapes import Cut, Heap, Rod, Strands, Turned
from ..studio import Studio
from .parts import METALS, bar, beads, blob, cord, fringe, fur, hook, panel, slab


def rug(studio: Studio) -> None:
    """A rug: woven or shaggy, rectangular, round or like a hide, with fringes or without."""
    colour = colours.any_colour(studio.rng)
    pile = studio.pick((materials.fabric, materials.fabric, materials.straw, materials.plush))(studio.rng, colour)
    half, height = studio.between(0.18, 0.38), studio.between(0.2, 0.4)
    if studio.chance(0.25):
        outline = curves.scaled(
            curves.boulder(studio.rng, studio.pick((0.0, 0.6, 1.2))), 0.5, 0.5, 0.38, studio.between(0.2, 0.38)
        )
        fur(studio, outline, studio.between(0.005, 0.04), pile)
        return
    if studio.chance(0.5):
        for y, length in ((0.5 - height, -0.04), (0.5 + height, 0.04)):
            fringe(studio, (0.5 - half, y), (0.5 + half, y), length, materials.felt(studio.rng, colour))
    studio.add(slab(0.5 - half, 0.5 - height, 0.5 + half, 0.5 + height, bevel=0.006), pile)
    for inset in (0.02, 0.05)[: int(studio.rng.integers(3))]:
        border = curves.rectangle(0.5 - half + inset, 0.5 - height + inset, 0.5 + half - inset, 0.5 + height - inset)
        studio.add(
            Rod(np.concatenate([border, border[:1]]), studio.between(0.008, 0.02)),
            materials.felt(studio.rng, colours.beside(studio.rng, colour)),
        )
    studio.crumple(studio.between(0.0, 0.015))


def mirror(studio: Studio) -> None:
    """A mirror in a frame, rectangular, round or free."""
    half, height = studio.between(0.12, 0.36), studio.between(0.2, 0.4)
    shape = curves.boulder(studio.rng, studio.pick((0.0, 0.0, 0.5)), squareness=studio.between(0.15, 1.0))
    frame = materials.hard(studio.rng)
    studio.add(Cut(curves.scaled(shape, 0.5, 0.5, half, height), 0.015), frame)
    rim = studio.between(0.01, 0.05)
    sky = materials.Material((0.88, 0.9, 0.92), (0.6, 0.64, 0.68), patterns.sheen(studio.rng), gloss=0.2)
    studio.add(Cut(curves.scaled(shape, 0.5, 0.5, half - rim, height - rim), 0.004), sky)


def basket(studio: Studio) -> None:
    """A basket, laundry bin, waste bin or bowl of straw, wood, wire or felt."""
    body = studio.pick((materials.straw, materials.straw, materials.felt, materials.lace))(
        studio.rng, colours.any_colour(studio.rng)
    )
    top, rim, foot = studio.between(0.2, 0.5), studio.between(0.2, 0.36), studio.between(0.16, 0.32)
    view = studio.between(0.14, 0.3)
    vessel = Turned(
        curves.monotone([(top, rim), (0.7, (rim + foot) / 2 + 0.03), (0.84, foot)]), view=view, rounding=0.03
    )
    studio.add(Cut(vessel.opening(), 0.03), materials.straw(studio.rng, colours.shaded(body.colour, 0.55)))
    if studio.chance(0.5):
        grip = [
            (0.5 - rim, top),
            (0.5 - 0.8 * rim, top - 0.2),
            (0.5, top - 0.28),
            (0.5 + 0.8 * rim, top - 0.2),
            (0.5 + rim, top),
        ]
        studio.add(cord(grip, studio.between(0.015, 0.04)), body)
    studio.add(vessel, body)
    near = curves.ellipse(0.5, top, rim, view * rim, start=0, end=360)
    studio.add(Rod(near, studio.between(0.01, 0.03)), body)


def box(studio: Studio) -> None:
    """A storage box, crate, drawer or gift box: closed or open, with a lid, a label or a bow, some of slats."""
    view, rng = View.drawn(studio, 0.4, 1.5), studio.rng
    wall = studio.pick((materials.hard, materials.soft))(rng)
    half, depth, height = studio.between(0.15, 0.32), studio.between(0.12, 0.3), studio.between(0.12, 0.4)
    top = 0.8 - height
    low, high = (0.5 - half, top, -depth), (0.5 + half, 0.8, depth)
    sheet = Print(
        studio.pick((label(rng), emblem(rng, colours.contrasting(rng, wall.colour)))), (half, height / 2), 0.8 * height
    )
    shown = {"front": sheet} if wall.plainly and studio.chance(0.4) else {}
    view.block(studio, low, high, wall, **shown)
    if studio.chance(0.4):
        dark = materials.matte(colours.shaded(wall.colour, 0.45))
        corners = [(x, top, z) for x, z in ((low[0], -depth), (high[0], -depth), (high[0], depth), (low[0], depth))]
        studio.add(
            Cut(curves.scaled(curves.polygon([view.seen(c) for c in corners]) - 0.5, 0.5, 0.5, 0.94, 0.96), 0.02), dark
        )
    elif studio.chance(0.5):
        lid = (0.49 - half, top - 0.01, -depth - 0.01), (0.51 + half, top + studio.between(0.03, 0.1), depth + 0.01)
        view.block(studio, *lid, studio.pick((wall, materials.hard(rng))))
    for step in np.linspace(0.2, 0.8, int(rng.integers(2, 5))) if studio.chance(0.3) else ():
        y = top + float(step) * height
        view.block(
            studio,
            (low[0], y, -depth - 0.005),
            (high[0], y + 0.02, -depth),
            materials.matte(colours.shaded(wall.colour, 0.5)),
        )


def textiles(studio: Studio) -> None:
    """A stack of folded towels, blankets, sheets or shirts."""
    half, low = studio.between(0.26, 0.38), 0.8
    for _ in range(int(studio.rng.integers(1, 7))):
        cloth = materials.fabric(studio.rng, colours.any_colour(studio.rng), 0.5)
        thick, shift = studio.between(0.05, 0.13), studio.between(-0.02, 0.02)
        for fold in range(2):
            top = low - thick / 2 * (fold + 1)
            studio.add(
                slab(0.5 - half + shift, top, 0.5 + half + shift, top + thick / 2, radius=thick / 4, bevel=thick / 5),
                cloth,
            )
        low -= thick
    lid = [(0.54 - half, low - 0.14), (0.46 + half, low - 0.14), (0.5 + half, low + 0.01), (0.5 - half, low + 0.01)]
    studio.add(panel(lid, 0.02, lean=(0.0, -0.2)), cloth)
    studio.crumple(studio.between(0.005, 0.025))


def curtain(studio: Studio) -> None:
    """A curtain, towel or shower curtain in deep folds on a rod."""
    cloth = studio.pick((materials.fabric, materials.fabric, materials.lace))(
        studio.rng, colours.any_colour(studio.rng)
    )
    half, low = studio.between(0.12, 0.36), studio.between(0.6, 0.92)
    if studio.chance(0.6):
        studio.add(bar([(0.45 - half, 0.1), (0.55 + half, 0.1)], 0.02), materials.hard(studio.rng))
    edges = np.linspace(0.5 - half, 0.5 + half, int(studio.rng.integers(4, 12))).tolist()
    for left, right in pairwise(edges):
        drop = low + studio.between(-0.01, 0.01)
        studio.add(slab(left - 0.008, 0.1, right + 0.008, drop, radius=0.01, bevel=0.35 * (right - left)), cloth)
    studio.crumple(studio.between(0.0, 0.02))


def hanger(studio: Studio) -> None:
    """A coat hanger, wall hook, or rack of hooks, some with a garment's worth of cloth on it."""
    frame = materials.hard(studio.rng)
    studio.add(
        cord([(0.5, 0.38), (0.5, 0.3), (0.56, 0.24), (0.52, 0.17), (0.45, 0.2)], 0.014),
        materials.metal(studio.pick(METALS)),
    )
    edge = mirrored([(0.5, 0.37), (0.7, 0.45), (0.88, 0.53), (0.86, 0.57), (0.7, 0.53), (0.5, 0.44)])
    studio.add(blob(edge, 0.015), frame)
    if studio.chance(0.5):
        studio.add(bar([(0.18, 0.56), (0.82, 0.56)], 0.016), frame)
    for x in np.linspace(0.3, 0.7, int(studio.rng.integers(0, 4))).tolist():
        hook(studio, (x, 0.55), 0.03, materials.metal())


def garland(studio: Studio) -> None:
    """A string of lights, pennants, beads or baubles; a mobile."""
    lines = [
        curves.smooth([(0.08, y), (0.35, y + studio.between(0.05, 0.3)), (0.92, y)], closed=False) for y in (0.3, 0.5)
    ]
    for line in lines[: int(studio.rng.integers(1, 3))]:
        studio.add(Rod(line, 0.006), materials.matte(colours.any_colour(studio.rng)))
        beads(studio, line, studio.between(0.012, 0.035), materials.hard(studio.rng))


def flowers(studio: Studio) -> None:
    """A bunch of flowers or dried grasses."""
    stem = materials.matte((studio.between(0.2, 0.5), studio.between(0.4, 0.6), studio.between(0.15, 0.3)))
    heads = [(studio.between(0.2, 0.8), studio.between(0.1, 0.45)) for _ in range(int(studio.rng.integers(3, 12)))]
    studio.add(Strands([curves.wander(studio.rng, (0.5, 0.88), head, 0.03, 2) for head in heads], 0.01), stem)
    kinds = [_petals(studio) for _ in range(2)]
    for x, y in heads:
        petals, tone = studio.pick(kinds)
        size = studio.between(0.04, 0.1)
        studio.add(Heap([curves.scaled(petal, x, y, size, size) for petal in petals], 0.01), tone)
        studio.add(
            Cut(curves.ellipse(x, y, 0.25 * size, 0.25 * size), 0.01), materials.matte(colours.any_colour(studio.rng))
        )


def _petals(studio: Studio) -> tuple[list[curves.Points], Material]:
    """Outlines of a flower's petals about (0, 0), and their colour."""
    count, slim = int(studio.rng.integers(5, 14)), studio.between(0.12, 0.4)
    blade = curves.ellipse(0.6, 0.0, 0.4, slim)
    petals = [curves.turned(blade.tolist(), 360 * i / count, (0.0, 0.0)) for i in range(count)]
    return petals, materials.felt(studio.rng, studio.whether(colours.vivid, colours.pastel, colours.near_white))
