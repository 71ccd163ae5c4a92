"""Things that nobody has seen before: free outlines, solids, boxes and wires, with odd parts attached.

They teach what is in front of the ground, whatever it is.
"""

from __future__ import annotations

import numpy as np

from .. import colours, curves, materials
from ..boxes import View
from ..curves import XY, Points
from ..prints import Print, emblem, label, wordmark
from ..shapes import Ball, Cut, Rod, Strands, Turned
from ..studio import Studio
from .parts import SIDES, beads, cord, flipped, fringe, fur, hook, slab, strap


def _outline(studio: Studio, x: float, y: float, size: float) -> Points:
    """A free outline around (x, y): from round to ragged, from slim to wide."""
    shape = curves.boulder(studio.rng, studio.between(0, 1.6), squareness=studio.between(0.35, 1.3))
    slim = size * studio.between(0.3, 1)
    return curves.scaled(shape, x, y, size, slim, degrees=studio.between(0, 360))


def _holes(studio: Studio, x: float, y: float, size: float) -> list[Points]:
    """None, or some openings near (x, y)."""
    count = int(studio.rng.integers(1, 4)) if studio.chance(0.25) else 0
    spread = [studio.rng.uniform(-0.4, 0.4, 2) * size for _ in range(count)]
    return [_outline(studio, x + dx, y + dy, size * studio.between(0.08, 0.3)) for dx, dy in spread]


def _print(studio: Studio, ground: colours.Colour, x: float, y: float, size: float) -> list[Print]:
    """Sometimes a name, sign or label."""
    if studio.chance(0.65):
        return []
    ink = colours.contrasting(studio.rng, ground)
    picture = studio.pick((wordmark(studio.rng, ink), emblem(studio.rng, ink), label(studio.rng)))
    return [Print(picture, (x, y), size * studio.between(0.4, 1))]


def _attach(studio: Studio, outline: Points) -> None:
    """Hang one to three odd parts on an outline: straps, loops, hooks, tassels, legs, knobs, wires, beads, fur."""
    for _ in range(int(studio.rng.integers(1, 4))):
        material = materials.anything(studio.rng)
        (x, y), (to_x, to_y) = outline[studio.rng.integers(len(outline), size=2)].tolist()
        out = 0.5 + studio.between(1.1, 1.9) * (x - 0.5), 0.5 + studio.between(1.1, 1.9) * (y - 0.5)
        thin, sway = studio.between(0.004, 0.035), studio.between(0.02, 0.2)
        part = int(studio.rng.integers(7))
        if part == 0:
            strap(studio, [(x, y), out, (to_x, to_y)], thin + 0.01, material)
        elif part == 1:
            studio.add(Rod(curves.wander(studio.rng, (x, y), out, 0.5 * sway), thin), material)
        elif part == 2:
            fringe(studio, (x, y), (to_x, to_y), studio.between(0.03, 0.12), material)
        elif part == 3:
            studio.add(Ball(x, y, studio.between(0.015, 0.07)), material)
        elif part == 4:
            beads(studio, curves.wander(studio.rng, (x, y), (to_x, to_y), sway), studio.between(0.008, 0.025), material)
        elif part == 5:
            hook(studio, (x, y), studio.between(0.02, 0.06), material)
        else:
            studio.add(Cut(curves.tube([(x, y), out], [3 * thin, thin])), material)


def pebble(studio: Studio) -> None:
    """One to four free outlines in front of each other, with odd parts."""
    outlines = []
    for layer in range(int(studio.rng.integers(1, 5))):
        size = studio.between(0.2, 0.36) * (0.8**layer)
        x, y = (0.5 + studio.between(-0.15, 0.15) * min(layer, 1) for _ in range(2))
        outlines.append(_outline(studio, x, y, size))
        material = materials.anything(studio.rng)
        bevel = studio.pick((0.008, 0.03, 0.08))
        holes = _holes(studio, x, y, size)
        studio.add(Cut(outlines[-1], bevel, holes=holes), material, *_print(studio, material.colour, x, y, size))
        if layer == 0 and studio.chance(0.5):
            _attach(studio, outlines[0])
    if studio.chance(0.4):
        _attach(studio, outlines[0])


