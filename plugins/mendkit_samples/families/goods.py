"""Cartons, books, clocks, balls, cameras and candles."""

from __future__ import annotations

from .. import colours, curves, materials, patterns
from ..colours import Colour
from ..materials import Material
from ..prints import Print, emblem, label, wordmark
from ..shapes import Ball, Cut, Face, Turned
from ..studio import Studio
from .parts import METALS, bar, dial, disc, panel, slab

CARDBOARD: Colour = (0.76, 0.6, 0.42)


def carton(studio: Studio) -> None:
    """A printed box, seen on a corner."""
    rng = studio.rng
    colour = CARDBOARD if studio.chance(0.3) else colours.any_colour(rng)
    card = materials.matte(colour)
    width, height, depth = studio.between(0.3, 0.5), studio.between(0.35, 0.65), studio.between(0.1, 0.2)
    left, top, turn = 0.5 - width / 2 - 0.35 * depth, 0.88 - height, 0.4 * depth
    edge, right = left + width, left + width + 0.7 * depth
    sheet = Print(label(rng, min(1.3, 0.8 * height / width)), (width / 2, height / 2), 0.84 * width)
    front = [(left, top + 0.02), (edge, top + turn), (edge, 0.88), (left, 0.9 - turn)]
    studio.add(Face(front, (width, height), lean=(-0.15, 0.0)), card, sheet)
    sign = Print(emblem(rng, colours.contrasting(rng, colour)), (depth / 2, height / 2), 0.8 * depth)
    side = [(edge, top + turn), (right, top + 0.01), (right, 0.88 - turn), (edge, 0.88)]
    studio.add(Face(side, (depth, height), lean=(0.6, 0.0)), card, sign)
    lid = [(left, top + 0.02), (left + 0.68 * depth, top - 0.8 * turn), (right, top + 0.01), (edge, top + turn)]
    studio.add(Face(lid, (width, depth), lean=(0.0, -0.55)), card)


def book(studio: Studio) -> None:
    """A hardcover book, standing."""
    rng = studio.rng
    colour = colours.any_colour(rng)
    cover, ink = materials.plastic(colour, 0.1), colours.contrasting(rng, colour)
    width, height, thickness = studio.between(0.42, 0.58), 0.74, studio.between(0.03, 0.08)
    left, right, top, bottom = 0.5 - width / 2, 0.5 + width / 2, 0.14, 0.88
    _pages(studio, right, thickness, cover)
    front = [(left, top), (right, top + 0.02), (right, bottom), (left, bottom - 0.03)]
    title = Print(wordmark(rng, ink), (0.55 * width, 0.16 * height), 0.8 * width)
    picture = Print(emblem(rng, ink), (0.55 * width, 0.52 * height), 0.62 * width)
    author = Print(wordmark(rng, ink), (0.55 * width, 0.9 * height), 0.36 * width)
    studio.add(Face(front, (width, height), lean=(-0.1, -0.05)), cover, title, picture, author)
    hinge = bar([(left + 0.045, top + 0.003), (left + 0.045, bottom - 0.03)], 0.008)
    studio.add(hinge, materials.matte(colours.shaded(colour, 0.75)))


def _pages(studio: Studio, x: float, thickness: float, cover: Material) -> None:
    """The back cover, and the pages in front of it."""
    far = x + thickness
    studio.add(panel([(x, 0.16), (far, 0.14), (far, 0.835), (x, 0.88)], lean=(0.5, 0.0)), cover)
    inner = x + 0.9 * thickness
    block = [(x, 0.17), (inner, 0.152), (inner, 0.825), (x, 0.868)]
    paper = Material(colours.PAPER, colours.shaded(colours.PAPER, 0.82), patterns.leaves(9))
    studio.add(Face(block, (1.0, 1.0), lean=(0.4, 0.0)), paper)


def clock(studio: Studio) -> None:
    """A wall clock."""
    painted = materials.plastic(colours.any_colour(studio.rng), 0.5)
    dial(studio, 0.4, studio.pick((materials.metal(), materials.wood(studio.rng), painted)))


def ball(studio: Studio) -> None:
    """A ball, patterned or with a sign on it."""
    rng = studio.rng
    colour = colours.any_colour(rng)
    skin = materials.ceramic(rng, colour) if studio.chance(0.6) else materials.leather(rng, colour)
    sign = Print(emblem(rng, colours.contrasting(rng, colour)), (0.5, 0.5), 0.4)
    studio.add(Ball(0.5, 0.5, 0.36), skin, *([sign] if skin.plainly else []))


