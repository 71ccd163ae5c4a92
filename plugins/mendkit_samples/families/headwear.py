"""Hats, scarves, gloves, ties, belts and cushions: what goes with clothes."""

from __future__ import annotations

import numpy as np

from .. import colours, curves, materials
from ..curves import mirrored
from ..prints import Print, emblem
from ..shapes import Ball, Cut, Turned
from ..studio import Studio
from .parts import METALS, SIDES, bar, blob, cord, flipped, fringe, fur, limb, panel, seams, slab, stitch, strap


def cap(studio: Studio) -> None:
    """A baseball cap."""
    cloth = materials.fabric(studio.rng, colours.any_colour(studio.rng), patterned=0.25)
    trim = studio.pick((cloth, materials.fabric(studio.rng, colours.any_colour(studio.rng), patterned=0)))
    sign = Print(emblem(studio.rng, colours.contrasting(studio.rng, cloth.colour)), (0.55, 0.45), 0.18)
    dome = [(0.14, 0.6), (0.17, 0.4), (0.3, 0.25), (0.48, 0.22), (0.64, 0.3), (0.72, 0.46), (0.73, 0.58), (0.45, 0.64)]
    studio.add(blob(dome, bevel=0.09), cloth, *([sign] if cloth.plainly and studio.chance(0.6) else []))
    seams(studio, cloth.colour, [(0.45, 0.22), (0.38, 0.4), (0.37, 0.63)], [(0.45, 0.22), (0.64, 0.36), (0.7, 0.58)])
    upper = [(0.38, 0.63), (0.55, 0.58), (0.73, 0.55), (0.88, 0.6), (0.93, 0.67)]
    studio.add(blob([*upper, (0.8, 0.69), (0.6, 0.7), (0.42, 0.67)], bevel=0.03), trim)
    stitch(studio, [(0.5, 0.67), (0.7, 0.62), (0.88, 0.65)], colours.contrasting(studio.rng, trim.colour))
    studio.add(blob(mirrored([(0.46, 0.205), (0.482, 0.215), (0.46, 0.227)], axis=0.46), bevel=0.008), trim)
    studio.crumple(studio.between(0.0, 0.02))


def beanie(studio: Studio) -> None:
    """A knitted hat, some with a pompon."""
    wool, trim = (materials.fabric(studio.rng, colours.any_colour(studio.rng), 0.4) for _ in range(2))
    top, half = studio.between(0.16, 0.3), studio.between(0.24, 0.3)
    if studio.chance(0.5):
        ball = curves.scaled(curves.boulder(studio.rng, 0.1), 0.5, top, 0.09, 0.09)
        fur(studio, ball, 0.03, materials.plush(studio.rng, trim.colour))
    edge = [(0.5, top), (0.5 + 0.6 * half, top + 0.06), (0.5 + half, 0.5), (0.5 + half, 0.72), (0.5, 0.75)]
    studio.add(blob(mirrored(edge), 0.08), wool)
    studio.add(slab(0.49 - half, 0.6, 0.51 + half, 0.78, radius=0.03, bevel=0.03), studio.pick((wool, trim)))
    studio.crumple(studio.between(0.0, 0.03))


def hat(studio: Studio) -> None:
    """A hat of felt or straw with a brim and a band."""
    colour = colours.any_colour(studio.rng)
    body = studio.pick((materials.felt, materials.straw))(studio.rng, colour)
    brim, crown = studio.between(0.3, 0.42), studio.between(0.16, 0.22)
    studio.add(Cut(curves.ellipse(0.5, 0.62, brim, studio.between(0.08, 0.16)), 0.02, lean=(0.0, -0.2)), body)
    top = studio.between(0.26, 0.42)
    studio.add(Turned([(top, 0.75 * crown), (top + 0.05, crown), (0.6, 1.08 * crown)], view=0.25, rounding=0.04), body)
    studio.add(Cut(curves.ellipse(0.5, top + 0.01, 0.72 * crown, 0.18 * crown), 0.03, lean=(0, -0.2)), body)
    band = materials.felt(studio.rng, colours.any_colour(studio.rng))
    studio.add(Turned([(0.56, 1.06 * crown), (0.61, 1.1 * crown)], view=0.25), band)
    studio.crumple(studio.between(0.0, 0.03))


def scarf(studio: Studio) -> None:
    """A scarf: folded, looped or hanging, with fringes."""
    cloth = materials.fabric(studio.rng, colours.any_colour(studio.rng), 0.7)
    width = studio.between(0.12, 0.22)
    ends = [(0.36, studio.between(0.7, 0.88)), (0.62, studio.between(0.6, 0.88))]
    if studio.chance(0.5):
        studio.add(limb([(0.3, 0.3), (0.5, 0.18), (0.7, 0.3)], [width, width, width], 0.04), cloth)
    for (x, y), top in zip(ends, (0.34, 0.3), strict=True):
        fringe(studio, (x - width / 2, y), (x + width / 2, y), studio.between(0.03, 0.1), cloth)
        studio.add(limb([(x + 0.04, top), (x - 0.01, 0.5), (x, y)], [0.8 * width, width, width], 0.03), cloth)
    studio.add(limb([(0.27, 0.28), (0.5, 0.42), (0.72, 0.28)], [0.9 * width, width, 0.9 * width], 0.05), cloth)
    studio.crumple(studio.between(0.01, 0.05))


