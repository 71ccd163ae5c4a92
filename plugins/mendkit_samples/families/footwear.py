"""Shoes and socks, mostly seen from the side with the toe to the right."""

from __future__ import annotations

import numpy as np

from .. import colours, curves, materials
from ..colours import Colour
from ..curves import XY
from ..materials import Material
from ..prints import Print, emblem, wordmark
from ..shapes import Strands
from ..studio import Studio
from .parts import METALS, bar, blob, cord, disc, limb, panel, seams, slab, stitch, strap, zipper


def _upper(studio: Studio) -> Material:
    """Leather, suede, canvas or mesh."""
    colour = colours.any_colour(studio.rng)
    make = studio.pick((materials.leather, materials.leather, materials.fabric, materials.felt, materials.plush))
    return make(studio.rng, colour)


def sneaker(studio: Studio) -> None:
    """A sports shoe or trainer, low or high, with laces, patches and a sign on its side."""
    rng = studio.rng
    upper, trim = _upper(studio), _upper(studio)
    ankle, toe = studio.between(0.2, 0.42), studio.between(0.55, 0.61)
    tongue = [(0.28, ankle + 0.05), (0.32, ankle - 0.04), (0.38, ankle - 0.02), (0.46, 0.48), (0.36, 0.5)]
    studio.add(blob(tongue), studio.pick((upper, trim)))
    heel = [(0.09, 0.7), (0.075, 0.56), (0.08, ankle + 0.05), (0.115, ankle + 0.02)]
    collar = [(0.19, ankle + 0.09), (0.26, ankle + 0.08), (0.33, ankle + 0.02)]
    front = [(0.44, 0.47), (0.6, toe - 0.03), (0.8, toe), (0.92, 0.64), (0.93, 0.7), (0.5, 0.72)]
    studio.add(blob([*heel, *collar, *front], bevel=studio.between(0.03, 0.07)), upper)
    toe_cap = [(0.74, toe), (0.86, 0.6), (0.93, 0.66), (0.92, 0.7), (0.7, 0.71), (0.68, 0.63)]
    heel_cap = [(0.075, 0.7), (0.075, 0.5), (0.1, 0.44), (0.15, 0.5), (0.17, 0.6), (0.2, 0.71)]
    saddle = [(0.32, 0.5), (0.4, 0.46), (0.52, 0.53), (0.5, 0.7), (0.36, 0.7)]
    for patch in (toe_cap, heel_cap, saddle):
        if studio.chance(0.6):
            studio.add(blob(patch, bevel=0.015), studio.pick((trim, _upper(studio))))
            stitch(studio, patch[:4], colours.shaded(trim.colour, 0.7))
    _side(studio, upper.colour)
    _sole(studio, colours.near_white(rng) if studio.chance(0.5) else colours.any_colour(rng))
    _laces(studio, colours.contrasting(rng, upper.colour), ankle)
    studio.crumple(studio.between(0.0, 0.025), 4)


def _side(studio: Studio, colour: Colour) -> None:
    """Bars, a zigzag, a swoosh or nothing on the flank."""
    ink = materials.leather(studio.rng, colours.contrasting(studio.rng, colour))
    kind, width = int(studio.rng.integers(4)), studio.between(0.012, 0.035)
    if kind == 0:
        for x in np.arange(3) * studio.between(0.05, 0.09) + 0.36:
            studio.add(bar([(x, 0.53), (x - 0.07, 0.68)], width), ink)
    elif kind == 1:
        zigzag = [(0.23, 0.655), (0.31, 0.56), (0.37, 0.645), (0.45, 0.57), (0.51, 0.645), (0.58, 0.59)]
        studio.add(bar(zigzag, width), ink)
    elif kind == 2:
        studio.add(limb([(0.2, 0.56), (0.36, 0.67), (0.62, 0.6)], [0.01, 2 * width, 0.004], 0.005), ink)


def _sole(studio: Studio, colour: Colour) -> None:
    thick = studio.between(0.0, 0.07)
    upper = [(0.06, 0.68), (0.3, 0.7), (0.6, 0.695), (0.94, 0.66), (0.96, 0.7)]
    lower = [(0.92, 0.76 + 0.7 * thick), (0.5, 0.785 + 0.7 * thick), (0.09, 0.785 + thick), (0.05, 0.74)]
    studio.add(blob([*upper, *lower]), materials.moulded(studio.rng, colour))
    if studio.chance(0.6):
        second = materials.moulded(studio.rng, colours.any_colour(studio.rng))
        y = 0.72 + studio.between(0, 0.05)
        studio.add(cord([(0.07, y), (0.5, y + 0.015), (0.93, y - 0.03)], studio.between(0.006, 0.02)), second)
    tread = materials.matte(colours.shaded(colours.grey(studio.rng), 0.6))
    studio.add(cord([(0.08, 0.775 + thick), (0.5, 0.78 + 0.7 * thick), (0.9, 0.755 + 0.7 * thick)], 0.014), tread)


