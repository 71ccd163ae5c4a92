"""Bottles, jars, mugs, glasses, vases, pots and plants: what is turned on a wheel or blown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .. import colours, curves, materials, patterns
from ..colours import Colour
from ..curves import XY
from ..materials import Material
from ..prints import Print, emblem, label, wordmark
from ..shapes import Cut, Rod, Turned
from ..studio import Studio


def bottle(studio: Studio) -> None:
    """A bottle of plastic or tinted glass with a cap and a label."""
    radius, neck = studio.between(0.13, 0.19), studio.between(0.05, 0.075)
    shoulder = studio.between(0.36, 0.5)
    slope = studio.between(0.06, 0.16)
    profile = [(0.2, neck), (shoulder - slope, neck), (shoulder, radius), (0.9, radius)]
    body = Turned(profile, view=0.1, rounding=0.05)
    height = min(studio.between(0.6, 1.1), (0.86 - shoulder) / (1.7 * radius))
    paper = Print(label(studio.rng, height), (0.5, (shoulder + 0.9) / 2 + 0.01), 1.7 * radius)
    if studio.chance(0.45):
        _pour(studio, profile, studio.between(0.25, shoulder + 0.05), body.view)
        studio.add(body, materials.glass(colours.any_colour(studio.rng), 0.2), paper)
    else:
        studio.add(body, materials.plastic(colours.any_colour(studio.rng), studio.between(0.15, 0.6)), paper)
    _close(studio, Turned([(studio.between(0.11, 0.15), neck * 1.2), (0.24, neck * 1.2)], view=0.1, rounding=0.005))


def jar(studio: Studio) -> None:
    """A wide jar with a lid, of glass with something in it, or opaque like a cream's."""
    radius, top = studio.between(0.2, 0.3), studio.between(0.3, 0.45)
    profile = [(top, 0.8 * radius), (top + 0.03, 0.82 * radius), (top + 0.08, radius), (0.86, radius)]
    body = Turned(profile, view=0.16, rounding=0.025)
    height = min(0.8, 0.7 * (0.86 - top - 0.08) / (1.5 * radius))
    paper = Print(label(studio.rng, height), (0.5, (top + 0.94) / 2 + 0.06 * radius), 1.5 * radius)
    if studio.chance(0.6):
        _pour(studio, profile, top + studio.between(0.06, 0.12), body.view)
        studio.add(body, materials.glass((0.9, 0.95, 0.95), 0.1), paper)
    else:
        studio.add(body, materials.plastic(colours.any_colour(studio.rng), 0.4), paper)
    lid = studio.between(0.07, 0.12)
    _close(studio, Turned([(top - lid, 0.9 * radius), (top + 0.02, 0.92 * radius)], view=0.16, rounding=0.008))


def mug(studio: Studio) -> None:
    """A mug with a handle, sometimes with a sign on it."""
    top, bottom = studio.between(0.2, 0.34), 0.82
    rim, foot = studio.between(0.2, 0.27), studio.between(0.17, 0.25)
    clay = materials.ceramic(studio.rng, colours.any_colour(studio.rng))
    right, drop = 0.5 + min(rim, foot), bottom - top
    hook = [(right - 0.02, top + 0.2 * drop), (right + 0.13, top + 0.18 * drop), (right + 0.16, top + 0.45 * drop)]
    hook += [(right + 0.1, top + 0.7 * drop), (right - 0.02, top + 0.75 * drop)]
    plain_clay = materials.plastic(clay.colour, clay.gloss)
    studio.add(Rod(curves.smooth(hook, closed=False), studio.between(0.035, 0.055)), plain_clay)
    body = Turned([(top, rim), (bottom - 0.05, foot), (bottom, 0.85 * foot)], view=0.2, rounding=0.03)
    sign = emblem(studio.rng, colours.contrasting(studio.rng, clay.colour))
    decorated = clay.plainly and studio.chance(0.6)
    studio.add(body, clay, *([Print(sign, (0.5, (top + bottom) / 2 + 0.05), 0.24)] if decorated else []))
    _open(studio, body, plain_clay, colours.any_colour(studio.rng) if studio.chance(0.4) else None)


def tumbler(studio: Studio) -> None:
    """A drinking glass, empty or filled."""
    top, rim, foot = studio.between(0.14, 0.35), studio.between(0.17, 0.24), studio.between(0.13, 0.2)
    profile = [(top, rim), (0.84, foot), (0.88, 0.96 * foot)]
    body = Turned(profile, view=0.18, rounding=0.01)
    if studio.chance(0.55):
        _pour(studio, profile, studio.between(top + 0.08, 0.6), body.view)
    _blow(studio, body, materials.glass(studio.pick(_CLEAR), 0.06))


