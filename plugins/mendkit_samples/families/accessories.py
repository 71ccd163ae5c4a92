"""Bags, watches, glasses, headphones and umbrellas: what people carry."""

from __future__ import annotations

import numpy as np

from .. import colours, curves, materials
from ..curves import XY, Points, mirrored
from ..materials import Material
from ..prints import Print, emblem, wordmark
from ..shapes import Cut, Rod, Turned
from ..studio import Studio
from .parts import METALS, SIDES, bar, blob, cord, dial, flipped, panel, seams, slab


def handbag(studio: Studio) -> None:
    """A handbag with a handle, and with a flap and clasp or a name plate."""
    rng = studio.rng
    leather, gold = materials.leather(rng, colours.any_colour(rng)), materials.metal(studio.pick(METALS))
    upper, lower, top = studio.between(0.22, 0.32), studio.between(0.3, 0.37), studio.between(0.4, 0.5)
    span, rise = 0.6 * upper, studio.between(0.16, 0.3)
    handle = mirrored([(0.5 - span, top + 0.02), (0.5 - 0.85 * span, top - 0.7 * rise), (0.5, top - rise)])
    studio.add(cord(handle, studio.between(0.02, 0.035)), leather)
    shoulder = (0.5 + upper, top)
    edge = [(0.5, top), shoulder, shoulder, (0.5 + lower, 0.8), (0.47 + lower, 0.86), (0.5, 0.87)]
    studio.add(blob(mirrored(edge), bevel=0.06), leather)
    if studio.chance(0.7):
        _flap(studio, 0.51 + upper, top, leather, gold)
    else:
        name = wordmark(rng, colours.contrasting(rng, leather.colour))
        studio.add(slab(0.33, 0.6, 0.67, 0.72, radius=0.01, bevel=0.008), leather, Print(name, (0.5, 0.66), 0.3))
    for side in SIDES:
        studio.add(Rod(curves.ellipse(0.5 + side * span, top + 0.025, 0.022, 0.022), 0.011), gold)


def _flap(studio: Studio, right: float, top: float, leather: Material, clasp: Material) -> None:
    drop = studio.between(0.12, 0.24)
    corner = (right, top - 0.01)
    edge = [(0.5, top - 0.012), corner, corner, (right - 0.02, top + 0.6 * drop), (0.5, top + drop)]
    studio.add(blob(mirrored(edge), bevel=0.025), leather)
    studio.add(slab(0.47, top + drop - 0.035, 0.53, top + drop + 0.025, radius=0.012), clasp)


def backpack(studio: Studio) -> None:
    """A rucksack with straps, zips and a front pocket."""
    rng = studio.rng
    cloth = materials.fabric(rng, colours.any_colour(rng), patterned=0.3)
    trim = materials.fabric(rng, colours.any_colour(rng), patterned=0)
    studio.add(Rod(curves.ellipse(0.5, 0.15, 0.07, 0.07, start=180, end=360), 0.028), trim)
    for side in SIDES:
        studio.add(cord(flipped([(0.7, 0.26), (0.83, 0.45), (0.81, 0.74)], side), 0.045), trim)
    edge = [(0.5, 0.13), (0.64, 0.16), (0.74, 0.3), (0.77, 0.6), (0.76, 0.85), (0.7, 0.9), (0.5, 0.91)]
    studio.add(blob(mirrored(edge), bevel=0.07), cloth)
    top = studio.between(0.5, 0.58)
    sign = Print(emblem(rng, colours.contrasting(rng, trim.colour)), (0.5, top + 0.19), 0.17)
    studio.add(slab(0.3, top, 0.7, 0.87, radius=0.07, bevel=0.035), trim, sign)
    for zipper in (mirrored([(0.28, 0.42), (0.34, 0.28), (0.5, 0.24)]), [(0.34, top + 0.05), (0.66, top + 0.05)]):
        studio.add(cord(zipper, 0.012), materials.metal((0.5, 0.5, 0.52)))


def watch(studio: Studio) -> None:
    """A wristwatch, laid out straight."""
    radius, width = studio.between(0.17, 0.21), studio.between(0.09, 0.12)
    case = materials.metal(studio.pick(METALS))
    strap = materials.leather(studio.rng, colours.any_colour(studio.rng))
    for side in SIDES:
        end, middle = 0.5 + side * 0.43, 0.5 + side * 0.14
        half = [(0.5, end), (0.5 + 0.72 * width, end - side * 0.01), (0.5 + width, middle), (0.5, 0.5)]
        studio.add(panel(mirrored(half), bevel=0.02), strap)
        stitches = [(0.5 + 0.6 * width, end - side * 0.02), (0.5 + 0.82 * width, middle + side * 0.06)]
        seams(studio, strap.colour, stitches, flipped(stitches, -1))
    studio.add(slab(0.48 + radius, 0.475, 0.535 + radius, 0.525, radius=0.01), case)
    dial(studio, radius, case)


def eyeglasses(studio: Studio) -> None:
    """Glasses or sunglasses from the front, with see-through lenses."""
    rng = studio.rng
    wide, high = studio.between(0.15, 0.18), studio.between(0.1, 0.15)
    thickness, centre = studio.between(0.012, 0.035), 0.5 + wide + studio.between(0.035, 0.06)
    shell = materials.plastic(studio.pick((colours.grey, colours.vivid, colours.tan, colours.deep))(rng), 0.5)
    frame = shell if studio.chance(0.65) else materials.metal(studio.pick(METALS))
    shaded = materials.glass(colours.deep(rng), studio.between(0.55, 0.9))
    lens = shaded if studio.chance(0.6) else materials.glass((0.75, 0.8, 0.85), 0.08)
    outline = _lens(studio, centre, wide, high)
    hinge = [(centre + wide - 0.01, 0.44), (centre + wide + 0.04, 0.42), (centre + wide + 0.045, 0.46)]
    studio.add(cord([(0.43, 0.47), (0.5, 0.445), (0.57, 0.47)], thickness), frame)
    for side in SIDES:
        edge = flipped(outline, side)
        studio.add(panel(edge, bevel=0.05), lens)
        studio.add(bar([*edge, *edge[:2]], thickness), frame)
        studio.add(bar(flipped(hinge, side), 1.1 * thickness), frame)


def _lens(studio: Studio, centre: float, wide: float, high: float) -> list[XY]:
    """A superellipse that is round or squarish, wider above than below, and leans inwards like a drop."""
    angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    squareness, taper, drop = studio.between(0.55, 1.0), studio.between(0.0, 0.16), studio.between(0.0, 0.12)
    x, y = (np.sign(wave) * np.abs(wave) ** squareness for wave in (np.cos(angles), np.sin(angles)))
    across, down = centre + wide * (x * (1 - taper * y) - drop * y), 0.5 + high * (y - 0.12 * drop * x)
    return list(zip(across.tolist(), down.tolist(), strict=True))


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