def _laces(studio: Studio, colour: Colour, ankle: float) -> None:
    lines = []
    for step in range(5):
        x, y = 0.325 + 0.05 * step, ankle + 0.05 + (0.44 - ankle) * 0.25 * step
        lines.append(curves.polygon([(x - 0.015, y + 0.045), (x + 0.05, y - 0.01)]))
    studio.add(Strands(lines, studio.between(0.008, 0.018)), materials.felt(studio.rng, colour))


def boot(studio: Studio) -> None:
    """An ankle-high to knee-high boot with a low, block or stiletto heel, laces, a zip or a buckle."""
    top, shaft, heel = studio.between(0.05, 0.38), studio.between(0.2, 0.28), studio.between(0.02, 0.14)
    leather = _upper(studio)
    back, front = (0.2, top), (0.2 + shaft, top + studio.between(-0.02, 0.03))
    foot = [(0.47, 0.48), (0.54, 0.58), (0.74, 0.65), (studio.between(0.8, 0.88), 0.74), (0.81, 0.8), (0.5, 0.81)]
    outline = [back, back, front, front, *foot, (0.2, 0.81 - 0.5 * heel), (0.2, 0.7), (0.23, 0.55)]
    studio.add(blob(outline, bevel=studio.between(0.04, 0.08)), leather)
    seams(
        studio,
        leather.colour,
        [(0.21, top + 0.03), (0.19 + shaft, top + 0.04)],
        [(0.33, 0.8), (0.36, 0.6), (0.47, 0.5)],
    )
    metal = studio.pick(METALS)
    if studio.chance(0.35):
        zipper(studio, [(0.3, top + 0.02), (0.3, 0.68)], metal)
    elif studio.chance(0.5):
        strap(studio, [(0.21, 0.52), (0.32, 0.55), (0.46, 0.5)], 0.035, leather)
        studio.add(slab(0.32, 0.52, 0.37, 0.575, radius=0.01), materials.metal(metal))
    else:
        rungs = [curves.polygon([(0.34, y), (0.21 + shaft, y - 0.02)]) for y in np.linspace(top + 0.06, 0.5, 6)]
        studio.add(Strands(rungs, 0.013), materials.felt(studio.rng, colours.any_colour(studio.rng)))
    _heel(studio, heel)


def _heel(studio: Studio, height: float) -> None:
    """A sole and a heel of that height."""
    dark = studio.pick((materials.matte(colours.shaded(colours.grey(studio.rng), 0.5)), materials.wood(studio.rng)))
    width = studio.between(0.03, 0.15) if height > 0.06 else 0.15
    low = 0.81 + height
    studio.add(panel([(0.19, 0.79 - 0.5 * height), (0.36, 0.8), (0.2 + width, low), (0.2, low)], bevel=0.012), dark)
    sole = [(0.3, 0.795), (0.6, 0.8), (0.81, 0.785), (0.825, 0.81), (0.6, 0.84), (0.35, 0.83)]
    studio.add(blob(sole, bevel=0.01), dark)


def loafer(studio: Studio) -> None:
    """A low leather shoe or ballerina: a slip-on with a band or tassel, or laced."""
    leather, ankle = _upper(studio), studio.between(0.44, 0.52)
    lining = materials.felt(studio.rng, colours.tan(studio.rng))
    opening = [(0.1, ankle), (0.3, ankle - 0.04), (0.5, 0.5), (0.46, 0.6), (0.2, 0.6)]
    studio.add(blob(opening), lining)
    toe = studio.between(0.88, 0.94)
    edge = [
        (0.09, 0.7),
        (0.075, 0.58),
        (0.09, ankle),
        (0.2, ankle + 0.07),
        (0.38, ankle + 0.06),
        (0.5, 0.5),
        (0.62, 0.53),
    ]
    studio.add(blob([*edge, (0.8, 0.6), (toe, 0.67), (0.9, 0.71), (0.5, 0.72)], bevel=0.06), leather)
    stitch(studio, [(0.52, 0.56), (0.7, 0.58), (0.83, 0.65)], colours.shaded(leather.colour, studio.pick((0.6, 1.4))))
    if studio.chance(0.5):
        studio.add(limb([(0.42, 0.52), (0.5, 0.58), (0.53, 0.69)], [0.04, 0.06, 0.05], 0.01), leather)
        studio.add(slab(0.46, 0.54, 0.53, 0.57, radius=0.01), materials.metal(studio.pick(METALS)))
    else:
        _laces(studio, colours.any_colour(studio.rng), 0.42)
    sole = [(0.07, 0.69), (0.3, 0.71), (0.92, 0.69), (0.93, 0.71), (0.6, 0.735), (0.3, 0.74)]
    dark = materials.matte(colours.shaded(colours.grey(studio.rng), 0.5))
    studio.add(panel([(0.07, 0.7), (0.3, 0.71), (0.29, 0.78), (0.08, 0.78)], 0.01), dark)
    studio.add(blob(sole, 0.008), dark)


