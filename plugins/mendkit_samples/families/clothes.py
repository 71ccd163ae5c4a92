"""Shirts, trousers and caps."""

from __future__ import annotations

from .. import colours, materials
from ..curves import mirrored
from ..prints import Print, emblem
from ..studio import Studio
from .parts import SIDES, blob, cord, disc, flipped, panel, seams, slab


def t_shirt(studio: Studio) -> None:
    """A T-shirt or long-sleeved shirt, often with a print."""
    cloth = materials.fabric(studio.rng, colours.any_colour(studio.rng))
    side, hem = 0.5 + studio.between(0.2, 0.25), studio.between(0.82, 0.9)
    cuff = [(0.9, 0.78), (0.83, 0.81)] if studio.chance(0.3) else [(0.9, 0.4), (0.8, 0.46)]
    for flip in SIDES:
        studio.add(panel(flipped([(0.63, 0.13), (0.74, 0.19), *cuff, (side, 0.36)], flip), bevel=0.02), cloth)
    shoulder = [(0.5, 0.17), (0.57, 0.15), (0.6, 0.1), (0.7, 0.15), (side, 0.3)]
    sign = emblem(studio.rng, colours.contrasting(studio.rng, cloth.colour))
    printed = [Print(sign, (0.5, 0.42), studio.between(0.18, 0.28))] if cloth.plainly and studio.chance(0.7) else []
    studio.add(panel(mirrored([*shoulder, (side, hem), (0.5, hem + 0.012)]), bevel=0.018), cloth, *printed)
    _collar(studio, cloth.colour)
    seams(studio, cloth.colour, [(1 - side, hem - 0.03), (side, hem - 0.03)])


def _collar(studio: Studio, colour: colours.Colour) -> None:
    neck = [(0.4, 0.1), (0.43, 0.15), (0.5, 0.172), (0.57, 0.15), (0.6, 0.1)]
    studio.add(blob([*neck, (0.5, 0.115)]), materials.matte(colours.shaded(colour, 0.6)))
    studio.add(cord(neck, 0.022), materials.matte(colours.shaded(colour, 0.9)))


def trousers(studio: Studio) -> None:
    """Trousers or shorts."""
    cloth = materials.fabric(studio.rng, colours.any_colour(studio.rng), patterned=0.25)
    waist, flare = studio.between(0.14, 0.17), studio.between(0.0, 0.05)
    hem = studio.pick((0.92, 0.92, 0.55))
    outer = [(0.5, 0.1), (0.5 + waist, 0.1), (0.53 + waist, 0.28), (0.53 + waist + flare, hem)]
    for side in SIDES:
        studio.add(panel(flipped([*outer, (0.545 + flare, hem), (0.505, 0.34)], side), bevel=0.022), cloth)
        seams(studio, cloth.colour, flipped([(0.59, 0.135), (0.51 + waist, 0.2)], side))
    studio.add(slab(0.497 - waist, 0.09, 0.503 + waist, 0.13, radius=0.01, bevel=0.008), cloth)
    studio.add(disc(0.5, 0.11, 0.011), materials.metal(colours.GOLD))
    seams(studio, cloth.colour, [(0.5, 0.13), (0.5, 0.33)])


def cap(studio: Studio) -> None:
    """A baseball cap."""
    cloth = materials.fabric(studio.rng, colours.any_colour(studio.rng), patterned=0.15)
    other = materials.fabric(studio.rng, colours.any_colour(studio.rng), patterned=0)
    trim = studio.pick((cloth, other))
    sign = Print(emblem(studio.rng, colours.contrasting(studio.rng, cloth.colour)), (0.55, 0.45), 0.18)
    dome = [(0.14, 0.6), (0.17, 0.4), (0.3, 0.25), (0.48, 0.22), (0.64, 0.3), (0.72, 0.46), (0.73, 0.58), (0.45, 0.64)]
    studio.add(blob(dome, bevel=0.09), cloth, *([sign] if cloth.plainly else []))
    gores = [(0.45, 0.22), (0.38, 0.4), (0.37, 0.63)], [(0.45, 0.22), (0.64, 0.36), (0.7, 0.58)]
    seams(studio, cloth.colour, *gores)
    upper = [(0.38, 0.63), (0.55, 0.58), (0.73, 0.55), (0.88, 0.6), (0.93, 0.67)]
    studio.add(blob([*upper, (0.8, 0.69), (0.6, 0.7), (0.42, 0.67)], bevel=0.03), trim)
    studio.add(blob(mirrored([(0.46, 0.205), (0.482, 0.215), (0.46, 0.227)], axis=0.46), bevel=0.008), trim)


def cushion(studio: Studio) -> None:
    """A scatter cushion."""
    cloth = materials.fabric(studio.rng, colours.any_colour(studio.rng), patterned=0.75)
    half, height, pinch = studio.between(0.3, 0.38), studio.between(0.24, 0.36), studio.between(0.02, 0.05)
    upper, lower = (0.5 + half, 0.5 - height), (0.5 + half, 0.5 + height)
    edge = [(0.5, 0.5 - height + pinch), upper, upper, (0.5 + half - pinch, 0.5), lower, lower]
    sign = Print(emblem(studio.rng, colours.contrasting(studio.rng, cloth.colour)), (0.5, 0.52), 0.3)
    pillow = blob(mirrored([*edge, (0.5, 0.5 + height - pinch)]), bevel=0.09)
    studio.add(pillow, cloth, *([sign] if cloth.plainly else []))
