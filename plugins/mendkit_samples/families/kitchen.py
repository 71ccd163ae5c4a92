"""Kitchenware and tools: cutlery, knives, pans, plates, hammers, guitars, bicycles."""

from __future__ import annotations

import numpy as np

from .. import colours, curves, materials
from ..curves import XY
from ..materials import Material
from ..shapes import Ball, Cut, Rod, Strands, Turned
from ..studio import Studio
from .parts import METALS, bar, cord, disc, limb, panel, slab


def _handle(studio: Studio) -> Material:
    return studio.pick(
        (materials.wood(studio.rng, upright=True), materials.hard(studio.rng), materials.brushed(studio.rng))
    )


def _blade(studio: Studio, outline: list[XY]) -> None:
    studio.add(Cut(curves.smooth(outline), 0.012), materials.brushed(studio.rng, studio.pick(METALS)))


def utensil(studio: Studio) -> None:
    """A spoon, fork, knife, spatula, whisk, brush, comb or screwdriver, some laid aslant."""
    handle, steel = _handle(studio), materials.metal(studio.pick(METALS))
    wide, neck, kind = studio.between(0.015, 0.05), studio.between(0.35, 0.5), int(studio.rng.integers(6))
    studio.add(bar([(0.5, 0.3), (0.5, neck + 0.1)], studio.between(0.012, 0.03)), steel)
    if kind == 0:
        studio.add(Cut(curves.ellipse(0.5, 0.22, studio.between(0.05, 0.11), 0.13), 0.06), steel)
    elif kind == 1:
        for x in (0.455, 0.485, 0.515, 0.545):
            studio.add(bar([(x, 0.08), (x, 0.24)], 0.014), steel)
        studio.add(Cut(curves.ellipse(0.5, 0.25, 0.055, 0.07), 0.02), steel)
    elif kind == 2:
        _blade(studio, [(0.47, neck), (0.46, 0.2), (0.5, 0.06), (0.5, 0.06), (0.55, 0.25), (0.55, neck), (0.55, neck)])
    elif kind == 3:
        studio.add(slab(0.42, 0.1, 0.58, 0.32, radius=0.03), studio.pick((handle, steel)))
    elif kind == 4:
        loops = [curves.ellipse(0.5, 0.22, radius, 0.16) for radius in (0.02, 0.05, 0.08, 0.1)]
        studio.add(Strands(loops, 0.008), steel)
    else:
        teeth = [curves.polygon([(x, 0.1), (x, 0.24)]) for x in np.linspace(0.4, 0.6, int(studio.rng.integers(6, 25)))]
        studio.add(Strands(teeth, 0.007), materials.matte(colours.any_colour(studio.rng)))
        studio.add(slab(0.38, 0.22, 0.62, 0.29, radius=0.02), handle)
    studio.add(
        limb([(0.5, neck), (0.5, 0.6), (0.5, 0.8), (0.5, 0.92)], [wide, 1.2 * wide, 1.6 * wide, wide], 0.015), handle
    )
    studio.turn(studio.pick((0.0, 0.0, 90.0, studio.between(-60, 60))))


def pan(studio: Studio) -> None:
    """A frying pan, wok or sieve with a long handle, from above."""
    radius, squash = studio.between(0.2, 0.28), studio.between(0.4, 1.0)
    body, inner = materials.hard(studio.rng), materials.moulded(studio.rng, colours.black(studio.rng))
    start = 0.38 + radius
    studio.add(
        limb([(start - 0.04, 0.5), (0.5 * start + 0.48, 0.47), (0.96, 0.45)], [0.03, 0.035, 0.05], 0.012),
        _handle(studio),
    )
    studio.add(Cut(curves.ellipse(0.38, 0.52, radius, squash * radius), 0.02), body)
    studio.add(Cut(curves.ellipse(0.38, 0.5, radius, squash * radius), 0.012), body)
    studio.add(Cut(curves.ellipse(0.38, 0.5, 0.92 * radius, 0.92 * squash * radius), 0.05), studio.pick((inner, body)))


def plate(studio: Studio) -> None:
    """A plate, bowl, tray or lid, from above or aslant."""
    clay = studio.pick((materials.ceramic(studio.rng, colours.any_colour(studio.rng)), materials.hard(studio.rng)))
    radius, view = 0.38, studio.between(0.15, 1.0)
    if view < 0.5:
        depth = studio.between(0.04, 0.3)
        bowl = Turned(
            curves.monotone([(0.4, radius), (0.4 + 0.6 * depth, 0.8 * radius), (0.4 + depth, 0.4 * radius)]), view=view
        )
        studio.add(bowl, clay)
    squash = view if view < 0.5 else 1.0
    studio.add(Cut(curves.ellipse(0.5, 0.4, radius, squash * radius), 0.012), clay)
    for share in (0.93, 0.65)[: int(studio.rng.integers(1, 3))]:
        studio.add(Cut(curves.ellipse(0.5, 0.4, share * radius, share * squash * radius), 0.03), clay)


