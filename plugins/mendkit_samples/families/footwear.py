"""Shoes, seen from the side with the toe to the right."""

from __future__ import annotations

from .. import colours, materials
from ..colours import Colour
from ..studio import Studio
from .parts import bar, blob, cord, panel, seams


def sneaker(studio: Studio) -> None:
    """A sports shoe with laces and a zigzag along its side."""
    rng = studio.rng
    main = colours.any_colour(rng)
    leather, trim = materials.leather(rng, main), materials.leather(rng, colours.any_colour(rng))
    ankle = studio.between(0.28, 0.36)
    tongue = [(0.28, ankle + 0.05), (0.32, ankle - 0.04), (0.38, ankle - 0.02), (0.46, 0.48), (0.36, 0.5)]
    studio.add(blob(tongue), trim)
    heel = [(0.09, 0.7), (0.075, 0.56), (0.08, ankle + 0.05), (0.115, ankle + 0.02)]
    collar = [(0.19, ankle + 0.09), (0.26, ankle + 0.08), (0.33, ankle + 0.02)]
    toe = [(0.44, 0.47), (0.6, 0.55), (0.8, 0.58), (0.92, 0.64), (0.93, 0.7), (0.5, 0.72)]
    studio.add(blob([*heel, *collar, *toe], bevel=0.06), leather)
    toe_cap = [(0.74, 0.575), (0.86, 0.6), (0.93, 0.66), (0.92, 0.7), (0.7, 0.71), (0.68, 0.63)]
    heel_cap = [(0.075, 0.7), (0.075, 0.5), (0.1, 0.44), (0.15, 0.5), (0.17, 0.6), (0.2, 0.71)]
    for patch in (toe_cap, heel_cap):
        studio.add(blob(patch, bevel=0.03), trim)
    zigzag = [(0.23, 0.655), (0.31, 0.56), (0.37, 0.645), (0.45, 0.57), (0.51, 0.645), (0.58, 0.59)]
    studio.add(bar(zigzag, studio.between(0.02, 0.032)), materials.plastic(colours.contrasting(rng, main), 0.2))
    _sole(studio, colours.near_white(rng) if studio.chance(0.6) else colours.any_colour(rng))
    _laces(studio, colours.contrasting(rng, main), ankle)


def _sole(studio: Studio, colour: Colour) -> None:
    upper = [(0.06, 0.68), (0.3, 0.7), (0.6, 0.695), (0.94, 0.66), (0.96, 0.7)]
    lower = [(0.9, 0.77), (0.5, 0.785), (0.09, 0.785), (0.055, 0.74)]
    studio.add(blob([*upper, *lower]), materials.matte(colour))
    tread = materials.matte(colours.shaded(colours.grey(studio.rng), 0.6))
    studio.add(cord([(0.07, 0.765), (0.5, 0.775), (0.88, 0.762)], 0.016), tread)


def _laces(studio: Studio, colour: Colour, ankle: float) -> None:
    for step in range(4):
        x, y = 0.325 + 0.055 * step, ankle + 0.05 + 0.045 * step
        studio.add(bar([(x - 0.01, y + 0.045), (x + 0.055, y - 0.01)], 0.016), materials.matte(colour))


def boot(studio: Studio) -> None:
    """A leather boot, ankle-high or higher."""
    top = studio.between(0.1, 0.35)
    colour = studio.pick((colours.tan, colours.grey, colours.deep, colours.near_white))(studio.rng)
    back, front = (0.2, top), (0.46, top + 0.01)
    foot = [(0.47, 0.48), (0.54, 0.58), (0.74, 0.65), (0.82, 0.74), (0.81, 0.8), (0.5, 0.81)]
    leather = materials.leather(studio.rng, colour)
    studio.add(blob([back, back, front, front, *foot, (0.2, 0.81), (0.2, 0.7), (0.22, 0.55)], bevel=0.07), leather)
    seams(studio, colour, [(0.21, top + 0.03), (0.46, top + 0.04)], [(0.33, 0.8), (0.36, 0.6), (0.47, 0.5)])
    dark = materials.matte(colours.shaded(colours.grey(studio.rng), 0.5))
    studio.add(panel([(0.19, 0.8), (0.36, 0.8), (0.35, 0.88), (0.2, 0.88)], bevel=0.012), dark)
    sole = [(0.34, 0.795), (0.6, 0.8), (0.81, 0.785), (0.825, 0.81), (0.6, 0.84), (0.35, 0.83)]
    studio.add(blob(sole, bevel=0.01), dark)
