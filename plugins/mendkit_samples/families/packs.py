"""Packed goods and cosmetics: tubes, sprays, pumps, lipsticks, tins, bags and sachets."""

from __future__ import annotations

from .. import colours, curves, materials, textures
from ..curves import mirrored
from ..materials import Material
from ..prints import Print, emblem, label, wordmark
from ..shapes import Cut, Turned
from ..studio import Studio
from .parts import METALS, bar, cord, panel, seams, slab


def _wrap(studio: Studio) -> Material:
    colour = colours.any_colour(studio.rng)
    return studio.pick((materials.plastic(colour), materials.moulded(studio.rng, colour), materials.metal(colour)))


def _label(studio: Studio, y: float, width: float) -> Print:
    """A label or only a name."""
    picture = (
        label(studio.rng, studio.between(0.7, 1.4))
        if studio.chance(0.6)
        else wordmark(studio.rng, colours.vivid(studio.rng))
    )
    return Print(picture, (0.5, y), width)


def tube(studio: Studio) -> None:
    """A tube of cream or paste, on its cap."""
    wrap, wide = _wrap(studio), studio.between(0.1, 0.18)
    body = panel(
        mirrored([(0.5, 0.1), (0.5 + wide, 0.1), (0.5 + wide, 0.14), (0.5 + 0.75 * wide, 0.76), (0.5, 0.77)]), 0.05
    )
    studio.add(body, wrap, _label(studio, 0.45, 1.3 * wide))
    seams(studio, wrap.colour, [(0.5 - wide, 0.135), (0.5 + wide, 0.135)])
    cap = 0.6 * wide * studio.between(0.8, 1.2)
    studio.add(Turned([(0.75, cap), (0.9, cap)], view=0.05, rounding=0.008), _wrap(studio))


def dispenser(studio: Studio) -> None:
    """A pump, spray or roll-on bottle, or an aerosol can."""
    wrap, trim, wide = _wrap(studio), _wrap(studio), studio.between(0.1, 0.18)
    top = studio.between(0.3, 0.5)
    spout = [(0.5, 0.3), (0.5, 0.14), (0.5 - studio.between(0.04, 0.14), 0.15)]
    if studio.chance(0.6):
        studio.add(bar(spout, studio.between(0.02, 0.05)), trim)
    else:
        studio.add(Turned([(0.16, 0.5 * wide), (top, 0.5 * wide)], view=0.1, rounding=0.02), trim)
    studio.add(Turned([(top - 0.1, 0.5 * wide), (top + 0.02, 0.55 * wide)], view=0.1), trim)
    body = Turned([(top, 0.55 * wide), (top + studio.between(0.01, 0.1), wide), (0.9, wide)], view=0.1, rounding=0.03)
    clear = materials.glass(colours.any_colour(studio.rng), 0.35)
    studio.add(body, clear if studio.chance(0.3) else wrap, _label(studio, 0.68, 1.6 * wide))


def lipstick(studio: Studio) -> None:
    """A lipstick, mascara, pencil, brush or nail polish: a slim case, and what comes out of it."""
    case, wide = _wrap(studio), studio.between(0.03, 0.09)
    stick = materials.plastic(studio.whether(colours.vivid, colours.pastel, colours.deep), 0.3)
    tip = studio.between(0.1, 0.3)
    studio.add(
        Cut(
            curves.smooth(
                [
                    (0.5 - 0.7 * wide, 0.5),
                    (0.5 - 0.7 * wide, tip + 0.08),
                    (0.5 + 0.3 * wide, tip),
                    (0.5 + 0.7 * wide, tip + 0.03),
                    (0.5 + 0.7 * wide, 0.5),
                ]
            ),
            0.03,
        ),
        stick,
    )
    studio.add(Turned([(0.45, 0.82 * wide), (0.6, 0.82 * wide)], view=0.15), materials.metal(studio.pick(METALS)))
    studio.add(Turned([(0.58, wide), (0.9, wide)], view=0.15, rounding=0.006), case)


def tin(studio: Studio) -> None:
    """A tin, drinks can, cup or cardboard drum."""
    wide, top, low = studio.between(0.13, 0.28), studio.between(0.15, 0.5), 0.88
    wrap = _wrap(studio)
    neck = wide * studio.between(0.82, 1.0)
    body = Turned([(top, neck), (top + 0.04, wide), (low - 0.03, wide), (low, neck)], view=0.14, rounding=0.012)
    studio.add(body, wrap, _label(studio, (top + low) / 2 + 0.03, 1.7 * wide))
    studio.add(Cut(body.opening(), 0.006, lean=(0, -0.2)), materials.metal())
    studio.add(Cut(body.opening(0.02), 0.015, lean=(0, -0.2)), materials.metal())


def bag(studio: Studio) -> None:
    """A bag of crisps, coffee or pet food, or a sachet, crinkled."""
    wrap = _wrap(studio)
    foil = materials.Material(wrap.colour, gloss=0.3, reliefs=(textures.folds(studio.rng, studio.between(0.08, 0.2)),))
    half, top = studio.between(0.18, 0.3), studio.between(0.12, 0.3)
    edge = [
        (0.5, top),
        (0.5 + half, top),
        (0.49 + half, 0.3),
        (0.5 + 1.03 * half, 0.7),
        (0.5 + half, 0.88),
        (0.5, 0.88),
    ]
    sign = Print(emblem(studio.rng, colours.contrasting(studio.rng, foil.colour)), (0.5, 0.68), 1.1 * half)
    studio.add(panel(mirrored(edge), 0.07), foil, _label(studio, 0.5, 1.4 * half), sign)
    for y in (top + 0.03, 0.86):
        seams(studio, foil.colour, [(0.5 - half, y), (0.5 + half, y)])
    studio.crumple(studio.between(0.003, 0.02), 7)


def palette(studio: Studio) -> None:
    """Make-up, paints or pills in a row of pans."""
    case, columns, rows = materials.hard(studio.rng), int(studio.rng.integers(1, 6)), int(studio.rng.integers(1, 4))
    size = min(0.76 / columns, 0.5 / rows)
    left, top = 0.5 - columns * size / 2, 0.5 - rows * size / 2
    studio.add(slab(left - 0.03, top - 0.03, 1.03 - left, 1.03 - top, radius=0.03), case)
    for index in range(columns * rows):
        x, y = left + (index % columns + 0.5) * size, top + (index // columns + 0.5) * size
        powder = materials.moulded(studio.rng, studio.whether(colours.any_colour, colours.skin))
        studio.add(
            Cut(curves.scaled(curves.boulder(studio.rng, 0.0, squareness=0.4), x, y, 0.42 * size, 0.42 * size), 0.01),
            powder,
        )


def cable(studio: Studio) -> None:
    """A cable with plugs, a charger, earphones, or a skipping rope."""
    colour = materials.moulded(studio.rng, studio.whether(colours.black, colours.near_white, colours.any_colour))
    knots = [(studio.between(0.15, 0.85), studio.between(0.15, 0.85)) for _ in range(int(studio.rng.integers(3, 7)))]
    studio.add(cord(knots, studio.between(0.008, 0.025)), colour)
    for x, y in (knots[0], knots[-1]):
        studio.add(
            slab(x - 0.03, y - 0.045, x + 0.03, y + 0.045, radius=0.015), studio.pick((colour, materials.metal()))
        )
