"""Clothes on people, as shops show them: standing, often without a head, often cut off at the border."""

from __future__ import annotations

from dataclasses import dataclass

from .. import colours, curves, materials, textures
from ..curves import XY, mirrored
from ..materials import Material
from ..prints import Print, emblem, wordmark
from ..studio import Studio
from .parts import METALS, SIDES, blob, buttons, cord, disc, flipped, limb, seams, zipper


@dataclass(frozen=True, slots=True)
class Figure:
    """A person's build and bearing in the unit square, on 8 heads of height.

    Args:
        shoulder: half the width of the shoulders.
        waist: half the width of the waist.
        hip: half the width of the hips.
        arms: shoulder, elbow and wrist of both arms.
        legs: hip, knee and ankle of both legs.
    """

    shoulder: float
    waist: float
    hip: float
    arms: tuple[list[XY], list[XY]]
    legs: tuple[list[XY], list[XY]]

    @classmethod
    def drawn(cls, studio: Studio) -> Figure:
        """Slim or broad, with hanging, akimbo or bent arms and a weight on either leg."""
        shoulder, hip = studio.between(0.075, 0.1), studio.between(0.06, 0.078)
        arms = [flipped(_arm(studio, shoulder, hip), side) for side in SIDES]
        legs = [flipped(_leg(studio, hip), side) for side in SIDES]
        return cls(shoulder, studio.between(0.05, 0.07), hip, (arms[0], arms[1]), (legs[0], legs[1]))


def _arm(studio: Studio, shoulder: float, hip: float) -> list[XY]:
    root = (0.474 + shoulder, 0.2)
    if studio.chance(0.65):  # hanging
        elbow = (0.515 + shoulder + studio.between(0, 0.03), 0.325)
        return [root, elbow, (elbow[0] + studio.between(-0.02, 0.02), 0.45)]
    elbow = (0.56 + shoulder + studio.between(0, 0.03), 0.31)
    return [root, elbow, (0.51 + studio.between(0.2, 1) * hip, studio.between(0.3, 0.42))]


def _leg(studio: Studio, hip: float) -> list[XY]:
    knee = 0.5 + 0.5 * hip + studio.between(-0.008, 0.02)
    return [(0.5 + 0.52 * hip, 0.47), (knee, 0.69), (knee + studio.between(-0.02, 0.02), 0.925)]


def person(studio: Studio) -> None:
    """A whole person, or one without a head, in a top and trousers, a skirt, shorts, or a dress."""
    figure, skin = Figure.drawn(studio), materials.Material(colours.skin(studio.rng), gloss=0.05)
    _limbs(studio, figure, skin)
    _shoes(studio, figure)
    below, top = _cloth(studio), _cloth(studio)
    length = studio.pick((1.0, 1.0, 1.0, 0.75, 0.3, 0.0))
    if length and studio.chance(0.8):
        _trousers(studio, figure, below, length)
    else:
        _skirt(studio, figure, studio.pick((below, top)))
    sleeve = studio.pick((0.0, 0.3, 0.4, 0.4, 1.0, 1.0, 1.0))
    _torso(studio, figure, top, sleeve)
    _front(studio, figure, skin, top, sleeve)
    if studio.chance(0.75):
        _head(studio, skin, from_behind=studio.chance(0.35))
    studio.crumple(studio.between(0.0, 0.012), 6)
    _cropped(studio)


def _cropped(studio: Studio) -> None:
    """Whole, or only what sells: the upper half, the legs, or without the head."""
    low, high = studio.pick(((0.0, 1.0), (0.0, 1.0), (0.0, 0.6), (0.0, 0.56), (0.12, 0.62), (0.35, 1.0), (0.13, 1.0)))
    studio.trim(low + studio.between(-0.02, 0.02), high + studio.between(-0.03, 0.03))


def _cloth(studio: Studio) -> Material:
    return materials.fabric(studio.rng, colours.any_colour(studio.rng), 0.25)


def _limbs(studio: Studio, figure: Figure, skin: Material) -> None:
    """Legs, neck and the bare upper body."""
    for leg in figure.legs:
        studio.add(limb(leg, [0.075, 0.05, 0.03], 0.02), skin)
    for arm in figure.arms:
        _hand_and_arm(studio, arm, skin)
    studio.add(limb([(0.5, 0.1), (0.5, 0.14), (0.5, 0.19)], [0.05, 0.05, 0.09], 0.02), skin)
    half = [(0.5, 0.155), (0.5 + figure.shoulder, 0.175), (0.49 + figure.shoulder, 0.3), (0.5 + figure.hip, 0.46)]
    studio.add(blob(mirrored([*half, (0.5, 0.5)]), 0.03), skin)


def _hand_and_arm(studio: Studio, arm: list[XY], skin: Material) -> None:
    studio.add(limb(arm, [0.048, 0.04, 0.028], 0.015), skin)
    (from_x, from_y), (x, y) = arm[1], arm[2]
    ahead = ((x - from_x) * 0.3, (y - from_y) * 0.3)
    studio.add(
        limb([(x, y), (x + ahead[0], y + ahead[1]), (x + 1.4 * ahead[0], y + 1.4 * ahead[1])], [0.03, 0.034, 0.012]),
        skin,
    )


def _shoes(studio: Studio, figure: Figure) -> None:
    leather = studio.whether(materials.hard, materials.soft)
    for side, leg in zip(SIDES, figure.legs, strict=True):
        x, y = leg[2]
        toe = x + side * studio.between(0.0, 0.03)
        studio.add(
            limb([(x, y - 0.01), ((x + toe) / 2, y + 0.015), (toe, y + 0.035)], [0.036, 0.045, 0.04], 0.012), leather
        )


