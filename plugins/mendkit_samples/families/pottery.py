"""Mugs, vases, saucepans and potted plants: what is turned on a wheel."""

from __future__ import annotations

import numpy as np

from .. import colours, curves, materials
from ..colours import Colour
from ..materials import Material
from ..prints import Print, emblem
from ..shapes import Cut, Turned
from ..studio import Studio
from .parts import SIDES, cord, flipped

COFFEE: Colour = (0.28, 0.17, 0.11)
TEA: Colour = (0.7, 0.36, 0.12)
MILK: Colour = (0.97, 0.95, 0.91)
TERRACOTTA: Colour = (0.78, 0.45, 0.32)


def mug(studio: Studio) -> None:
    """A mug with a handle, some with a sign or a drink."""
    rng = studio.rng
    top, rim, foot = studio.between(0.2, 0.34), studio.between(0.2, 0.27), studio.between(0.17, 0.25)
    clay = materials.ceramic(rng, colours.any_colour(rng))
    glaze = materials.plastic(clay.colour, clay.gloss)
    body = Turned([(top, rim), (0.77, foot), (0.82, 0.85 * foot)], view=0.2, rounding=0.03)
    right, drop = 0.5 + min(rim, foot), 0.82 - top
    upper = [(right - 0.02, top + 0.2 * drop), (right + 0.13, top + 0.18 * drop), (right + 0.16, top + 0.45 * drop)]
    lower = [(right + 0.1, top + 0.7 * drop), (right - 0.02, top + 0.75 * drop)]
    studio.add(cord([*upper, *lower], studio.between(0.035, 0.055)), glaze)
    sign = Print(emblem(rng, colours.contrasting(rng, clay.colour)), (0.5, top / 2 + 0.46), 0.24)
    studio.add(body, clay, *([sign] if clay.plainly and studio.chance(0.6) else []))
    _open(studio, body, glaze)
    if studio.chance(0.4):
        drink = curves.ellipse(0.5, top + 0.008, rim - 0.02, 0.72 * body.view * rim)
        studio.add(Cut(drink, bevel=0.01), materials.plastic(studio.pick((COFFEE, TEA, MILK)), 0.2))


def vase(studio: Studio) -> None:
    """A vase with a free profile."""
    clay = materials.ceramic(studio.rng, colours.any_colour(studio.rng))
    heights = np.linspace(studio.between(0.1, 0.25), 0.88, 5)
    radii = studio.rng.uniform(0.08, 0.26, 5)
    radii[3] = max(radii[3], 0.15)
    profile = curves.monotone(zip(heights.tolist(), radii.tolist(), strict=True))
    body = Turned(profile, view=0.16, rounding=0.03)
    studio.add(body, clay)
    _open(studio, body, materials.plastic(clay.colour, 0.3))


def saucepan(studio: Studio) -> None:
    """A saucepan of steel or enamel, with a lid and two handles."""
    radius, top, depth = studio.between(0.25, 0.31), studio.between(0.4, 0.5), studio.between(0.24, 0.36)
    enamel = materials.plastic(colours.any_colour(studio.rng), 0.5)
    body = materials.metal() if studio.chance(0.6) else enamel
    trim = studio.pick((materials.metal(), materials.plastic(colours.BLACK, 0.3)))
    x, y = 0.5 + radius, top + 0.08
    for side in SIDES:
        handle = [(x - 0.02, y), (x + 0.08, y - 0.01), (x + 0.08, y + 0.06), (x, y + 0.05)]
        studio.add(cord(flipped(handle, side), 0.026), trim)
    wall = [(top, radius), (top + depth - 0.03, radius), (top + depth, 0.95 * radius)]
    studio.add(Turned(wall, view=0.2), body)
    _lid(studio, radius, top, body, trim)


def _lid(studio: Studio, radius: float, y: float, body: Material, trim: Material) -> None:
    dome = [(y - 0.075, 0.03), (y - 0.06, 0.5 * radius), (y - 0.01, 1.02 * radius), (y + 0.012, 1.02 * radius)]
    studio.add(Turned(dome, view=0.2, rounding=0.012), body)
    studio.add(Turned([(y - 0.1, 0.014), (y - 0.06, 0.02)], view=0.2), trim)
    knob = Turned([(y - 0.12, 0.04), (y - 0.095, 0.045), (y - 0.09, 0.03)], view=0.3, rounding=0.006)
    studio.add(knob, trim)
    studio.add(Cut(knob.opening(), bevel=0.012), trim)


def plant(studio: Studio) -> None:
    """Leaves in a pot."""
    green = (studio.between(0.15, 0.4), studio.between(0.4, 0.6), studio.between(0.15, 0.3))
    slim = studio.between(0.03, 0.08)
    angles = studio.rng.permutation(np.linspace(-75, 75, int(studio.rng.integers(5, 12))))
    for angle in angles.tolist():
        leaf = materials.plastic(colours.shaded(green, studio.between(0.75, 1.2)), 0.2)
        studio.add(_leaf(angle, studio.between(0.3, 0.5), slim), leaf)
    rim = studio.between(0.13, 0.2)
    body = Turned([(0.62, rim), (0.66, rim), (0.67, 0.93 * rim), (0.9, 0.72 * rim)], view=0.12, rounding=0.006)
    glazed = materials.ceramic(studio.rng, colours.any_colour(studio.rng))
    studio.add(body, studio.pick((glazed, materials.matte(TERRACOTTA))))


def _leaf(degrees: float, length: float, width: float) -> Cut:
    """A pointed leaf that grows from the pot, leaning by an angle from upright."""
    angle = np.radians(degrees)
    base, tip = (0.0, 0.0), (1.0, 0.0)
    blade = curves.smooth([base, base, (0.5, 0.9), (0.85, 0.6), tip, tip, (0.85, -0.6), (0.5, -0.9)])
    along, across = length * blade[:, 0], width * blade[:, 1]
    x = 0.5 + along * np.sin(angle) + across * np.cos(angle)
    y = 0.66 - along * np.cos(angle) + across * np.sin(angle)
    return Cut(np.column_stack([x, y]).astype(np.float32))


def _open(studio: Studio, body: Turned, clay: Material) -> None:
    """The rim of an open vessel, and the dark hollow inside."""
    studio.add(Cut(body.opening(), bevel=0.004, lean=(0.0, -0.2)), clay)
    studio.add(Cut(body.opening(inset=0.014), bevel=0.03), materials.matte(colours.shaded(clay.colour, 0.55)))