def tool(studio: Studio) -> None:
    """A hammer, axe, drill, racket or brush."""
    grip, head, kind = _handle(studio), materials.hard(studio.rng), int(studio.rng.integers(4))
    if kind == 0:
        studio.add(limb([(0.5, 0.2), (0.5, 0.6), (0.5, 0.92)], [0.04, 0.05, 0.06]), grip)
        claw = [(0.28, 0.14), (0.42, 0.12), (0.6, 0.14), (0.78, 0.26), (0.6, 0.24), (0.42, 0.25), (0.28, 0.25)]
        studio.add(Cut(curves.smooth(claw), 0.02), head)
    elif kind == 1:
        studio.add(limb([(0.62, 0.4), (0.68, 0.62), (0.7, 0.84)], [0.13, 0.1, 0.12], 0.03), grip)
        studio.add(slab(0.55, 0.8, 0.86, 0.9, radius=0.02), materials.matte(colours.BLACK))
        studio.add(limb([(0.12, 0.33), (0.3, 0.33), (0.55, 0.34), (0.82, 0.35)], [0.03, 0.12, 0.2, 0.2], 0.04), head)
        studio.add(bar([(0.02, 0.33), (0.2, 0.33)], 0.018), materials.metal())
    elif kind == 2:
        ring = curves.ellipse(0.5, 0.3, studio.between(0.13, 0.2), 0.24)
        for lines in (np.linspace(0.36, 0.64, 12), np.linspace(0.12, 0.48, 14)):
            upright = lines[-1] > 0.6
            strings = [[(x, 0.1), (x, 0.5)] if upright else [(0.36, x), (0.64, x)] for x in lines]
            studio.add(Strands([curves.polygon(line) for line in strings], 0.004), materials.matte(colours.PAPER))
        studio.add(Rod(ring, 0.03), head)
        studio.add(limb([(0.5, 0.53), (0.5, 0.7), (0.5, 0.93)], [0.03, 0.03, 0.045]), grip)
    else:
        studio.add(limb([(0.5, 0.4), (0.5, 0.65), (0.5, 0.92)], [0.1, 0.04, 0.05]), grip)
        studio.add(slab(0.36, 0.3, 0.64, 0.42, radius=0.01), head)
        hairs = [
            curves.polygon([(x, 0.3), (x + studio.between(-0.01, 0.01), 0.12)]) for x in np.linspace(0.37, 0.63, 50)
        ]
        studio.add(Strands(hairs, 0.006), materials.matte(colours.tan(studio.rng)))
    studio.turn(studio.pick((0.0, 0.0, studio.between(-90, 90))))


def guitar(studio: Studio) -> None:
    """A guitar or ukulele."""
    body = studio.pick(
        (materials.wood(studio.rng, upright=True), materials.plastic(colours.any_colour(studio.rng), 0.5))
    )
    waist = studio.between(0.09, 0.15)
    half = [
        (0.5, 0.46),
        (0.5 + 1.2 * waist, 0.48),
        (0.5 + 1.4 * waist, 0.56),
        (0.5 + waist, 0.65),
        (0.7, 0.78),
        (0.66, 0.92),
        (0.5, 0.95),
    ]
    studio.add(Cut(curves.smooth(curves.mirrored(half)), 0.02), body)
    studio.add(disc(0.5, 0.66, 0.06, 0.005), materials.matte(colours.BLACK))
    studio.add(bar([(0.5, 0.1), (0.5, 0.6)], 0.045), materials.wood(studio.rng, upright=True))
    studio.add(panel([(0.46, 0.03), (0.54, 0.03), (0.53, 0.13), (0.47, 0.13)]), body)
    for y in (0.05, 0.08, 0.11):
        studio.add(Strands([curves.polygon([(0.44, y), (0.56, y)])], 0.012), materials.metal())
    studio.add(slab(0.42, 0.82, 0.58, 0.845, radius=0.005), materials.matte(colours.BLACK))
    studio.add(
        Strands([curves.polygon([(x, 0.06), (x, 0.83)]) for x in np.linspace(0.483, 0.517, 4)], 0.003),
        materials.metal(),
    )
    studio.turn(studio.pick((0.0, studio.between(-40, 40))))


