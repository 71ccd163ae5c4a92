"""Bags, purses and suitcases."""

from __future__ import annotations

import numpy as np

from .. import colours, curves, materials
from ..boxes import View
from ..curves import mirrored
from ..materials import Material
from ..prints import Print, emblem, wordmark
from ..shapes import Rod, Strands
from ..studio import Studio
from .parts import (
    METALS,
    SIDES,
    beads,
    blob,
    cord,
    flipped,
    fringe,
    hook,
    limb,
    panel,
    seams,
    slab,
    stitch,
    strap,
    zipper,
)


def _hide(studio: Studio) -> Material:
    """What bags are made of."""
    make = studio.pick((materials.leather, materials.leather, materials.fabric, materials.straw, materials.felt))
    return make(studio.rng, colours.any_colour(studio.rng))


def handbag(studio: Studio) -> None:
    """A handbag with one or two handles, and with a flap and clasp, pockets or a name plate."""
    rng = studio.rng
    leather, gold = _hide(studio), materials.metal(studio.pick(METALS))
    upper, lower, top = studio.between(0.18, 0.34), studio.between(0.28, 0.38), studio.between(0.36, 0.52)
    span, rise = studio.between(0.4, 0.8) * upper, studio.between(0.1, 0.34)
    handle = mirrored([(0.5 - span, top + 0.02), (0.5 - 0.85 * span, top - 0.7 * rise), (0.5, top - rise)])
    width = studio.between(0.016, 0.04)
    if studio.chance(0.5):
        studio.add(cord([(x + 0.03, y - 0.02) for x, y in handle], width), leather)
    studio.add(cord(handle, width), leather)
    shoulder = (0.5 + upper, top)
    edge = [(0.5, top), shoulder, shoulder, (0.5 + lower, 0.8), (0.47 + lower, 0.86), (0.5, 0.87)]
    studio.add(blob(mirrored(edge), bevel=studio.between(0.03, 0.08)), leather)
    if studio.chance(0.5):
        _flap(studio, 0.51 + upper, top, studio.pick((leather, _hide(studio))), gold)
    elif studio.chance(0.5):
        name = wordmark(rng, colours.contrasting(rng, leather.colour))
        studio.add(slab(0.33, 0.6, 0.67, 0.72, radius=0.01, bevel=0.008), leather, Print(name, (0.5, 0.66), 0.3))
    else:
        zipper(studio, [(0.5 - 0.9 * upper, top + 0.03), (0.5 + 0.9 * upper, top + 0.03)], studio.pick(METALS))
        pocket = slab(0.32, top + 0.12, 0.68, 0.82, radius=0.02, bevel=0.02)
        studio.add(pocket, studio.pick((leather, _hide(studio))))
    for side in SIDES:
        studio.add(Rod(curves.ellipse(0.5 + side * span, top + 0.025, 0.022, 0.022), 0.011), gold)
    _charms(studio, 0.5 + span, top)
    studio.crumple(studio.between(0.0, 0.02))


def _charms(studio: Studio, x: float, y: float) -> None:
    """Sometimes a tassel, a shoulder strap or a chain."""
    if studio.chance(0.25):
        tassel = materials.leather(studio.rng, colours.any_colour(studio.rng))
        studio.add(cord([(x, y + 0.03), (x + 0.01, y + 0.1)], 0.008), tassel)
        fringe(studio, (x - 0.01, y + 0.1), (x + 0.03, y + 0.1), 0.13, tassel)
    if studio.chance(0.25):
        line = [(0.5 - 0.35, 0.55), (0.12, 0.85), (0.4, 0.96), (0.7, 0.92)]
        strap(studio, line, studio.between(0.01, 0.025), _hide(studio))
    elif studio.chance(0.2):
        chain = curves.smooth([(0.2, y + 0.05), (0.3, y - 0.25), (0.7, y - 0.25), (0.8, y + 0.05)], closed=False)
        beads(studio, chain, 0.012, materials.metal(studio.pick(METALS)))