def glove(studio: Studio) -> None:
    """A glove or mitten."""
    cloth = materials.soft(studio.rng)
    if studio.chance(0.7):
        for x, length in zip((0.39, 0.47, 0.55, 0.63), (0.24, 0.29, 0.27, 0.2), strict=True):
            tip = (x + 1.2 * (x - 0.51), 0.42 - length)
            studio.add(limb([(x, 0.5), ((x + tip[0]) / 2, 0.44 - length / 2), tip], [0.085, 0.08, 0.055], 0.025), cloth)
    else:
        studio.add(blob([(0.34, 0.5), (0.36, 0.25), (0.5, 0.12), (0.64, 0.25), (0.68, 0.5)], 0.06), cloth)
    studio.add(limb([(0.6, 0.6), (0.74, 0.5), (0.8, 0.4)], [0.13, 0.1, 0.06], 0.03), cloth)
    studio.add(
        blob([(0.34, 0.42), (0.5, 0.4), (0.68, 0.45), (0.66, 0.66), (0.62, 0.74), (0.4, 0.74), (0.35, 0.6)], 0.05),
        cloth,
    )
    cuff = studio.pick((cloth, materials.soft(studio.rng)))
    studio.add(slab(0.37, 0.7, 0.65, studio.between(0.78, 0.92), radius=0.02), cuff)
    studio.crumple(studio.between(0.0, 0.03))


def tie(studio: Studio) -> None:
    """A necktie or a bow tie."""
    cloth = materials.fabric(studio.rng, colours.any_colour(studio.rng), 0.75)
    if studio.chance(0.3):
        for side in SIDES:
            studio.add(
                blob(flipped([(0.52, 0.48), (0.8, 0.38), (0.82, 0.5), (0.8, 0.62), (0.52, 0.53)], side), 0.04), cloth
            )
        studio.add(slab(0.46, 0.45, 0.54, 0.56, radius=0.03), cloth)
        return
    half, end = studio.between(0.05, 0.08), studio.between(0.8, 0.88)
    studio.add(panel(mirrored([(0.5, 0.2), (0.525, 0.2), (0.5 + half, end), (0.5, end + 0.06)]), 0.012), cloth)
    studio.add(panel([(0.45, 0.1), (0.55, 0.1), (0.53, 0.2), (0.47, 0.2)], 0.015), cloth)
    if studio.chance(0.5):
        studio.add(cord([(0.46, 0.12), (0.36, 0.05), (0.5, 0.02), (0.64, 0.05), (0.54, 0.12)], 0.025), cloth)


def belt(studio: Studio) -> None:
    """A belt: rolled up, or in an open loop, with a buckle."""
    leather, metal = materials.soft(studio.rng), materials.metal(studio.pick(METALS))
    width = studio.between(0.05, 0.1)
    tall = studio.between(0.08, 0.3)
    studio.add(
        Cut(curves.tube(_arc(0.3, tall, 180, 360), [width] * 10), 0.02),
        materials.felt(studio.rng, colours.shaded(leather.colour, 0.7)),
    )
    strap(studio, _arc(0.32, tall, 0, 180), width, leather)
    y = 0.5 + tall
    studio.add(
        bar(
            [
                (0.42, y - 0.6 * width),
                (0.54, y - 0.6 * width),
                (0.54, y + 0.6 * width),
                (0.42, y + 0.6 * width),
                (0.42, y - 0.6 * width),
            ],
            0.018,
        ),
        metal,
    )
    studio.add(bar([(0.43, y), (0.55, y)], 0.012), metal)
    for x in np.linspace(0.6, 0.7, 4).tolist():
        studio.add(Ball(x, y - 0.02, 0.006), materials.matte(colours.shaded(leather.colour, 0.4)))


def _arc(radius: float, height: float, start: float, end: float) -> list[tuple[float, float]]:
    return [tuple(point) for point in curves.ellipse(0.5, 0.5, radius, height, start=start, end=end)[::4].tolist()]


def cushion(studio: Studio) -> None:
    """A scatter cushion, bolster or beanbag."""
    cloth = materials.fabric(studio.rng, colours.any_colour(studio.rng), patterned=0.6)
    half, height, pinch = studio.between(0.2, 0.38), studio.between(0.18, 0.36), studio.between(0.0, 0.05)
    upper, lower = (0.5 + half, 0.5 - height), (0.5 + half, 0.5 + height)
    edge = [(0.5, 0.5 - height + pinch), upper, upper, (0.5 + half - pinch, 0.5), lower, lower]
    sign = Print(emblem(studio.rng, colours.contrasting(studio.rng, cloth.colour)), (0.5, 0.52), 0.3)
    pillow = blob(mirrored([*edge, (0.5, 0.5 + height - pinch)]), bevel=studio.between(0.04, 0.1))
    studio.add(pillow, cloth, *([sign] if cloth.plainly and studio.chance(0.4) else []))
    studio.crumple(studio.between(0.0, 0.02))