def pump(studio: Studio) -> None:
    """A high-heeled shoe or sandal: closed, or of thin straps."""
    rng, rise = studio.rng, studio.between(0.12, 0.34)
    leather, y = _upper(studio), 0.72 - rise
    thin = studio.between(0.015, 0.06)
    studio.add(
        limb([(0.19, y + 0.04), (0.17, y + 0.5 * rise), (0.2, 0.82)], [0.12, 0.8 * thin + 0.02, thin], 0.02), leather
    )
    bed = [(0.1, y + 0.02), (0.3, y + 0.1), (0.55, 0.76), (0.75, 0.8), (0.9, 0.79)]
    if studio.chance(0.5):
        edge = [
            (0.09, y + 0.06),
            (0.08, y - 0.07),
            (0.16, y - 0.04),
            (0.36, y + 0.1),
            (0.58, 0.7),
            (0.76, 0.72),
            (0.92, 0.79),
        ]
        studio.add(blob([*edge, (0.75, 0.815), (0.52, 0.79), (0.3, y + 0.17)], 0.05), leather)
    else:
        lines = [[(0.62, 0.78), (0.7, 0.66), (0.8, 0.79)], [(0.72, 0.79), (0.79, 0.69), (0.86, 0.79)]]
        lines += [[(0.1, y + 0.02), (0.14, y - 0.14), (0.22, y - 0.16), (0.28, y - 0.1), (0.22, y + 0.04)]]
        lines += [[(0.26, y - 0.1), (0.5, 0.6), (0.68, 0.7)]][: int(rng.integers(2))]
        for line in lines:
            studio.add(cord(line, studio.between(0.012, 0.03)), leather)
    studio.add(cord(bed, 0.022), materials.matte(colours.shaded(leather.colour, 0.6)))
    studio.add(cord([(0.5, 0.775), (0.75, 0.815), (0.91, 0.8)], 0.016), materials.matte(colours.tan(rng)))


def flip_flop(studio: Studio) -> None:
    """A flat sandal from above and aslant: a sole, and thongs or broad bands."""
    rng, turn = studio.rng, studio.between(-35, 90)
    half = studio.between(0.11, 0.15)
    right = [
        (0.5, 0.12),
        (0.5 + half, 0.2),
        (0.5 + half, 0.36),
        (0.5 + 0.75 * half, 0.6),
        (0.5 + 0.85 * half, 0.8),
        (0.5, 0.88),
    ]
    sole = curves.smooth([*right, (0.5 - 0.9 * half, 0.8), (0.5 - 0.7 * half, 0.58), (0.5 - 0.95 * half, 0.3)])
    edge = materials.moulded(rng, colours.any_colour(rng))
    top = studio.pick((materials.fabric, materials.leather, materials.moulded))(rng, colours.any_colour(rng))
    sign = Print(studio.pick((emblem, wordmark))(rng, colours.contrasting(rng, top.colour)), (0.5, 0.74), 0.12)
    base = curves.turned(sole.tolist(), turn).tolist()
    studio.add(panel([(x, y + 0.03) for x, y in base], 0.02), edge)
    studio.add(panel(base, 0.015), top, *([sign] if top.plainly and studio.chance(0.5) else []))
    band = materials.leather(rng, colours.any_colour(rng))
    lines: list[list[XY]] = [[(0.5, 0.22), (0.5 + 0.5 * half, 0.34), (0.5 + 1.1 * half, 0.52)]]
    lines += [[(0.5, 0.22), (0.5 - 0.5 * half, 0.33), (0.5 - 1.05 * half, 0.5)]]
    if studio.chance(0.5):
        lines = [[(0.5 - 1.05 * half, y), (0.5, y - 0.05), (0.5 + 1.1 * half, y + 0.02)] for y in (0.3, 0.42, 0.75)]
    width = studio.between(0.03, 0.075)
    for line in lines:
        strap(studio, [tuple(point) for point in curves.turned(line, turn).tolist()], width, band)
    x, y = curves.turned([(0.5, 0.23)], turn)[0].tolist()
    studio.add(disc(x, y, 0.02, 0.012), studio.pick((band, materials.metal(studio.pick(METALS)))))


def sock(studio: Studio) -> None:
    """A sock or stocking, with a band, a heel and a toe of other colours."""
    cloth, trim = (materials.fabric(studio.rng, colours.any_colour(studio.rng), 0.5) for _ in range(2))
    top, width = studio.between(0.1, 0.5), studio.between(0.15, 0.2)
    toe = studio.between(0.72, 0.86)
    line = [(0.34, top), (0.34, 0.5), (0.36, 0.68), (0.5, 0.78), (toe, 0.8)]
    studio.add(limb(line, [width, width, 1.15 * width, width, 0.5 * width], 0.04), cloth)
    studio.add(limb([(0.34, top - 0.005), (0.34, top + 0.03), (0.34, top + 0.06)], [width, width, width], 0.01), trim)
    if studio.chance(0.6):
        studio.add(blob([(0.26, 0.66), (0.36, 0.72), (0.4, 0.83), (0.32, 0.8), (0.265, 0.73)], 0.02), trim)
        studio.add(blob([(toe - 0.1, 0.73), (toe + 0.01, 0.76), (toe + 0.01, 0.84), (toe - 0.11, 0.855)], 0.02), trim)
    studio.crumple(studio.between(0.005, 0.03))