def wine_glass(studio: Studio) -> None:
    """A stemmed glass, empty or with wine."""
    bowl, stem = studio.between(0.13, 0.2), studio.between(0.52, 0.62)
    round_bowl = [
        (0.14, 0.78 * bowl),
        (0.24, 0.95 * bowl),
        (0.34, bowl),
        (stem - 0.1, 0.8 * bowl),
        (stem - 0.03, 0.35 * bowl),
    ]
    profile = _rounded([*round_bowl, (stem, 0.02)])
    if studio.chance(0.6):
        wine: tuple[Colour, ...] = ((0.45, 0.05, 0.12), (0.93, 0.85, 0.5), (0.92, 0.55, 0.5))
        inner = [(y, radius - 0.01) for y, radius in profile if 0.33 < y < stem - 0.02]
        _fill(studio, Turned([*inner, (stem - 0.02, 0.02)], view=0.16), studio.pick(wine))
    clear = materials.glass(studio.pick(_CLEAR), 0.07)
    studio.add(Turned([(0.885, 0.05), (0.9, 0.85 * bowl), (0.91, 0.85 * bowl)], view=0.2, rounding=0.01), clear)
    studio.add(Turned([(stem, 0.014), (0.75, 0.011), (0.9, 0.03)], view=0.1, rounding=0.05), clear)
    _blow(studio, Turned([*profile, (stem + 0.02, 0.014)], view=0.16), clear)


def vase(studio: Studio) -> None:
    """A vase with a free profile."""
    heights = np.linspace(studio.between(0.1, 0.25), 0.88, 5)
    radii = studio.rng.uniform(0.08, 0.26, 5)
    radii[3] = max(radii[3], 0.15)
    profile = list(zip(heights.tolist(), radii.tolist(), strict=True))
    body = Turned(_rounded(profile), view=0.16, rounding=0.03)
    clay = materials.ceramic(studio.rng, colours.any_colour(studio.rng))
    studio.add(body, clay)
    _open(studio, body, materials.plastic(clay.colour, 0.3), None)


def pot(studio: Studio) -> None:
    """A saucepan of steel or enamel, with a lid and two handles."""
    radius, top = studio.between(0.25, 0.31), studio.between(0.4, 0.5)
    bottom = top + studio.between(0.24, 0.36)
    body = materials.metal() if studio.chance(0.6) else materials.plastic(colours.any_colour(studio.rng), 0.5)
    trim = materials.metal() if studio.chance(0.5) else materials.plastic(colours.BLACK, 0.3)
    for side in (-1, 1):
        x, y = 0.5 + side * radius, top + 0.08
        loop = [(x - side * 0.02, y), (x + side * 0.08, y - 0.01), (x + side * 0.08, y + 0.06), (x, y + 0.05)]
        studio.add(Rod(curves.smooth(loop, closed=False), 0.026), trim)
    studio.add(Turned([(top, radius), (bottom - 0.03, radius), (bottom, 0.95 * radius)], view=0.2, rounding=0.02), body)
    lid = [(top - 0.075, 0.03), (top - 0.06, 0.5 * radius), (top - 0.01, 1.02 * radius), (top + 0.012, 1.02 * radius)]
    studio.add(Turned(lid, view=0.2, rounding=0.012), body)
    studio.add(Turned([(top - 0.1, 0.014), (top - 0.06, 0.02)], view=0.2), trim)
    knob = Turned([(top - 0.12, 0.04), (top - 0.095, 0.045), (top - 0.09, 0.03)], view=0.3, rounding=0.006)
    studio.add(knob, trim)
    studio.add(Cut([knob.opening()], bevel=0.012), trim)


def plant(studio: Studio) -> None:
    """Leaves in a pot."""
    green: Colour = (studio.between(0.15, 0.4), studio.between(0.4, 0.6), studio.between(0.15, 0.3))
    angles = studio.rng.permutation(np.linspace(-75, 75, int(studio.rng.integers(7, 12))))
    for angle in angles.tolist():
        _leaf(studio, angle, colours.shaded(green, studio.between(0.75, 1.2)))
    rim = studio.between(0.15, 0.2)
    body = Turned([(0.64, rim), (0.68, rim), (0.69, 0.93 * rim), (0.9, 0.72 * rim)], view=0.12, rounding=0.006)
    studio.add(body, materials.ceramic(studio.rng, colours.any_colour(studio.rng)))


def flacon(studio: Studio) -> None:
    """Perfume in a block of glass with a metal cap."""
    half, top = studio.between(0.16, 0.26), studio.between(0.38, 0.48)
    tint, rounding = colours.any_colour(studio.rng), studio.between(0.01, 0.08)
    studio.add(Turned([(top - 0.06, 0.05), (top + 0.02, 0.05)], view=0.1), materials.metal(studio.pick(_METALS)))
    block = Cut([curves.rectangle(0.5 - half, top, 0.5 + half, 0.88, rounding)], bevel=0.035)
    liquid = Cut([curves.rectangle(0.535 - half, top + 0.07, 0.465 + half, 0.84, rounding)], bevel=0.02)
    studio.add(liquid, materials.glass(tint, 0.75))
    name = wordmark(studio.rng, colours.contrasting(studio.rng, tint))
    studio.add(block, materials.glass(studio.pick(_CLEAR), 0.12), Print(name, (0.5, 0.66), 1.3 * half))
    _close(studio, Turned([(top - 0.2, 0.075), (top - 0.04, 0.075)], view=0.16, rounding=0.008))


