"""Chairs, lamps, cabinets, boxes, books, clocks, balls and cameras: what stands in a home."""

from __future__ import annotations

import numpy as np

from .. import colours, curves, materials
from ..colours import Colour
from ..curves import XY
from ..materials import Material
from ..prints import Print, emblem, label, wordmark
from ..shapes import Ball, Cut, Face, Rod, Turned
from ..studio import Studio
from .wearables import dial


def chair(studio: Studio) -> None:
    """A wooden or painted chair, seen from a little above."""
    rng = studio.rng
    frame = materials.wood(rng, upright=True) if studio.chance(0.6) else materials.plastic(colours.any_colour(rng), 0.2)
    seat_wood = (
        materials.wood(rng) if studio.chance(0.4) else materials.fabric(rng, colours.any_colour(rng), patterned=0)
    )
    half, seat, leg = studio.between(0.19, 0.23), studio.between(0.54, 0.6), studio.between(0.028, 0.042)
    back = 0.8 * half
    for side in (-1, 1):
        studio.add(Rod(curves.polygon([(0.5 + side * back, 0.1), (0.5 + side * back, 0.82)]), leg), frame)
    for y in np.linspace(0.14, seat - 0.16, int(rng.integers(1, 4))).tolist():
        slat = curves.rectangle(0.5 - back, y - 0.02, 0.5 + back, y + studio.between(0.03, 0.07), 0.01)
        studio.add(Cut([slat], bevel=0.012), frame)
    for side in (-1, 1):
        studio.add(
            Rod(curves.polygon([(0.5 + side * (half - 0.01), seat), (0.5 + side * half, 0.92)]), 1.1 * leg), frame
        )
    apron = curves.rectangle(0.5 - half, seat, 0.5 + half, seat + 0.06, 0.005)
    studio.add(Cut([apron], bevel=0.01), frame)
    top = [(0.5 - back, seat - 0.08), (0.5 + back, seat - 0.08), (0.51 + half, seat + 0.01), (0.49 - half, seat + 0.01)]
    studio.add(Cut([curves.polygon([*top, (0.49 - half, seat + 0.01)])], bevel=0.018, lean=(0.0, -0.3)), seat_wood)


def armchair(studio: Studio) -> None:
    """An upholstered armchair or small sofa."""
    rng = studio.rng
    cloth = materials.fabric(rng, colours.any_colour(rng), patterned=0)
    if studio.chance(0.3):
        cloth = materials.leather(rng, colours.any_colour(rng))
    half, arm = studio.between(0.28, 0.42), studio.between(0.08, 0.12)
    feet = materials.wood(rng, upright=True)
    for side in (-1, 1):
        foot = [(0.5 + side * (half - 0.05), 0.76), (0.5 + side * (half - 0.03), 0.86)]
        studio.add(Rod(curves.polygon(foot), 0.035), feet)
    studio.add(Cut([curves.rectangle(0.52 - half, 0.26, 0.48 + half, 0.7, 0.08)], bevel=0.05), cloth)
    cushions = 2 if half > 0.35 else 1
    edges = np.linspace(0.5 - half + arm, 0.5 + half - arm, cushions + 1).tolist()
    for left, right in zip(edges[:-1], edges[1:], strict=True):
        studio.add(Cut([curves.rectangle(left, 0.3, right, 0.58, 0.04)], bevel=0.04), cloth)
        studio.add(Cut([curves.rectangle(left, 0.53, right, 0.66, 0.035)], bevel=0.03, lean=(0.0, -0.12)), cloth)
    studio.add(Cut([curves.rectangle(0.5 - half, 0.65, 0.5 + half, 0.78, 0.02)], bevel=0.03), cloth)
    for side in (-1, 1):
        x = 0.5 + side * (half - arm / 2)
        studio.add(Cut([curves.rectangle(x - arm / 2, 0.45, x + arm / 2, 0.78, arm / 2)], bevel=0.035), cloth)


