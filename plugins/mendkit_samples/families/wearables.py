"""Shirts, shoes, bags, caps, watches and glasses: what people wear or carry."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .. import colours, curves, materials
from ..colours import Colour
from ..curves import XY, Points
from ..materials import Material
from ..prints import Print, emblem, wordmark
from ..shapes import Cut, Rod, Turned
from ..studio import Studio


def t_shirt(studio: Studio) -> None:
    """A T-shirt or long-sleeved shirt, often with a print."""
    rng = studio.rng
    cloth = materials.fabric(rng, colours.any_colour(rng))
    width, hem, long = studio.between(0.2, 0.25), studio.between(0.82, 0.9), studio.chance(0.3)
    cuff = [(0.9, 0.78), (0.83, 0.81)] if long else [(0.9, 0.4), (0.8, 0.46)]
    sleeve = [(0.5 + 0.13, 0.13), (0.74, 0.19), *cuff, (0.5 + width, 0.36)]
    for flip in (False, True):
        studio.add(Cut([_flipped(sleeve, flip)], bevel=0.02), cloth)
    body = [
        (0.5, 0.17),
        (0.57, 0.15),
        (0.6, 0.1),
        (0.7, 0.15),
        (0.5 + width, 0.3),
        (0.5 + width, hem),
        (0.5, hem + 0.012),
    ]
    print_colour = colours.contrasting(rng, cloth.colour)
    sign = Print(emblem(rng, print_colour), (0.5, 0.42), studio.between(0.18, 0.28))
    printed = [sign] if cloth.plainly and studio.chance(0.7) else []
    studio.add(Cut([curves.polygon(curves.mirrored(body))], bevel=0.018), cloth, *printed)
    dark = materials.matte(colours.shaded(cloth.colour, 0.6))
    studio.add(
        Cut([curves.smooth([(0.4, 0.1), (0.5, 0.115), (0.6, 0.1), (0.57, 0.15), (0.5, 0.17), (0.43, 0.15)])]), dark
    )
    collar = curves.smooth([(0.4, 0.1), (0.43, 0.15), (0.5, 0.175), (0.57, 0.15), (0.6, 0.1)], closed=False)
    studio.add(Rod(collar, 0.022), materials.matte(colours.shaded(cloth.colour, 0.9)))
    _seams(studio, cloth.colour, [[(0.5 - width, hem - 0.03), (0.5 + width, hem - 0.03)]])


def trousers(studio: Studio) -> None:
    """Trousers or shorts."""
    rng = studio.rng
    waist, flare, hem = studio.between(0.14, 0.17), studio.between(0.0, 0.05), studio.pick((0.92, 0.92, 0.55))
    cloth = materials.fabric(rng, colours.any_colour(rng), patterned=0.25)
    hip = waist + 0.03
    leg = [
        (0.5, 0.1),
        (0.5 + waist, 0.1),
        (0.5 + hip, 0.28),
        (0.5 + hip + flare, hem),
        (0.545 + flare, hem),
        (0.505, 0.34),
        (0.5, 0.34),
    ]
    for flip in (False, True):
        studio.add(Cut([_flipped(leg, flip)], bevel=0.022), cloth)
    studio.add(Cut([curves.rectangle(0.5 - waist - 0.003, 0.09, 0.503 + waist, 0.13, 0.01)], bevel=0.008), cloth)
    studio.add(Cut([curves.ellipse(0.5, 0.11, 0.011, 0.011)], bevel=0.004), materials.metal(colours.GOLD))
    pockets = [[(0.5 + side * 0.09, 0.135), (0.5 + side * (waist + 0.01), 0.2)] for side in (-1, 1)]
    _seams(studio, cloth.colour, [*pockets, [(0.5, 0.13), (0.5, 0.33)]])


def sneaker(studio: Studio) -> None:
    """A sports shoe seen from the side."""
    rng = studio.rng
    main, second = colours.any_colour(rng), colours.any_colour(rng)
    leather, trim = materials.leather(rng, main), materials.leather(rng, second)
    ankle = studio.between(0.28, 0.36)
    tongue = curves.smooth(
        [(0.28, ankle + 0.05), (0.32, ankle - 0.04), (0.38, ankle - 0.02), (0.46, 0.48), (0.36, 0.5)]
    )
    studio.add(Cut([tongue], bevel=0.02), trim)
    upper = [(0.09, 0.7), (0.075, 0.56), (0.08, ankle + 0.05), (0.115, ankle + 0.02), (0.19, ankle + 0.09)]
    upper += [(0.26, ankle + 0.08), (0.33, ankle + 0.02), (0.44, 0.47), (0.6, 0.55), (0.8, 0.58), (0.92, 0.64)]
    upper += [(0.93, 0.7), (0.5, 0.72)]
    studio.add(Cut([curves.smooth(upper)], bevel=0.06), leather)
    studio.add(
        Cut(
            [curves.smooth([(0.74, 0.575), (0.86, 0.6), (0.93, 0.66), (0.92, 0.7), (0.7, 0.71), (0.68, 0.63)])],
            bevel=0.03,
        ),
        trim,
    )
    studio.add(
        Cut(
            [curves.smooth([(0.075, 0.7), (0.075, 0.5), (0.1, 0.44), (0.15, 0.5), (0.17, 0.6), (0.2, 0.71)])],
            bevel=0.03,
        ),
        trim,
    )
    swoop = curves.smooth(
        [(0.22, 0.56), (0.32, 0.64), (0.5, 0.6), (0.63, 0.54), (0.52, 0.63), (0.34, 0.7), (0.24, 0.65)]
    )
    studio.add(Cut([swoop], bevel=0.008), materials.plastic(colours.contrasting(rng, main), 0.2))
    _sole(studio, colours.near_white(rng) if studio.chance(0.6) else colours.any_colour(rng))
    laces = materials.fabric(rng, colours.contrasting(rng, main), patterned=0)
    for step in range(4):
        x, y = 0.325 + 0.055 * step, ankle + 0.05 + 0.045 * step
        studio.add(Rod(curves.polygon([(x - 0.01, y + 0.045), (x + 0.055, y - 0.01)]), 0.016), laces)


def boot(studio: Studio) -> None:
    """A leather boot seen from the side."""
    rng = studio.rng
    top = studio.between(0.1, 0.35)
    leather = materials.leather(rng, studio.pick((colours.tan, colours.grey, colours.deep, colours.near_white))(rng))
    shaft = [
        (0.2, top),
        (0.2, top),
        (0.46, top + 0.01),
        (0.46, top + 0.01),
        (0.47, 0.48),
        (0.54, 0.58),
        (0.74, 0.65),
        (0.82, 0.74),
    ]
    shaft += [(0.81, 0.8), (0.5, 0.81), (0.2, 0.81), (0.2, 0.7), (0.22, 0.55)]
    studio.add(Cut([curves.smooth(shaft)], bevel=0.07), leather)
    _seams(studio, leather.colour, [[(0.21, top + 0.03), (0.46, top + 0.04)], [(0.33, 0.8), (0.36, 0.6), (0.47, 0.5)]])
    dark = materials.matte(colours.shaded(colours.grey(rng), 0.5))
    studio.add(Cut([curves.polygon([(0.19, 0.8), (0.36, 0.8), (0.35, 0.88), (0.2, 0.88)])], bevel=0.012), dark)
    studio.add(
        Cut(
            [curves.smooth([(0.34, 0.795), (0.6, 0.8), (0.81, 0.785), (0.825, 0.81), (0.6, 0.84), (0.35, 0.83)])],
            bevel=0.01,
        ),
        dark,
    )


def handbag(studio: Studio) -> None:
    """A handbag with a flap, a clasp and a handle."""
    rng = studio.rng
    leather = materials.leather(rng, colours.any_colour(rng))
    gold = materials.metal(studio.pick((colours.GOLD, colours.STEEL)))
    upper, lower, top = studio.between(0.22, 0.32), studio.between(0.3, 0.37), studio.between(0.4, 0.5)
    rise = studio.between(0.16, 0.3)
    span = 0.6 * upper
    arch = [
        (0.5 - span, top + 0.02),
        (0.5 - 0.85 * span, top - 0.7 * rise),
        (0.5, top - rise),
        (0.5 + 0.85 * span, top - 0.7 * rise),
    ]
    studio.add(
        Rod(curves.smooth([*arch, (0.5 + span, top + 0.02)], closed=False), studio.between(0.02, 0.035)), leather
    )
    half = [
        (0.5, top),
        (0.5 + upper, top),
        (0.5 + upper, top),
        (0.5 + lower, 0.8),
        (0.5 + lower - 0.03, 0.86),
        (0.5, 0.87),
    ]
    studio.add(Cut([curves.smooth(curves.mirrored(half))], bevel=0.06), leather)
    if studio.chance(0.7):
        drop = studio.between(0.12, 0.24)
        flap = [
            (0.5, top - 0.012),
            (0.51 + upper, top - 0.01),
            (0.51 + upper, top - 0.01),
            (0.49 + upper, top + 0.6 * drop),
            (0.5, top + drop),
        ]
        studio.add(Cut([curves.smooth(curves.mirrored(flap))], bevel=0.025), leather)
        studio.add(Cut([curves.rectangle(0.47, top + drop - 0.035, 0.53, top + drop + 0.025, 0.012)], bevel=0.01), gold)
    else:
        name = Print(wordmark(rng, colours.contrasting(rng, leather.colour)), (0.5, 0.66), 0.3)
        studio.add(Cut([curves.rectangle(0.33, 0.6, 0.67, 0.72, 0.01)], bevel=0.008), leather, name)
    for side in (-1, 1):
        studio.add(Rod(curves.ellipse(0.5 + side * span, top + 0.025, 0.022, 0.022), 0.011), gold)


def backpack(studio: Studio) -> None:
    """A rucksack with a front pocket and zips."""
    rng = studio.rng
    cloth = materials.fabric(rng, colours.any_colour(rng), patterned=0.3)
    trim = materials.fabric(rng, colours.any_colour(rng), patterned=0)
    studio.add(Rod(curves.ellipse(0.5, 0.15, 0.07, 0.07, 180, 360), 0.028), trim)
    for side in (-1, 1):
        strap = [(0.5 + side * 0.2, 0.26), (0.5 + side * 0.33, 0.45), (0.5 + side * 0.31, 0.74)]
        studio.add(Rod(curves.smooth(strap, closed=False), 0.045), trim)
    body = [(0.5, 0.13), (0.64, 0.16), (0.74, 0.3), (0.77, 0.6), (0.76, 0.85), (0.7, 0.9), (0.5, 0.91)]
    studio.add(Cut([curves.smooth(curves.mirrored(body))], bevel=0.07), cloth)
    top = studio.between(0.5, 0.58)
    pocket = curves.rectangle(0.3, top, 0.7, 0.87, 0.07)
    sign = Print(emblem(rng, colours.contrasting(rng, trim.colour)), (0.5, top + 0.19), 0.17)
    studio.add(Cut([pocket], bevel=0.035), trim, sign)
    arc = curves.smooth([(0.28, 0.42), (0.34, 0.28), (0.5, 0.24), (0.66, 0.28), (0.72, 0.42)], closed=False)
    for zipper in (arc, curves.polygon([(0.34, top + 0.05), (0.66, top + 0.05)])):
        studio.add(Rod(zipper, 0.012), materials.metal((0.5, 0.5, 0.52)))


def cap(studio: Studio) -> None:
    """A baseball cap."""
    rng = studio.rng
    cloth = materials.fabric(rng, colours.any_colour(rng), patterned=0.15)
    brim_cloth = cloth if studio.chance(0.5) else materials.fabric(rng, colours.any_colour(rng), patterned=0)
    dome = [(0.14, 0.6), (0.17, 0.4), (0.3, 0.25), (0.48, 0.22), (0.64, 0.3), (0.72, 0.46), (0.73, 0.58), (0.45, 0.64)]
    sign = Print(emblem(rng, colours.contrasting(rng, cloth.colour)), (0.55, 0.45), 0.18)
    studio.add(Cut([curves.smooth(dome)], bevel=0.09), cloth, *([sign] if cloth.plainly else []))
    _seams(studio, cloth.colour, [[(0.45, 0.22), (0.38, 0.4), (0.37, 0.63)], [(0.45, 0.22), (0.64, 0.36), (0.7, 0.58)]])
    brim = [(0.38, 0.63), (0.55, 0.58), (0.73, 0.55), (0.88, 0.6), (0.93, 0.67), (0.8, 0.69), (0.6, 0.7), (0.42, 0.67)]
    studio.add(Cut([curves.smooth(brim)], bevel=0.03), brim_cloth)
    studio.add(Cut([curves.ellipse(0.46, 0.215, 0.022, 0.012)], bevel=0.008), brim_cloth)


def watch(studio: Studio) -> None:
    """A wristwatch, laid out straight."""
    rng = studio.rng
    radius, width = studio.between(0.17, 0.21), studio.between(0.09, 0.12)
    case = materials.metal(studio.pick((colours.STEEL, colours.GOLD, (0.3, 0.3, 0.32))))
    strap = materials.leather(rng, colours.any_colour(rng))
    for side in (-1, 1):
        half = [
            (0.5, 0.5 + side * 0.43),
            (0.5 + 0.72 * width, 0.5 + side * 0.42),
            (0.5 + width, 0.5 + side * 0.14),
            (0.5, 0.5),
        ]
        studio.add(Cut([curves.polygon(curves.mirrored(half))], bevel=0.02), strap)
        for edge in (-1, 1):
            stitches = [(0.5 + edge * (0.6 * width), 0.5 + side * 0.41), (0.5 + edge * 0.82 * width, 0.5 + side * 0.2)]
            _seams(studio, strap.colour, [stitches])
    studio.add(Cut([curves.rectangle(0.48 + radius, 0.475, 0.535 + radius, 0.525, 0.01)], bevel=0.01), case)
    dial(studio, radius, case)


def dial(studio: Studio, radius: float, rim: Material) -> None:
    """The face of a watch or clock in the middle of the canvas: rim, marks, hands."""
    rng = studio.rng
    studio.add(Cut([curves.ellipse(0.5, 0.5, radius, radius)], bevel=0.018), rim)
    inner = 0.84 * radius
    ground = colours.any_colour(rng)
    ink = materials.matte(colours.contrasting(rng, ground))
    name = Print(wordmark(rng, ink.colour), (0.5, 0.5 - 0.4 * inner), 0.55 * inner)
    studio.add(Cut([curves.ellipse(0.5, 0.5, inner, inner)], bevel=0.01), materials.plastic(ground, 0.0), name)
    for hour in range(12):
        studio.add(Rod(_ray(hour * 30, 0.78 * inner, 0.92 * inner), (0.07 if hour % 3 == 0 else 0.04) * radius), ink)
    minute = studio.between(0, 360)
    hour_angle = studio.between(0, 360)
    studio.add(Rod(_ray(hour_angle, -0.1 * inner, 0.5 * inner), 0.075 * radius), ink)
    studio.add(Rod(_ray(minute, -0.1 * inner, 0.75 * inner), 0.05 * radius), ink)
    studio.add(Cut([curves.ellipse(0.5, 0.5, 0.07 * inner, 0.07 * inner)], bevel=0.005), rim)


def eyeglasses(studio: Studio) -> None:
    """Glasses or sunglasses from the front, with see-through lenses."""
    rng = studio.rng
    rx, ry = studio.between(0.15, 0.18), studio.between(0.1, 0.15)
    thickness = studio.between(0.012, 0.035)
    frame = materials.plastic(studio.pick((colours.grey, colours.vivid, colours.tan, colours.deep))(rng), 0.5)
    if studio.chance(0.35):
        frame = materials.metal(studio.pick((colours.STEEL, colours.GOLD)))
    dark = studio.chance(0.6)
    lens = materials.glass(
        colours.deep(rng) if dark else (0.75, 0.8, 0.85), studio.between(0.55, 0.9) if dark else 0.08
    )
    centre = 0.5 + rx + studio.between(0.035, 0.06)
    rim = _pairs(_rim(studio, rx, ry) + np.float32((centre, 0.5)))
    studio.add(Rod(curves.smooth([(0.5 - 0.07, 0.47), (0.5, 0.445), (0.57, 0.47)], closed=False), thickness), frame)
    for flip in (False, True):
        outline = _flipped(rim, flip)
        studio.add(Cut([outline], bevel=0.05), lens)
        studio.add(Rod(np.concatenate([outline, outline[:2]]), thickness), frame)
        hinge = _flipped([(centre + rx - 0.01, 0.44), (centre + rx + 0.04, 0.42), (centre + rx + 0.045, 0.46)], flip)
        studio.add(Rod(hinge, 1.1 * thickness), frame)


def _rim(studio: Studio, rx: float, ry: float) -> Points:
    """A lens around the origin: round, squarish, or a drop, and wider above than below."""
    angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    squareness, taper, drop = studio.between(0.55, 1.0), studio.between(0.0, 0.16), studio.between(0.0, 0.12)
    x, y = (np.sign(wave) * np.abs(wave) ** squareness for wave in (np.cos(angles), np.sin(angles)))
    return np.column_stack([rx * (x * (1 - taper * y) - drop * y), ry * (y - 0.12 * drop * x)]).astype(np.float32)


def umbrella(studio: Studio) -> None:
    """An open umbrella with a crook."""
    rng = studio.rng
    stick = materials.wood(rng, upright=True)
    crook = [(0.5, 0.3), (0.5, 0.8), (0.5, 0.86), (0.54, 0.9), (0.58, 0.86)]
    studio.add(Rod(curves.smooth(crook, closed=False), 0.02), stick)
    main, second = colours.any_colour(rng), colours.any_colour(rng)
    ribs = np.linspace(0.08, 0.92, 7)
    for index in range(6):
        left, right = float(ribs[index]), float(ribs[index + 1])
        panel = [
            (0.5, 0.14),
            *_rib(left),
            (left, 0.52),
            ((left + right) / 2, 0.48),
            (right, 0.52),
            *reversed(_rib(right)),
        ]
        lean = ((left + right - 1) * 0.8, -0.25)
        studio.add(
            Cut([curves.polygon(panel)], bevel=0.008, lean=lean), materials.plastic(second if index % 2 else main, 0.05)
        )
    studio.add(Turned([(0.1, 0.006), (0.15, 0.012)], view=0.05), materials.metal())


def _rib(x: float) -> list[XY]:
    """The bent line from the top of an umbrella down to (x, 0.52)."""
    angles = np.linspace(0.2, 0.9, 5) * np.pi / 2
    return [(0.5 + (x - 0.5) * float(np.sin(angle)), 0.52 - 0.38 * float(np.cos(angle))) for angle in angles]


def _sole(studio: Studio, colour: Colour) -> None:
    outline = [
        (0.06, 0.68),
        (0.3, 0.7),
        (0.6, 0.695),
        (0.94, 0.66),
        (0.96, 0.7),
        (0.9, 0.77),
        (0.5, 0.785),
        (0.09, 0.785),
        (0.055, 0.74),
    ]
    studio.add(Cut([curves.smooth(outline)], bevel=0.02), materials.matte(colour))
    tread = curves.smooth([(0.07, 0.765), (0.5, 0.775), (0.88, 0.762)], closed=False)
    studio.add(Rod(tread, 0.016), materials.matte(colours.shaded(colours.grey(studio.rng), 0.6)))


def _seams(studio: Studio, colour: Colour, lines: Sequence[Sequence[XY]]) -> None:
    """Fine darker (on black: lighter) lines where parts are sewn together."""
    tone = colours.shaded(colour, 0.72) if colours.luminance(colour) > 0.2 else colours.shaded(colour, 1.9)
    for line in lines:
        studio.add(Rod(curves.smooth(line, closed=False), 0.006), materials.matte(tone))


def _flipped(points: Sequence[XY], flip: bool) -> Points:
    outline = curves.polygon(points)
    return outline * np.float32((-1, 1)) + np.float32((1, 0)) if flip else outline


def _pairs(points: Points) -> list[XY]:
    return [(x, y) for x, y in points.tolist()]


def _ray(degrees: float, start: float, end: float) -> Points:
    direction = np.array([np.sin(np.radians(degrees)), -np.cos(np.radians(degrees))])
    return (0.5 + np.array([[start], [end]]) * direction).astype(np.float32)