def camera(studio: Studio) -> None:
    """A camera from the front."""
    rng = studio.rng
    grip = materials.leather(rng, studio.pick((colours.grey, colours.tan, colours.deep))(rng))
    shell = studio.pick((materials.metal(studio.pick(METALS)), materials.plastic(colours.any_colour(rng))))
    for x in (0.22, 0.7):
        studio.add(Turned([(0.285, 0.045), (0.33, 0.045)], axis=x, view=0.2, rounding=0.004), shell)
    studio.add(panel([(0.4, 0.32), (0.44, 0.24), (0.56, 0.24), (0.6, 0.32)], bevel=0.015), shell)
    studio.add(slab(0.1, 0.31, 0.9, 0.76, radius=0.05, bevel=0.025), shell)
    studio.add(slab(0.11, 0.42, 0.89, 0.68, radius=0.01), grip)
    name = Print(wordmark(rng, colours.contrasting(rng, shell.colour)), (0.5, 0.29), 0.13)
    studio.add(slab(0.43, 0.26, 0.57, 0.315, radius=0.01), shell, name)
    _objective(studio, studio.between(0.19, 0.22))


def _objective(studio: Studio, radius: float) -> None:
    """Rings of metal and plastic around a dark lens."""
    studio.add(disc(0.5, 0.54, radius, bevel=0.012), materials.metal((0.4, 0.4, 0.42)))
    studio.add(disc(0.5, 0.54, 0.86 * radius, bevel=0.012), materials.plastic(colours.BLACK, 0.3))
    studio.add(disc(0.5, 0.54, 0.7 * radius, bevel=0.012), materials.metal((0.25, 0.25, 0.27)))
    studio.add(disc(0.5, 0.54, 0.5 * radius, bevel=0.06), materials.glass((0.12, 0.1, 0.25), 0.95))


def candle(studio: Studio) -> None:
    """A pillar candle of pale wax."""
    pale = studio.pick((colours.PAPER, colours.near_white(studio.rng), (0.95, 0.9, 0.8)))
    wax = materials.plastic(pale if studio.chance(0.6) else colours.pastel(studio.rng), 0.15)
    top, radius = studio.between(0.25, 0.5), studio.between(0.12, 0.22)
    body = Turned([(top, radius), (0.88, radius * studio.between(1.0, 1.15))], view=0.2, rounding=0.008)
    studio.add(body, wax)
    studio.add(Cut(body.opening(), bevel=0.02, lean=(0.0, -0.25)), wax)
    studio.add(bar([(0.5, top - 0.06), (0.5, top + 0.01)], 0.012), materials.matte(colours.BLACK))


def painting(studio: Studio) -> None:
    """A framed picture of hills under a sun."""
    rng = studio.rng
    half, height = studio.between(0.26, 0.42), studio.between(0.26, 0.42)
    frame = studio.pick((materials.wood(rng), materials.metal(studio.pick(METALS)), materials.matte(colours.BLACK)))
    left, top, right, bottom = 0.5 - half, 0.5 - height, 0.5 + half, 0.5 + height
    studio.add(slab(left, top, right, bottom, bevel=0.012), frame)
    studio.add(slab(left + 0.03, top + 0.03, right - 0.03, bottom - 0.03, bevel=0.006), materials.matte(colours.PAPER))
    left, top, right, bottom = left + 0.08, top + 0.08, right - 0.08, bottom - 0.08
    studio.add(slab(left, top, right, bottom, bevel=0.003), materials.matte(colours.pastel(rng)))
    sun = disc(left + studio.between(0.3, 0.7) * (right - left), top + 0.3 * (bottom - top), 0.05, bevel=0.003)
    studio.add(sun, materials.matte(colours.vivid(rng)))
    for level in (0.55, 0.75):
        skyline = [(left, top + (level + studio.between(-0.1, 0.1)) * (bottom - top))]
        skyline += [((left + right) / 2, skyline[0][1] - studio.between(-0.06, 0.08))]
        skyline += [(right, top + (level + studio.between(-0.1, 0.1)) * (bottom - top))]
        hill = [*curves.smooth(skyline, closed=False).tolist(), (right, bottom), (left, bottom)]
        studio.add(panel(hill, bevel=0.003), materials.matte(colours.deep(rng) if level > 0.6 else colours.vivid(rng)))