def lamp(studio: Studio) -> None:
    """A table lamp with a cloth shade on a turned or metal foot."""
    rng = studio.rng
    upper, lower, bottom = studio.between(0.1, 0.2), studio.between(0.2, 0.28), studio.between(0.42, 0.5)
    foot = studio.pick(
        (materials.metal(studio.pick((colours.GOLD, colours.STEEL))), materials.ceramic(rng, colours.any_colour(rng)))
    )
    if studio.chance(0.6):
        belly = studio.between(0.08, 0.15)
        profile = [
            (bottom - 0.05, 0.018),
            (bottom + 0.08, 0.02),
            (0.72, belly),
            (0.84, 0.6 * belly),
            (0.88, 0.8 * belly),
        ]
        studio.add(Turned(profile, view=0.12, rounding=0.06), foot)
    else:
        studio.add(Rod(curves.polygon([(0.5, bottom - 0.05), (0.5, 0.87)]), 0.024), foot)
        studio.add(Turned([(0.85, 0.04), (0.87, 0.14), (0.885, 0.14)], view=0.2, rounding=0.008), foot)
    cloth = colours.near_white(rng) if studio.chance(0.4) else colours.any_colour(rng)
    shade = Turned([(0.12, upper), (bottom, lower)], view=0.1, rounding=0.004)
    studio.add(shade, materials.fabric(rng, cloth, patterned=0.3))
    studio.add(Cut([shade.opening()], bevel=0.01), materials.matte(colours.shaded(cloth, 0.8)))


def cabinet(studio: Studio) -> None:
    """A chest of drawers."""
    rng = studio.rng
    board = materials.wood(rng) if studio.chance(0.5) else materials.plastic(colours.any_colour(rng), 0.12)
    knob = (
        materials.metal(studio.pick((colours.STEEL, colours.GOLD)))
        if studio.chance(0.6)
        else materials.plastic(colours.BLACK)
    )
    half, top = studio.between(0.2, 0.36), studio.between(0.2, 0.45)
    for side in (-1, 1):
        leg = [(0.5 + side * (half - 0.04), 0.82), (0.5 + side * (half - 0.03), 0.92)]
        studio.add(Rod(curves.polygon(leg), 0.03), board)
    studio.add(Cut([curves.rectangle(0.5 - half, top, 0.5 + half, 0.85, 0.006)], bevel=0.008), board)
    lid = [(0.53 - half, top - 0.05), (0.47 + half, top - 0.05), (0.51 + half, top + 0.005), (0.49 - half, top + 0.005)]
    studio.add(Cut([curves.polygon(lid)], bevel=0.006, lean=(0.0, -0.4)), board)
    rows, columns = int(rng.integers(2, 5)), int(rng.integers(1, 3))
    ys, xs = (
        np.linspace(top + 0.03, 0.83, rows + 1).tolist(),
        np.linspace(0.52 - half, 0.48 + half, columns + 1).tolist(),
    )
    for row in range(rows):
        for column in range(columns):
            left, right, upper, lower = xs[column] + 0.008, xs[column + 1] - 0.008, ys[row] + 0.008, ys[row + 1] - 0.008
            gap = materials.matte(colours.shaded(board.colour, 0.45))
            studio.add(
                Cut([curves.rectangle(left - 0.005, upper - 0.005, right + 0.005, lower + 0.005)], bevel=0.004), gap
            )
            studio.add(Cut([curves.rectangle(left, upper, right, lower, 0.004)], bevel=0.008), board)
            studio.add(Ball((left + right) / 2, (upper + lower) / 2, 0.014), knob)


def carton(studio: Studio) -> None:
    """A printed box, seen on a corner."""
    rng = studio.rng
    colour = (0.76, 0.6, 0.42) if studio.chance(0.3) else colours.any_colour(rng)
    card = materials.matte(colour)
    width, height, depth = studio.between(0.3, 0.5), studio.between(0.35, 0.65), studio.between(0.1, 0.2)
    left, bottom, turn = 0.5 - (width + 0.7 * depth) / 2, 0.88, 0.4 * depth
    top = bottom - height
    a, b, c = left, left + width, left + width + 0.7 * depth
    ink = colours.contrasting(rng, colour)
    sheet = label(rng, min(1.3, 0.8 * height / width))
    front = [(a, top + 0.02), (b, top + turn), (b, bottom), (a, bottom - turn + 0.02)]
    studio.add(Face(front, (width, height), (-0.15, 0.0)), card, Print(sheet, (width / 2, height / 2), 0.84 * width))
    side = [(b, top + turn), (c, top + 0.01), (c, bottom - turn), (b, bottom)]
    sign = Print(emblem(rng, ink), (depth / 2, height / 2), 0.8 * depth)
    studio.add(Face(side, (depth, height), (0.6, 0.0)), card, sign)
    lid = [(a, top + 0.02), (a + 0.68 * depth, top - 0.8 * turn), (c, top + 0.01), (b, top + turn)]
    studio.add(Face(lid, (width, depth), (0.0, -0.55)), card)


