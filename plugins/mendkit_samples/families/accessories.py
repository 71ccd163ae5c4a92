"""Headphones and umbrellas."""

from __future__ import annotations

import numpy as np

from .. import colours, curves, materials
from ..curves import XY, Points
from ..shapes import Cut, Rod, Turned
from ..studio import Studio
from .parts import SIDES, blob, cord, flipped, panel, slab


def headphones(studio: Studio) -> None:
    """Headphones from the front."""
    band = materials.plastic(colours.any_colour(studio.rng), 0.35)
    pad = materials.leather(studio.rng, colours.grey(studio.rng))
    radius = studio.between(0.26, 0.31)
    studio.add(Rod(_arch(radius, 0.33, 0), studio.between(0.035, 0.06)), band)
    studio.add(Rod(_arch(0.9 * radius, 0.29, 35), 0.03), pad)
    x = 0.5 + radius
    cup = [(x - 0.02, 0.42), (x + 0.06, 0.46), (x + 0.085, 0.57), (x + 0.06, 0.68), (x - 0.02, 0.72)]
    for side in SIDES:
        ear = 0.5 + side * (radius - 0.05)
        studio.add(slab(ear - 0.045, 0.42, ear + 0.045, 0.72, radius=0.045, bevel=0.025), pad)
        studio.add(blob(flipped(cup, side), bevel=0.03), band)


def _arch(radius: float, height: float, cut: float) -> Points:
    """The upper half of an ellipse, less ``cut`` degrees at both ends."""
    return curves.ellipse(0.5, 0.45, radius, height, start=180 + cut, end=360 - cut)


def umbrella(studio: Studio) -> None:
    """An open umbrella with a crook."""
    crook = [(0.5, 0.3), (0.5, 0.8), (0.5, 0.86), (0.54, 0.9), (0.58, 0.86)]
    studio.add(cord(crook, 0.02), materials.wood(studio.rng, upright=True))
    cloths = [materials.plastic(colours.any_colour(studio.rng), 0.05) for _ in range(2)]
    ribs = np.linspace(0.08, 0.92, 7).tolist()
    for index in range(6):
        studio.add(_gore(ribs[index], ribs[index + 1]), cloths[index % 2])
    studio.add(Turned([(0.1, 0.006), (0.15, 0.012)]), materials.metal())


def _gore(left: float, right: float) -> Cut:
    """The cloth between two ribs, scalloped below."""
    middle = (left + right) / 2
    scallop = [(left, 0.52), (middle, 0.48), (right, 0.52)]
    lean = (1.6 * (middle - 0.5), -0.25)
    return panel([(0.5, 0.14), *_rib(left), *scallop, *reversed(_rib(right))], bevel=0.008, lean=lean)


def _rib(x: float) -> list[XY]:
    """The bent line from the top of an umbrella down to (x, 0.52)."""
    angles = np.linspace(0.1, 0.45, 5) * np.pi
    return [(0.5 + (x - 0.5) * float(np.sin(angle)), 0.52 - 0.38 * float(np.cos(angle))) for angle in angles]