def _trousers(studio: Studio, figure: Figure, cloth: Material, length: float) -> None:
    knee, ankle = studio.between(0.058, 0.085), studio.between(0.04, 0.09)
    for leg in figure.legs:
        path = curves.smooth(leg, closed=False)
        end = max(4, round(length * (len(path) - 1)))
        shown = [tuple(path[i].tolist()) for i in (0, end // 2, end)]
        widths = [2 * figure.hip * 0.58, knee + (1 - length) * 0.02, ankle + (1 - length) * 0.03]
        studio.add(limb(shown, widths, 0.022), cloth)
    half = [(0.5, 0.38), (0.505 + figure.waist, 0.38), (0.51 + figure.hip, 0.45), (0.5 + 1.05 * figure.hip, 0.5)]
    studio.add(blob(mirrored([*half, (0.5, 0.525)]), 0.02), cloth)
    seams(studio, cloth.colour, [(0.5, 0.4), (0.502, 0.51)])


def _skirt(studio: Studio, figure: Figure, cloth: Material) -> None:
    hem, flare = studio.between(0.58, 0.85), figure.hip * studio.between(1.0, 2.4)
    half = [
        (0.5, 0.37),
        (0.505 + figure.waist, 0.37),
        (0.51 + figure.hip, 0.47),
        (0.5 + flare, hem),
        (0.5 + flare, hem),
    ]
    studio.add(blob(mirrored([*half, (0.5, hem + 0.01)]), 0.03), cloth)


def _torso(studio: Studio, figure: Figure, cloth: Material, sleeve: float) -> None:
    loose, hem = studio.between(0.004, 0.025), studio.between(0.4, 0.54)
    neck, depth = studio.between(0.028, 0.05), studio.between(0.01, 0.09)
    shoulder = (0.5 + figure.shoulder - (0.03 if sleeve == 0 else 0), 0.172)
    edge = [(0.5, 0.15 + depth), (0.5 + neck, 0.148), shoulder, (0.5 + figure.shoulder - 0.008, 0.25)]
    lower = [(0.5 + figure.waist + loose, 0.35), (0.5 + figure.hip + loose, hem), (0.5 + figure.hip + loose, hem)]
    shown = [_logo(studio, cloth)] if cloth.plainly and studio.chance(0.35) else []
    studio.add(blob(mirrored([*edge, *lower, (0.5, hem + 0.008)]), 0.03), cloth, *shown)
    rim = [(0.5 + neck, 0.148), (0.5 + 0.7 * neck, 0.15 + 0.6 * depth), (0.5, 0.15 + depth)]
    seams(studio, cloth.colour, [*rim, *flipped(rim[1::-1], -1)])
    if studio.chance(0.3):
        zipper(studio, [(0.5, 0.15 + depth), (0.5, hem)], studio.pick(METALS))
    elif studio.chance(0.3):
        buttons(studio, [(0.5, 0.17 + depth), (0.5, hem - 0.02)], 6)


def _logo(studio: Studio, cloth: Material) -> Print:
    ink = colours.contrasting(studio.rng, cloth.colour)
    return Print(studio.pick((emblem, wordmark))(studio.rng, ink), (0.5, 0.26), studio.between(0.04, 0.1))


def _front(studio: Studio, figure: Figure, skin: Material, cloth: Material, sleeve: float) -> None:
    """The arms once more, now in front of the body, in their sleeves."""
    width = studio.between(0.052, 0.07)
    for arm in figure.arms:
        _hand_and_arm(studio, arm, skin)
        if sleeve:
            path = curves.smooth(arm, closed=False)
            end = max(3, round(sleeve * (len(path) - 1)))
            shown = [tuple(path[i].tolist()) for i in (0, end // 2, end)]
            studio.add(limb(shown, [width * 1.05, width, width * (1 - 0.3 * sleeve)], 0.02), cloth)


def _head(studio: Studio, skin: Material, *, from_behind: bool) -> None:
    tone = studio.pick((0.12, 0.2, 0.35, 0.6, 0.85))
    hair = materials.Material((tone, 0.78 * tone, 0.55 * tone), gloss=0.1, texture=textures.fibres(studio.rng, 0.15))
    long = studio.between(0.02, 0.16) if studio.chance(0.5) else 0.0
    if long:
        studio.add(blob(mirrored([(0.5, 0.02), (0.545, 0.05), (0.55, 0.09 + long), (0.5, 0.1 + long)]), 0.02), hair)
    studio.add(limb([(0.5, 0.1), (0.5, 0.13), (0.5, 0.15)], [0.05, 0.048, 0.06], 0.015), skin)
    studio.add(blob(mirrored([(0.5, 0.025), (0.535, 0.045), (0.536, 0.085), (0.516, 0.122), (0.5, 0.126)]), 0.03), skin)
    if from_behind:
        studio.add(blob(mirrored([(0.5, 0.012), (0.54, 0.035), (0.538, 0.095 + long), (0.5, 0.11 + long)]), 0.02), hair)
        return
    _face(studio, hair)
    studio.add(blob(mirrored([(0.5, 0.012), (0.534, 0.022), (0.543, 0.07), (0.53, 0.05), (0.5, 0.044)]), 0.012), hair)


def _face(studio: Studio, hair: Material) -> None:
    dark, lips = materials.matte((0.15, 0.1, 0.1)), materials.matte((0.65, 0.3, 0.3))
    for side in SIDES:
        studio.add(disc(0.5 + side * 0.015, 0.074, 0.0045), dark)
        studio.add(cord(flipped([(0.507, 0.064), (0.515, 0.062), (0.523, 0.065)], side), 0.004), hair)
    studio.add(cord([(0.488, 0.104), (0.5, 0.108), (0.512, 0.104)], 0.005), lips)