def book(studio: Studio) -> None:
    """A hardcover book, standing."""
    rng = studio.rng
    colour = colours.any_colour(rng)
    ink = colours.contrasting(rng, colour)
    cover = materials.plastic(colour, 0.1)
    width, height, pages = studio.between(0.42, 0.58), 0.74, studio.between(0.03, 0.08)
    left, top = 0.5 - width / 2, 0.14
    right, bottom = left + width, top + height
    studio.add(
        Face(
            [(right, top + 0.02), (right + pages, top), (right + pages, bottom - 0.045), (right, bottom)],
            (pages, height),
            (0.5, 0),
        ),
        cover,
    )
    block = [
        (right, top + 0.03),
        (right + 0.9 * pages, top + 0.012),
        (right + 0.9 * pages, bottom - 0.055),
        (right, bottom - 0.012),
    ]
    paper = Material(
        colours.PAPER,
        colours.shaded(colours.PAPER, 0.82),
        lambda u, v: (np.mod(60 * u / pages / 8, 1.0) < 0.5).astype(np.float32),
    )
    studio.add(Face(block, (pages, height), (0.4, 0.0)), paper)
    title = Print(wordmark(rng, ink), (0.55 * width, 0.16 * height), 0.8 * width)
    picture = Print(emblem(rng, ink), (0.55 * width, 0.52 * height), 0.62 * width)
    author = Print(wordmark(rng, ink), (0.55 * width, 0.9 * height), 0.36 * width)
    front = [(left, top), (right, top + 0.02), (right, bottom), (left, bottom - 0.03)]
    studio.add(Face(front, (width, height), (-0.1, -0.05)), cover, title, picture, author)
    hinge = curves.polygon([(left + 0.045, top + 0.003), (left + 0.045, bottom - 0.03)])
    studio.add(Rod(hinge, 0.008), materials.matte(colours.shaded(colour, 0.75)))


def clock(studio: Studio) -> None:
    """A wall clock."""
    rng = studio.rng
    rim = studio.pick((materials.metal(), materials.wood(rng), materials.plastic(colours.any_colour(rng), 0.5)))
    dial(studio, 0.4, rim)


def ball(studio: Studio) -> None:
    """A ball in two colours, or with seams."""
    rng = studio.rng
    colour = colours.any_colour(rng)
    skin = materials.ceramic(rng, colour) if studio.chance(0.6) else materials.leather(rng, colour)
    sign = Print(emblem(rng, colours.contrasting(rng, colour)), (0.5, 0.5), 0.4)
    studio.add(Ball(0.5, 0.5, 0.36), skin, *([sign] if skin.plainly else []))