def gadget(studio: Studio) -> None:
    """A symmetrical thing: mirrored halves, with mirrored parts on it and beside it."""
    material = materials.anything(studio.rng)
    heights = np.sort(studio.rng.uniform(0.12, 0.88, int(studio.rng.integers(3, 8))))
    half = [(0.5 + studio.between(0.03, 0.38), float(y)) for y in heights]
    edge = [(0.5, half[0][1] - 0.03), *half, (0.5, half[-1][1] + 0.03)]
    outline = curves.smooth(curves.mirrored(edge)) if studio.chance(0.6) else curves.polygon(curves.mirrored(edge))
    for _ in range(int(studio.rng.integers(0, 3))):
        _pair_behind(studio)
    middle = float(heights.mean())
    studio.add(
        Cut(outline, studio.pick((0.01, 0.04, 0.09))), material, *_print(studio, material.colour, 0.5, middle, 0.3)
    )
    for _ in range(int(studio.rng.integers(0, 5))):
        _pair_in_front(studio)


def _pair_behind(studio: Studio) -> None:
    """Limbs, wings or handles on both sides."""
    material, y = materials.anything(studio.rng), studio.between(0.2, 0.8)
    line = [(0.52, y), (0.5 + studio.between(0.2, 0.45), y + studio.between(-0.2, 0.2))]
    line.append((0.5 + studio.between(0.1, 0.45), y + studio.between(-0.35, 0.35)))
    widths = studio.rng.uniform(0.008, 0.12, 3).tolist()
    for side in SIDES:
        studio.add(Cut(curves.tube(flipped(line, side), widths), 0.02), material)


def _pair_in_front(studio: Studio) -> None:
    """Knobs, seams or patches on both sides."""
    material, kind = materials.anything(studio.rng), int(studio.rng.integers(3))
    x, y, size = 0.5 + studio.between(0, 0.2), studio.between(0.25, 0.75), studio.between(0.01, 0.08)
    patch, reach = _outline(studio, x, y, size), studio.between(-0.2, 0.2)
    for side in SIDES:
        if kind == 0:
            studio.add(Ball(0.5 + side * (x - 0.5), y, size), material)
        elif kind == 1:
            studio.add(Cut(curves.polygon(flipped(patch.tolist(), side)), 0.01), material)
        else:
            studio.add(cord(flipped([(x, y), (x + 0.05, y + reach), (x + 0.1, y)], side), 0.2 * size + 0.004), material)


def totem(studio: Studio) -> None:
    """Solids of revolution with free profiles, stacked, with odd parts."""
    y, view = studio.between(0.08, 0.3), studio.between(0.02, 0.25)
    pieces: list[Turned] = []
    while y < 0.8:
        end = min(0.9, y + studio.between(0.08, 0.6))
        knots = zip(np.linspace(y, end, 5).tolist(), studio.rng.uniform(0.02, 0.3, 5).tolist(), strict=True)
        smooth = studio.chance(0.6)
        pieces.append(Turned(curves.monotone(knots) if smooth else list(knots), view=view, rounding=0.02))
        y = end
    for piece in reversed(pieces):
        material = materials.anything(studio.rng)
        studio.add(piece, material, *_print(studio, material.colour, 0.5, piece.profile[2][0], piece.widest))
        studio.add(Cut(piece.opening(), 0.01, lean=(0.0, -0.2)), material)
    if studio.chance(0.5):
        _attach(studio, curves.polygon([(0.5 + side * 0.1, y) for side in SIDES for y in (0.3, 0.5, 0.7)]))


def contraption(studio: Studio) -> None:
    """Boxes on and beside each other, on legs or not, with odd parts."""
    view, y = View.drawn(studio), 0.85
    left, right, depth = 0.5 - studio.between(0.1, 0.35), 0.5 + studio.between(0.1, 0.35), studio.between(0.1, 0.5)
    if studio.chance(0.5):
        y -= studio.between(0.05, 0.4)
        post = studio.between(0.008, 0.05)
        view.legs(studio, (left, y, -depth / 2), (right, 0.85, depth / 2), post, materials.hard(studio.rng))
    while y > 0.25:
        top = y - studio.between(0.02, 0.4)
        material = materials.anything(studio.rng)
        prints = _print(studio, material.colour, (right - left) / 2, (y - top) / 2, min(right - left, y - top))
        view.block(
            studio,
            (left, top, -depth / 2),
            (right, y, depth / 2),
            material,
            **dict(zip(["front"], prints, strict=False)),
        )
        shrink = studio.between(0.0, 0.2) * (right - left)
        left, right, y = left + studio.between(0, 1) * shrink, right - studio.between(0, 1) * shrink, top
        if studio.chance(0.4):
            break
    if studio.chance(0.4):
        _attach(studio, curves.rectangle(left, y, right, 0.8))