def _flap(studio: Studio, right: float, top: float, leather: Material, clasp: Material) -> None:
    drop = studio.between(0.12, 0.28)
    corner = (right, top - 0.01)
    edge = [(0.5, top - 0.012), corner, corner, (right - 0.02, top + 0.6 * drop), (0.5, top + drop)]
    studio.add(blob(mirrored(edge), bevel=0.025), leather)
    stitch(
        studio,
        [(1 - right + 0.03, top + 0.55 * drop), (0.5, top + 0.9 * drop), (right - 0.03, top + 0.55 * drop)],
        colours.contrasting(studio.rng, leather.colour),
    )
    studio.add(slab(0.47, top + drop - 0.035, 0.53, top + drop + 0.025, radius=0.012), clasp)


def backpack(studio: Studio) -> None:
    """A rucksack with straps, zips and pockets."""
    rng = studio.rng
    cloth, trim = (materials.fabric(rng, colours.any_colour(rng), patterned=0.3) for _ in range(2))
    studio.add(Rod(curves.ellipse(0.5, 0.15, 0.07, 0.07, start=180, end=360), 0.028), trim)
    for side in SIDES:
        studio.add(cord(flipped([(0.7, 0.26), (0.83, 0.45), (0.81, 0.74)], side), 0.045), trim)
    wide = studio.between(0.2, 0.29)
    edge = [
        (0.5, 0.13),
        (0.5 + 0.5 * wide, 0.16),
        (0.5 + 0.9 * wide, 0.3),
        (0.5 + wide, 0.6),
        (0.5 + wide, 0.85),
        (0.7, 0.9),
        (0.5, 0.91),
    ]
    studio.add(blob(mirrored(edge), bevel=0.06), cloth)
    top = studio.between(0.48, 0.6)
    sign = Print(emblem(rng, colours.contrasting(rng, trim.colour)), (0.5, top + 0.17), 0.15)
    pocket = studio.pick((trim, cloth))
    shown = [sign] if pocket.plainly and studio.chance(0.6) else []
    studio.add(slab(0.52 - wide, top, 0.48 + wide, 0.87, radius=0.07, bevel=0.035), pocket, *shown)
    for line in ([(0.3, 0.4), (0.5, 0.24), (0.7, 0.4)], [(0.36, top + 0.05), (0.64, top + 0.05)]):
        zipper(studio, line, (0.5, 0.5, 0.52))
    studio.crumple(studio.between(0.0, 0.02))


def tote(studio: Studio) -> None:
    """A tote, shopper, paper bag or pouch with two handles, often printed."""
    rng = studio.rng
    cloth = studio.pick((materials.fabric, materials.straw, materials.lace, materials.felt))(
        rng, colours.any_colour(rng)
    )
    top, half, low = studio.between(0.35, 0.48), studio.between(0.2, 0.32), studio.between(0.18, 0.32)
    handle = studio.pick((cloth, _hide(studio)))
    for shift in (0.03, 0.0):
        rise = top - studio.between(0.12, 0.3)
        line = mirrored([(0.5 - 0.5 * half, top + 0.1), (0.5 - 0.45 * half, rise + 0.03), (0.5, rise)])
        strap(studio, [(x + shift, y - shift) for x, y in line], studio.between(0.02, 0.045), handle)
    ink = colours.contrasting(rng, cloth.colour)
    shown = [Print(studio.pick((emblem, wordmark))(rng, ink), (0.5, 0.65), studio.between(0.2, 0.36))]
    body = panel(mirrored([(0.5, top), (0.5 + half, top), (0.5 + low, 0.88), (0.5, 0.89)]), 0.03)
    studio.add(body, cloth, *(shown if cloth.plainly and studio.chance(0.6) else []))
    seams(studio, cloth.colour, [(0.5 - half + 0.01, top + 0.025), (0.49 + half, top + 0.025)])
    studio.crumple(studio.between(0.003, 0.04))