def camera(studio: Studio) -> None:
    """A camera from the front."""
    rng = studio.rng
    grip = materials.leather(rng, studio.pick((colours.grey, colours.tan, colours.deep))(rng))
    shell = (
        materials.metal(studio.pick((colours.STEEL, (0.3, 0.3, 0.32))))
        if studio.chance(0.6)
        else materials.plastic(colours.any_colour(rng))
    )
    for x in (0.22, 0.7):
        studio.add(Turned([(0.285, 0.045), (0.33, 0.045)], axis=x, view=0.2, rounding=0.004), shell)
    hump = curves.polygon([(0.4, 0.32), (0.44, 0.24), (0.56, 0.24), (0.6, 0.32)])
    studio.add(Cut([hump], bevel=0.015), shell)
    studio.add(Cut([curves.rectangle(0.1, 0.31, 0.9, 0.76, 0.05)], bevel=0.025), shell)
    name = Print(wordmark(rng, colours.contrasting(rng, shell.colour)), (0.5, 0.29), 0.13)
    studio.add(Cut([curves.rectangle(0.11, 0.42, 0.89, 0.68, 0.01)], bevel=0.01), grip)
    studio.add(Cut([curves.rectangle(0.43, 0.26, 0.57, 0.315, 0.01)], bevel=0.01), shell, name)
    radii = studio.between(0.19, 0.22) * np.array((1.0, 0.86, 0.7, 0.5))
    rings = (
        materials.metal((0.4, 0.4, 0.42)),
        materials.plastic(colours.BLACK, 0.3),
        materials.metal((0.25, 0.25, 0.27)),
        materials.glass((0.12, 0.1, 0.25), 0.95),
    )
    for radius, ring in zip(radii.tolist(), rings, strict=True):
        studio.add(Cut([curves.ellipse(0.5, 0.54, radius, radius)], bevel=0.06 if radius < 0.12 else 0.012), ring)


def headphones(studio: Studio) -> None:
    """Headphones from the front."""
    rng = studio.rng
    colour = colours.any_colour(rng)
    band, cushion = materials.plastic(colour, 0.35), materials.leather(rng, colours.grey(rng))
    radius = studio.between(0.26, 0.31)
    arch = curves.ellipse(0.5, 0.45, radius, 0.33, 180, 360)
    studio.add(Rod(arch, studio.between(0.035, 0.06)), band)
    studio.add(Rod(curves.ellipse(0.5, 0.45, 0.9 * radius, 0.29, 215, 325), 0.03), cushion)
    for side in (-1, 1):
        x = 0.5 + side * radius
        studio.add(
            Cut([curves.rectangle(x - side * 0.05 - 0.045, 0.42, x - side * 0.05 + 0.045, 0.72, 0.045)], bevel=0.025),
            cushion,
        )
        cup: list[XY] = [
            (x - side * 0.02, 0.42),
            (x + side * 0.06, 0.46),
            (x + side * 0.085, 0.57),
            (x + side * 0.06, 0.68),
            (x - side * 0.02, 0.72),
        ]
        studio.add(Cut([curves.smooth(cup)], bevel=0.03), band)


def cushion(studio: Studio) -> None:
    """A scatter cushion."""
    rng = studio.rng
    cloth = materials.fabric(rng, colours.any_colour(rng), patterned=0.75)
    half, height = studio.between(0.3, 0.38), studio.between(0.24, 0.36)
    pinch = studio.between(0.02, 0.05)
    corner: list[XY] = [(0.5 + half, 0.5 - height), (0.5 + half - pinch, 0.5), (0.5 + half, 0.5 + height)]
    side = [
        (0.5, 0.5 - height + pinch),
        corner[0],
        corner[0],
        corner[1],
        corner[2],
        corner[2],
        (0.5, 0.5 + height - pinch),
    ]
    studio.add(Cut([curves.smooth(curves.mirrored(side))], bevel=0.09), cloth)


_TINTS: tuple[Colour, ...] = ((0.98, 0.97, 0.94), (0.95, 0.9, 0.8))


def candle(studio: Studio) -> None:
    """A pillar candle of pale wax."""
    radius, top = studio.between(0.12, 0.22), studio.between(0.25, 0.5)
    wax = studio.pick(_TINTS) if studio.chance(0.6) else colours.pastel(studio.rng)
    studio.add(Rod(curves.polygon([(0.5, top - 0.06), (0.5, top + 0.01)]), 0.012), materials.matte(colours.BLACK))
    body = Turned([(top, radius), (0.88, radius)], view=0.2, rounding=0.008)
    studio.add(body, materials.plastic(wax, 0.15))
    studio.add(Cut([body.opening()], bevel=0.02, lean=(0.0, -0.25)), materials.matte(wax))
    studio.add(Rod(curves.polygon([(0.5, top - 0.06), (0.5, top + 0.01)]), 0.012), materials.matte(colours.BLACK))