def tangle(studio: Studio) -> None:
    """Wires, cords and rods: coils, cables, lattices, loops and bunches of sticks."""
    draw = studio.pick((_coil, _cable, _lattice, _loops, _sticks))
    for _ in range(int(studio.rng.integers(1, 3))):
        studio.add(Strands(draw(studio), studio.between(0.004, 0.03)), materials.anything(studio.rng))
    for _ in range(int(studio.rng.integers(0, 3))):
        x, y = studio.rng.uniform(0.3, 0.7, 2).tolist()
        studio.add(Cut(_outline(studio, x, y, studio.between(0.03, 0.15)), 0.02), materials.anything(studio.rng))


def _coil(studio: Studio) -> list[Points]:
    turns, grow = studio.between(2, 9), studio.between(0.02, 0.2)
    angle = np.linspace(0, 2 * np.pi * turns, int(60 * turns))
    radius = np.linspace(grow, 0.3, len(angle))
    rise = np.linspace(-0.3, 0.3, len(angle)) * studio.between(0, 1)
    return [
        np.column_stack([0.5 + radius * np.cos(angle), 0.5 + 0.5 * radius * np.sin(angle) + rise]).astype(np.float32)
    ]


def _cable(studio: Studio) -> list[Points]:
    ends: list[XY] = [(studio.between(0.1, 0.9), studio.between(0.1, 0.9)) for _ in range(4)]
    return [curves.wander(studio.rng, ends[i], ends[i + 1], studio.between(0.05, 0.3)) for i in range(3)]


def _lattice(studio: Studio) -> list[Points]:
    left, top = studio.between(0.1, 0.3), studio.between(0.1, 0.3)
    right, bottom = 1 - studio.between(0.1, 0.3), 1 - studio.between(0.1, 0.3)
    down, across = (np.linspace(0, 1, n).tolist() for n in studio.rng.integers(2, 12, 2))
    lean = studio.between(-0.15, 0.15) * studio.pick((0, 1))
    upright = [
        curves.polygon([(left + t * (right - left) + lean, top), (left + t * (right - left), bottom)]) for t in down
    ]
    return upright + [
        curves.polygon(
            [(left + lean * (1 - t), top + t * (bottom - top)), (right + lean * (1 - t), top + t * (bottom - top))]
        )
        for t in across
    ]


def _loops(studio: Studio) -> list[Points]:
    count = int(studio.rng.integers(1, 6))
    return [curves.ellipse(*studio.rng.uniform(0.4, 0.6, 2), *studio.rng.uniform(0.06, 0.3, 2)) for _ in range(count)]


def _sticks(studio: Studio) -> list[Points]:
    x, y = studio.between(0.4, 0.6), studio.between(0.6, 0.9)
    ends = [(x + studio.between(-0.4, 0.4), studio.between(0.1, 0.4)) for _ in range(int(studio.rng.integers(3, 25)))]
    return [curves.wander(studio.rng, (x, y), end, 0.04, 2) for end in ends]


def creature(studio: Studio) -> None:
    """A furry or fringed outline."""
    outline = _outline(studio, 0.5, 0.5, studio.between(0.25, 0.36))
    material = materials.plush(studio.rng, colours.any_colour(studio.rng))
    fur(studio, outline, studio.between(0.015, 0.09), material)
    if studio.chance(0.5):
        _attach(studio, outline)


def remnant(studio: Studio) -> None:
    """A piece of cloth, netting or lace, crumpled, some with fringes."""
    colour = colours.any_colour(studio.rng)
    make = studio.pick((materials.fabric, materials.lace, materials.leather, materials.straw))
    cloth = make(studio.rng, colour)
    left, right = 0.5 - studio.between(0.1, 0.35), 0.5 + studio.between(0.1, 0.35)
    top, bottom = 0.5 - studio.between(0.1, 0.35), 0.5 + studio.between(0.1, 0.35)
    if studio.chance(0.4):
        for y, length in ((top, -0.06), (bottom, 0.06)):
            fringe(studio, (left, y), (right, y), length * studio.between(0.4, 1.5), materials.felt(studio.rng, colour))
    studio.add(slab(left, top, right, bottom, radius=0.02), cloth, *_print(studio, colour, 0.5, 0.5, 0.3))
    studio.crumple(studio.between(0.01, 0.1), int(studio.rng.integers(3, 7)))
