"""Clothes laid flat or on an invisible figure: tops, trousers, skirts and dresses."""

from __future__ import annotations

from dataclasses import dataclass

from .. import colours, curves, materials
from ..curves import XY, mirrored
from ..materials import Material
from ..prints import Print, emblem, wordmark
from ..studio import Studio
from .parts import METALS, SIDES, blob, buttons, cord, disc, flipped, limb, panel, seams, slab, zipper


@dataclass(frozen=True, slots=True)
class Fit:
    """How a top is cut; lengths in the unit square.

    Args:
        sleeve: share of the arm that it covers, 0 to 1.
        hem: y of its lower edge.
        waist: half its width in the middle.
        flare: half its width at the hem.
        neck: half the width of its neckline.
        depth: of the neckline.
    """

    sleeve: float
    hem: float
    waist: float
    flare: float
    neck: float
    depth: float

    @classmethod
    def drawn(cls, studio: Studio, sleeves: tuple[float, ...], low: float, high: float) -> Fit:
        """Close or loose, straight or flared, ending between ``low`` and ``high``."""
        waist = studio.between(0.15, 0.23)
        neck, depth = studio.between(0.06, 0.11), studio.between(0.03, 0.16)
        flare = waist * studio.between(0.95, 1.25)
        return cls(studio.pick(sleeves), studio.between(low, high), waist, flare, neck, depth)


def _cloth(studio: Studio, patterned: float = 0.35) -> Material:
    colour = colours.any_colour(studio.rng)
    if studio.chance(0.08):
        return materials.leather(studio.rng, colour)
    return materials.fabric(studio.rng, colour, patterned)