def bicycle(studio: Studio) -> None:
    """A bicycle, scooter or pushchair: wheels with spokes, tubes, a saddle."""
    frame, tyre = materials.hard(studio.rng), materials.matte(colours.BLACK)
    radius, y = studio.between(0.1, 0.19), 0.7
    tube, left, right = studio.between(0.012, 0.024), 0.26, 0.74
    for x in (left, right):
        ends = curves.ellipse(x, y, radius, radius)[::4]
        studio.add(Strands([curves.polygon([(x, y), tuple(end)]) for end in ends.tolist()], 0.003), materials.metal())
        studio.add(Rod(curves.ellipse(x, y, radius, radius), studio.between(0.014, 0.035)), tyre)
    seat, crank, head = (0.4, 0.4), (0.47, 0.71), (0.66, 0.42)
    for line in ([seat, crank, (left, y), (0.41, 0.46), head, crank], [(0.65, 0.34), head, (right, y)]):
        studio.add(bar(line, tube), frame)
    studio.add(cord([(0.6, 0.34), (0.66, 0.32), (0.71, 0.35), (0.68, 0.39)], tube), tyre)
    studio.add(limb([(0.34, 0.385), (0.4, 0.38), (0.47, 0.39)], [0.05, 0.035, 0.015], 0.012), tyre)
    studio.add(Rod(curves.ellipse(*crank, 0.045, 0.045), 0.01), materials.metal())
    studio.add(bar([crank, (0.52, 0.77), (0.55, 0.77)], 0.012), materials.metal())


def toy(studio: Studio) -> None:
    """A plush animal or a doll: a body, a head, ears, limbs and a face."""
    cloth = studio.pick((materials.plush, materials.fabric, materials.felt))(studio.rng, colours.any_colour(studio.rng))
    belly = studio.pick((cloth, materials.plush(studio.rng, colours.any_colour(studio.rng))))
    head, ear = studio.between(0.13, 0.2), studio.between(0.04, 0.09)
    for side in (-1, 1):
        tall = ear * studio.pick((1.0, 1.0, 3.0))
        studio.add(
            Cut(curves.ellipse(0.5 + side * 0.75 * head, 0.32 - 0.8 * head - 0.4 * tall, ear, tall), 0.03), cloth
        )
        reach = 0.5 + side * studio.between(0.24, 0.34)
        studio.add(limb([(0.5 + side * 0.1, 0.5), (reach, studio.between(0.45, 0.68))], [0.1, 0.11], 0.04), cloth)
        studio.add(limb([(0.5 + side * 0.08, 0.74), (0.5 + side * 0.2, 0.88)], [0.14, 0.15], 0.05), cloth)
    studio.add(Cut(curves.ellipse(0.5, 0.62, studio.between(0.13, 0.2), 0.22), 0.08), cloth)
    studio.add(Cut(curves.ellipse(0.5, 0.65, 0.09, 0.13), 0.04), belly)
    studio.add(Cut(curves.ellipse(0.5, 0.32, 1.15 * head, head), 0.08), cloth)
    studio.add(Cut(curves.ellipse(0.5, 0.38, 0.5 * head, 0.4 * head), 0.04), belly)
    for side in (-1, 1):
        studio.add(Ball(0.5 + side * 0.45 * head, 0.3, 0.018), materials.plastic(colours.BLACK, 0.6))
    studio.add(Ball(0.5, 0.35, 0.022), materials.plastic(colours.BLACK))
    studio.crumple(studio.between(0.0, 0.03))


def car(studio: Studio) -> None:
    """A toy car, lorry or train wagon from the side."""
    paint, second = materials.plastic(colours.any_colour(studio.rng), 0.5), materials.hard(studio.rng)
    low, roof = 0.68, studio.between(0.3, 0.48)
    cabin = [
        (studio.between(0.2, 0.4), 0.52),
        (studio.between(0.3, 0.42), roof),
        (studio.between(0.55, 0.7), roof),
        (0.78, 0.52),
    ]
    studio.add(panel(cabin, 0.03), studio.pick((paint, second)))
    window = curves.scaled(curves.polygon(cabin) - np.array((0.53, 0.5), np.float32), 0.53, 0.5, 0.8, 0.75)
    studio.add(Cut(window, 0.01), materials.plastic((0.2, 0.25, 0.3), 0.6))
    studio.add(slab(0.1, 0.5, 0.9, low, radius=studio.between(0.01, 0.08), bevel=0.04), paint)
    for x in (0.27, 0.74):
        studio.add(disc(x, low, studio.between(0.08, 0.11), 0.02), materials.matte(colours.BLACK))
        studio.add(disc(x, low, 0.05, 0.02), second)