_DRINKS: tuple[Colour, ...] = (
    (0.95, 0.62, 0.15),  # orange juice
    (0.80, 0.15, 0.20),  # cherry
    (0.88, 0.70, 0.25),  # honey
    (0.45, 0.22, 0.12),  # cola
    (0.62, 0.75, 0.35),  # lime
    (0.95, 0.93, 0.88),  # milk
    (0.70, 0.85, 0.92),  # water
    (0.42, 0.12, 0.32),  # berries
)
_CLEAR: tuple[Colour, ...] = ((0.72, 0.78, 0.8), (0.72, 0.78, 0.8), (0.5, 0.7, 0.62), (0.55, 0.65, 0.8))
_METALS: tuple[Colour, ...] = (colours.STEEL, colours.GOLD, (0.35, 0.35, 0.37))


def _pour(studio: Studio, profile: Sequence[XY], level: float, view: float) -> None:
    """What fills a glass vessel up to a level: juice, honey, beans."""
    heights, radii = zip(*profile, strict=True)
    at_level = float(np.interp(level, heights, radii))
    below = [(y, radius - 0.012) for y, radius in profile if y > level + 0.01]
    below[-1] = (below[-1][0] - 0.012, below[-1][1])
    _fill(studio, Turned([(level, at_level - 0.012), *below], view=view, rounding=0.03), studio.pick(_DRINKS))


def _fill(studio: Studio, drink: Turned, colour: Colour) -> None:
    studio.add(drink, Material(colour, gloss=0.15, opacity=0.88))
    studio.add(Cut([drink.opening()], bevel=0.01), materials.matte(colours.shaded(colour, 1.15)))


def _blow(studio: Studio, body: Turned, clear: Material) -> None:
    """A thin-walled glass: its back rim, its body, its front rim."""
    rim = body.opening()
    studio.add(body, clear)
    studio.add(Cut([rim], bevel=0.01), materials.glass(clear.colour, 0.08))
    studio.add(Rod(rim, 0.006), materials.glass(colours.shaded(clear.colour, 0.75), 0.5))


def _close(studio: Studio, cap: Turned) -> None:
    """A cap or lid with a flat top."""
    material = studio.pick(
        (
            materials.metal(studio.pick(_METALS)),
            materials.plastic(colours.any_colour(studio.rng)),
            materials.wood(studio.rng),
        )
    )
    studio.add(cap, material)
    studio.add(Cut([cap.opening()], bevel=0.006, lean=(0.0, -0.3)), material)


def _open(studio: Studio, body: Turned, clay: Material, drink: Colour | None) -> None:
    """The rim of an open vessel and what is seen inside: a dark hollow, or a drink."""
    studio.add(Cut([body.opening()], bevel=0.004, lean=(0.0, -0.2)), clay)
    inside = materials.matte(colours.shaded(clay.colour, 0.55))
    studio.add(Cut([body.opening(inset=0.014)], bevel=0.03), inside)
    if drink is not None:
        surface = curves.ellipse(
            0.5, body.profile[0][0] + 0.008, body.profile[0][1] - 0.02, 0.72 * body.view * body.profile[0][1]
        )
        studio.add(Cut([surface], bevel=0.01), materials.plastic(drink, 0.2))


def _rounded(profile: Sequence[XY]) -> list[XY]:
    """The profile as a smooth curve, still a function of y."""
    points = curves.smooth(profile, closed=False)
    return [(y, max(radius, 0.01)) for y, radius in points[np.argsort(points[:, 0], kind="stable")].tolist()]


def _leaf(studio: Studio, degrees: float, colour: Colour) -> None:
    length, width = studio.between(0.3, 0.5), studio.between(0.05, 0.09)
    angle = np.radians(degrees)
    blade = curves.smooth([(0, 0), (0, 0), (0.5, 0.9), (0.85, 0.6), (1, 0), (1, 0), (0.85, -0.6), (0.5, -0.9)])
    along, across = blade[:, 0] * length, blade[:, 1] * width * 0.6
    x = 0.5 + along * np.sin(angle) + across * np.cos(angle)
    y = 0.66 - along * np.cos(angle) + across * np.sin(angle)
    veins = Material(colour, colours.shaded(colour, 1.2), patterns.stripes(studio.rng), gloss=0.2)
    plain = materials.plastic(colour, 0.2)
    studio.add(Cut([np.column_stack([x, y]).astype(np.float32)], bevel=0.02), veins if studio.chance(0.15) else plain)