def _sleeves(studio: Studio, cut: Fit, cloth: Material, cuff: Material | None = None) -> None:
    """Two sleeves that hang down, spread, or bend."""
    spread, bend = studio.between(0.06, 0.22), studio.between(-0.05, 0.08)
    root, shoulder, elbow = (0.6, 0.19), (0.66, 0.215), (0.7 + 0.55 * spread, 0.36)
    wrist = (elbow[0] + 0.5 * spread + bend, studio.between(0.54, 0.6))
    width = studio.between(0.1, 0.15)
    line = [root, *_shortened([shoulder, elbow, wrist], cut.sleeve)]
    widths = [0.8 * width, 1.12 * width, width, 0.75 * width]
    for side in SIDES:
        arm = flipped(line, side)
        studio.add(limb(arm, widths, 0.03), cloth)
        if cuff is not None:
            studio.add(limb(_shortened(arm[:0:-1], 0.12), [0.74 * width, 0.78 * width, 0.8 * width], 0.01), cuff)
        else:
            end = curves.tube(arm, widths)
            seams(studio, cloth.colour, [tuple(end[len(end) // 2 - 1]), tuple(end[len(end) // 2])])


def _shortened(line: list[XY], share: float) -> list[XY]:
    """The first share of a line of three points."""
    path = curves.smooth(line, closed=False)
    last = max(3, round(share * (len(path) - 1)))
    return [tuple(path[i].tolist()) for i in (0, last // 2, last)]


def _body(studio: Studio, cut: Fit, cloth: Material, *prints: Print) -> None:
    strap = 0.5 + cut.neck + (0.045 if cut.sleeve == 0 else 0.0)
    outer = (0.675, 0.165) if cut.sleeve else (strap, 0.13)
    neck = [(0.5, 0.12 + cut.depth), (0.5 + 0.7 * cut.neck, 0.12 + 0.6 * cut.depth), (0.5 + cut.neck, 0.11)]
    side = [outer, outer, (0.5 + max(cut.waist, 0.15), 0.32), (0.5 + cut.waist, 0.52), (0.5 + cut.flare, cut.hem)]
    lower = [(0.5 + cut.flare, cut.hem), (0.5, cut.hem + studio.between(0, 0.03))]
    studio.add(blob(mirrored([*neck, *side, *lower]), studio.between(0.015, 0.04)), cloth, *prints)


def _inside(studio: Studio, cut: Fit, cloth: Material) -> None:
    """The back of the collar, seen through the neckline."""
    back = [(0.5, 0.105), (0.5 + cut.neck, 0.1), (0.5 + cut.neck, 0.14), (0.5, 0.14 + cut.depth)]
    studio.add(blob(mirrored(back), 0.01), materials.felt(studio.rng, colours.shaded(cloth.colour, 0.6)))


def _neckline(studio: Studio, cut: Fit, colour: colours.Colour) -> None:
    right = [(0.5 + cut.neck, 0.11), (0.5 + 0.7 * cut.neck, 0.12 + 0.6 * cut.depth), (0.5, 0.12 + cut.depth)]
    line = curves.smooth([*right, *flipped(right[1::-1], -1)], closed=False)
    studio.add(cord(line.tolist(), studio.between(0.008, 0.025)), materials.felt(studio.rng, colour))


def _printed(studio: Studio, cloth: Material, y: float, share: float = 0.5) -> list[Print]:
    """On plain cloth sometimes a sign, a word, or a small logo on the breast."""
    if not cloth.plainly or not studio.chance(share):
        return []
    make, ink = studio.pick((emblem, wordmark)), colours.contrasting(studio.rng, cloth.colour)
    at, width = studio.pick((((0.5, y), studio.between(0.15, 0.28)), ((0.58, y - 0.08), studio.between(0.04, 0.07))))
    return [Print(make(studio.rng, ink), at, width)]


def t_shirt(studio: Studio) -> None:
    """A top with long, short or no sleeves, often with a print."""
    cloth, cut = _cloth(studio), Fit.drawn(studio, (0.0, 0.3, 0.4, 0.4, 0.6, 1.0, 1.0), 0.62, 0.86)
    trim = colours.shaded(cloth.colour, 0.9) if studio.chance(0.7) else colours.any_colour(studio.rng)
    _inside(studio, cut, cloth)
    if cut.sleeve:
        _sleeves(studio, cut, cloth)
    _body(studio, cut, cloth, *_printed(studio, cloth, 0.42))
    _neckline(studio, cut, trim)
    seams(studio, cloth.colour, [(0.5 - cut.flare + 0.01, cut.hem - 0.03), (0.49 + cut.flare, cut.hem - 0.03)])
    studio.crumple(studio.between(0.003, 0.03))


def jacket(studio: Studio) -> None:
    """A jacket, coat, cardigan or shirt: closed with a zip or buttons, with a collar or hood, and pockets."""
    cloth, cut = _cloth(studio, 0.2), Fit.drawn(studio, (1.0, 1.0, 0.0), 0.6, 0.9)
    trim = materials.felt(studio.rng, studio.whether(colours.any_colour, colours.black))
    if studio.chance(0.35):
        _hood(studio, cut, cloth)
    _inside(studio, cut, cloth)
    if cut.sleeve:
        _sleeves(studio, cut, cloth, studio.pick((None, trim, cloth)))
    _body(studio, cut, cloth, *_printed(studio, cloth, 0.4, 0.3))
    top = 0.12 + cut.depth
    if studio.chance(0.5):
        zipper(studio, [(0.5, top), (0.5, cut.hem)], studio.pick(METALS))
    else:
        seams(studio, cloth.colour, [(0.52, top), (0.52, cut.hem)])
        buttons(studio, [(0.505, top + 0.03), (0.505, cut.hem - 0.05)], int(studio.rng.integers(3, 8)))
    _collar(studio, cut, studio.pick((cloth, cloth, trim)))
    if studio.chance(0.6):
        _pockets(studio, cut, cloth)
    studio.crumple(studio.between(0.003, 0.02))


def _collar(studio: Studio, cut: Fit, cloth: Material) -> None:
    point = (0.5 + studio.between(0.3, 1.1) * cut.neck, 0.12 + cut.depth + studio.between(0.0, 0.1))
    for side in SIDES:
        leaf = [(0.5 + cut.neck, 0.09), (0.52 + cut.neck, 0.13), point, (0.5, 0.12 + cut.depth)]
        studio.add(panel(flipped(leaf, side), 0.012), cloth)


def _hood(studio: Studio, cut: Fit, cloth: Material) -> None:
    edge = [(0.5, 0.01), (0.54 + cut.neck, 0.05), (0.55 + cut.neck, 0.14), (0.5, 0.2)]
    studio.add(blob(mirrored(edge), 0.03), cloth)


def _pockets(studio: Studio, cut: Fit, cloth: Material) -> None:
    y = cut.hem - studio.between(0.13, 0.2)
    inner, outer = 0.55, 0.5 + 0.8 * cut.waist
    if studio.chance(0.5):
        for side in SIDES:
            seams(studio, cloth.colour, flipped([(inner + 0.02, y), (outer, y + 0.07)], side))
    else:
        for side in SIDES:
            left, right = sorted(0.5 + side * (x - 0.5) for x in (inner, outer))
            studio.add(slab(left, y, right, y + 0.1, radius=0.01, bevel=0.008), cloth)


def hoodie(studio: Studio) -> None:
    """A sweatshirt with a hood, cords, and a pouch."""
    cloth, cut = _cloth(studio, 0.1), Fit.drawn(studio, (1.0,), 0.66, 0.78)
    rib = materials.felt(studio.rng, colours.shaded(cloth.colour, 0.88))
    _hood(studio, cut, cloth)
    _sleeves(studio, cut, cloth, rib)
    _body(studio, cut, cloth, *_printed(studio, cloth, 0.42))
    studio.add(slab(0.5 - cut.flare, cut.hem - 0.03, 0.5 + cut.flare, cut.hem + 0.03, radius=0.01), rib)
    pouch = [(0.5, cut.hem - 0.19), (0.57, cut.hem - 0.19), (0.63, cut.hem - 0.07), (0.63, cut.hem - 0.04)]
    studio.add(panel(mirrored([*pouch, (0.5, cut.hem - 0.04)]), 0.01), cloth)
    _neckline(studio, cut, cloth.colour)
    strings = materials.matte(colours.contrasting(studio.rng, cloth.colour))
    for side in SIDES:
        end = (0.5 + studio.between(0.02, 0.05), 0.3 + studio.between(0, 0.12))
        studio.add(cord(flipped([(0.53, 0.12 + cut.depth), (0.535, 0.25), end], side), 0.01), strings)
    studio.crumple(studio.between(0.003, 0.025))


def dress(studio: Studio) -> None:
    """A dress: with straps or sleeves, fitted or loose, short or to the ground."""
    cloth, cut = _cloth(studio, 0.5), Fit.drawn(studio, (0.0, 0.0, 0.35, 1.0), 0.36, 0.42)
    hem, flare, waist = studio.between(0.68, 0.95), studio.between(0.12, 0.34), studio.between(0.09, 0.16)
    bodice = Fit(cut.sleeve, cut.hem, waist, waist, cut.neck, cut.depth)
    _inside(studio, bodice, cloth)
    if cut.sleeve:
        _sleeves(studio, bodice, cloth)
    _body(studio, bodice, cloth)
    _flared(studio, studio.pick((cloth, cloth, _cloth(studio))), cut.hem - 0.03, hem, waist=waist, flare=flare)
    if studio.chance(0.4):
        belt = materials.leather(studio.rng, colours.any_colour(studio.rng))
        studio.add(slab(0.49 - waist, cut.hem - 0.04, 0.51 + waist, cut.hem - 0.01, radius=0.01), belt)
    _neckline(studio, bodice, cloth.colour)
    studio.crumple(studio.between(0.003, 0.025))


def _flared(studio: Studio, cloth: Material, top: float, hem: float, *, waist: float, flare: float) -> None:
    """A skirt that widens from its waist to a wavy hem, with pleats or without."""
    middle = (0.5 + 0.5 * (waist + flare) + studio.between(-0.02, 0.04), (top + hem) / 2)
    waves = [(0.5 + flare * share, hem + studio.between(-0.012, 0.012)) for share in (1.0, 0.66, 0.33, 0.0)]
    studio.add(blob(mirrored([(0.5, top), (0.5 + waist, top), (0.5 + waist, top), middle, *waves]), 0.035), cloth)
    for _ in range(int(studio.rng.integers(2, 9)) if studio.chance(0.6) else 0):
        share = studio.between(-0.9, 0.9)
        pleat = [(0.5 + share * waist, top + 0.01), (0.5 + share * (waist + flare) / 2, (top + hem) / 2)]
        seams(studio, colours.shaded(cloth.colour, 1.15), [*pleat, (0.5 + share * flare, hem - 0.005)])


def skirt(studio: Studio) -> None:
    """A skirt with a waistband, straight, flared or pleated."""
    cloth = _cloth(studio, 0.5)
    waist, top = studio.between(0.11, 0.2), studio.between(0.14, 0.22)
    _flared(studio, cloth, top, studio.between(0.55, 0.9), waist=waist, flare=studio.between(0.16, 0.38))
    studio.add(slab(0.495 - waist, top - 0.04, 0.505 + waist, top + 0.01, radius=0.01), cloth)
    studio.crumple(studio.between(0.003, 0.03))


def trousers(studio: Studio) -> None:
    """Trousers, leggings or shorts, some with pockets, a belt or turn-ups."""
    cloth = _cloth(studio, 0.2)
    waist, crotch = studio.between(0.1, 0.18), studio.between(0.3, 0.38)
    hem, spread = studio.pick((0.92, 0.92, 0.92, 0.75, 0.5)), studio.between(0.0, 0.1)
    knee, ankle = studio.between(0.045, 0.085), studio.between(0.03, 0.1)
    middle = 0.5 + waist / 2 + spread / 2
    foot = middle + spread / 2 + (0.02 if spread > 0.05 else 0)
    outer = [(0.5, 0.1), (0.5 + waist, 0.1), (0.515 + waist, 0.22), (middle + knee, 0.58), (foot + ankle, 0.92)]
    inner = [(foot - ankle, 0.92), (middle - 0.8 * knee, 0.58), (0.503, crotch), (0.5, crotch)]
    for side in SIDES:
        leg = [(x, y if y < 0.4 else 0.4 + (y - 0.4) * (hem - 0.4) / 0.52) for x, y in [*outer, *inner]]
        studio.add(blob(flipped([leg[0], *leg[:5], leg[4], leg[5], *leg[5:], leg[-1]], side), 0.03), cloth)
        seams(studio, cloth.colour, flipped([(0.48 + waist, 0.14), (0.505 + waist, 0.22)], side))
    band = materials.leather(studio.rng, colours.any_colour(studio.rng)) if studio.chance(0.2) else cloth
    studio.add(slab(0.497 - waist, 0.085, 0.503 + waist, 0.125, radius=0.01, bevel=0.008), band)
    if studio.chance(0.6):
        seams(studio, cloth.colour, [(0.5, 0.13), (0.5, crotch)])
        studio.add(disc(0.5, 0.105, 0.01), materials.metal(studio.pick(METALS)))
    elif studio.chance(0.5):
        for x in (0.485, 0.515):
            studio.add(cord([(x, 0.11), (x + studio.between(-0.02, 0.02), 0.22)], 0.008), band)
    studio.crumple(studio.between(0.002, 0.025))


def underwear(studio: Studio) -> None:
    """Briefs, boxers or a bra, some of lace."""
    cloth = studio.pick((materials.lace, materials.felt, materials.fabric))(studio.rng, colours.any_colour(studio.rng))
    trim = materials.felt(studio.rng, colours.shaded(cloth.colour, 0.85))
    if studio.chance(0.5):
        drop = studio.between(0.02, 0.25)
        edge = [(0.5, 0.36), (0.78, 0.35), (0.79, 0.37 + drop), (0.68, 0.5 + drop), (0.56, 0.66), (0.5, 0.67)]
        studio.add(blob(mirrored([(x, y) for x, y in edge]), 0.02), cloth)
        studio.add(cord([(0.22, 0.355), (0.5, 0.37), (0.78, 0.355)], studio.between(0.02, 0.05)), trim)
        return
    for side in SIDES:
        studio.add(cord(flipped([(0.62, 0.42), (0.66, 0.3), (0.64, 0.12)], side), 0.018), trim)
        studio.add(
            blob(flipped([(0.52, 0.52), (0.62, 0.4), (0.74, 0.5), (0.68, 0.62), (0.56, 0.61)], side), 0.07), cloth
        )
        studio.add(limb(flipped([(0.72, 0.55), (0.82, 0.53), (0.88, 0.5)], side), [0.12, 0.06, 0.04]), trim)
    studio.add(cord([(0.3, 0.6), (0.42, 0.625), (0.5, 0.58), (0.58, 0.625), (0.7, 0.6)], 0.016), trim)