def wallet(studio: Studio) -> None:
    """A wallet, purse, card holder or toilet bag."""
    leather = _hide(studio)
    half, height = studio.between(0.26, 0.4), studio.between(0.14, 0.28)
    left, top, right, bottom = 0.5 - half, 0.5 - height, 0.5 + half, 0.5 + height
    for shift in (0.03, 0.015)[: int(studio.rng.integers(3))]:
        studio.add(slab(left + shift, top + shift, right, bottom + shift, radius=0.02), leather)
    sign = Print(
        wordmark(studio.rng, colours.contrasting(studio.rng, leather.colour)), (0.5, 0.5), studio.between(0.1, 0.3)
    )
    shown = [sign] if leather.plainly and studio.chance(0.4) else []
    studio.add(
        slab(left, top, right, bottom, radius=studio.between(0.01, 0.12), bevel=studio.between(0.01, 0.06)),
        leather,
        *shown,
    )
    thread = colours.shaded(leather.colour, studio.pick((0.6, 1.5)))
    stitch(studio, [(left + 0.02, top + 0.02), (right - 0.02, top + 0.02)], thread)
    stitch(studio, [(left + 0.02, bottom - 0.02), (right - 0.02, bottom - 0.02)], thread)
    if studio.chance(0.4):
        zipper(studio, [(left + 0.02, top + 0.04), (right - 0.02, top + 0.04)], studio.pick(METALS))
        hook(studio, (right - 0.01, top + 0.03), 0.03, materials.metal())
        strap(studio, [(right, top + 0.06), (right + 0.06, top + 0.2), (right, bottom + 0.06)], 0.02, leather)
    studio.crumple(studio.between(0.0, 0.015))


def suitcase(studio: Studio) -> None:
    """A suitcase with ribs, wheels and a telescopic handle, seen on a corner."""
    view, rng = View.drawn(studio, 0.1, 0.7), studio.rng
    shell = studio.whether(lambda rng: materials.moulded(rng, colours.any_colour(rng)), materials.brushed)
    half, depth, top = studio.between(0.16, 0.24), studio.between(0.08, 0.14), studio.between(0.22, 0.4)
    grey = materials.brushed(rng)
    for x in (0.5 - 0.5 * half, 0.5 + 0.5 * half):
        view.block(studio, (x - 0.008, 0.08, -0.01), (x + 0.008, top, 0.01), grey)
    view.block(
        studio, (0.49 - 0.5 * half, 0.06, -0.012), (0.51 + 0.5 * half, 0.09, 0.012), materials.matte(colours.BLACK)
    )
    view.legs(studio, (0.52 - half, 0.83, -depth), (0.48 + half, 0.88, depth), 0.03, materials.matte(colours.BLACK))
    view.block(studio, (0.5 - half, top, -depth), (0.5 + half, 0.84, depth), shell)
    for x in np.linspace(0.52 - half, 0.48 + half, int(rng.integers(2, 9))):
        rib = curves.polygon([view.seen((float(x), y, -depth)) for y in (top + 0.03, 0.81)])
        studio.add(Strands([rib], 0.01), shell)


def pouch(studio: Studio) -> None:
    """A crossbody, waist or drawstring bag on a long strap."""
    hide = _hide(studio)
    half, top = studio.between(0.16, 0.3), studio.between(0.45, 0.58)
    line = mirrored(
        [(0.5 - half, top + 0.05), (0.46 - half, 0.3), (0.5 - 0.4 * half, 0.12), (0.5, studio.between(0.08, 0.2))]
    )
    strap(studio, line, studio.between(0.012, 0.035), studio.pick((hide, _hide(studio))))
    edge = [(0.5, top), (0.5 + half, top + 0.02), (0.52 + half, 0.7), (0.49 + half, 0.84), (0.5, 0.87)]
    studio.add(blob(mirrored(edge), studio.between(0.03, 0.07)), hide)
    zipper(studio, [(0.53 - half, top + 0.06), (0.5, top + 0.05), (0.47 + half, top + 0.06)], studio.pick(METALS))
    for side in SIDES:
        studio.add(
            limb(flipped([(0.5 + half, top + 0.1), (0.5 + half, top + 0.02)], side), [0.02, 0.03], 0.008),
            materials.metal(),
        )
    studio.crumple(studio.between(0.0, 0.025))
