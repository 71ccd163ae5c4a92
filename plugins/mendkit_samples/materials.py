"""The materials of products: colour, pattern, and reflection."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from . import colours, patterns, textures
from .colours import Colour
from .patterns import Pattern
from .textures import Relief


@dataclass(frozen=True)
class Material:
    """A surface.

    Args:
        colour: of the surface under full light.
        accent: second colour of the pattern.
        pattern: where the accent shows.
        gloss: strength of the lamps' reflections, 0 (matte) to 1 (mirror).
        metal: 0 to 1, how much the surface mirrors the room instead of showing its own colour.
        opacity: 0 to 1; less than 1 lets what is behind show through, most in the middle, least at the rim.
        texture: fine structure, as factors of its brightness.
        reliefs: folds and bumps, as slopes.
        holes: where it is cut out (1): meshes and lace.
        plainly: whether it has one colour, so that a print on it is legible.
    """

    colour: Colour
    accent: Colour = colours.BLACK
    pattern: Pattern = field(default_factory=patterns.plain)
    gloss: float = 0.05
    metal: float = 0.0
    opacity: float = 1.0
    texture: Pattern | None = None
    reliefs: tuple[Relief, ...] = ()
    holes: Pattern | None = None
    plainly: bool = True


def plastic(colour: Colour, gloss: float = 0.45) -> Material:
    """Smooth plastic or lacquer."""
    return Material(colour, gloss=gloss)


def matte(colour: Colour) -> Material:
    """Paper, rubber or matte paint."""
    return Material(colour, gloss=0.04)


def metal(colour: Colour = colours.STEEL) -> Material:
    """Polished metal: mirrors the room."""
    return Material(colour, gloss=0.55, metal=0.85)


def glass(colour: Colour, opacity: float = 0.12) -> Material:
    """Clear or tinted glass."""
    return Material(colour, gloss=0.8, opacity=opacity)


def ceramic(rng: np.random.Generator, colour: Colour) -> Material:
    """Glazed clay, sometimes painted."""
    if rng.uniform() < 0.65:
        return plastic(colour, 0.5)
    painted = patterns.drawn(rng)
    return Material(colour, colours.contrasting(rng, colour), painted, gloss=0.5, plainly=False)


def moulded(rng: np.random.Generator, colour: Colour) -> Material:
    """Plastic, lacquer, rubber or stone, from dull to glossy, with a faint grain."""
    return Material(colour, gloss=float(rng.uniform(0.02, 0.5)), texture=textures.speckle(rng))


def brushed(rng: np.random.Generator, colour: Colour = colours.STEEL) -> Material:
    """Metal with fine scratches."""
    scratches = textures.fibres(rng, rng.uniform(0.02, 0.07))
    return Material(colour, gloss=0.4, metal=float(rng.uniform(0.6, 0.85)), texture=scratches)


def leather(rng: np.random.Generator, colour: Colour) -> Material:
    """Leather: a sheen from soft to patent over grain, sometimes creased."""
    grain = textures.pebbles(rng, rng.uniform(0.01, 0.06))
    reliefs = (grain, textures.folds(rng, rng.uniform(0.03, 0.12))) if rng.uniform() < 0.6 else (grain,)
    return Material(colour, gloss=float(rng.uniform(0.05, 0.4)), texture=textures.speckle(rng), reliefs=reliefs)


def felt(rng: np.random.Generator, colour: Colour) -> Material:
    """Cloth of one colour: threads or flecks of yarn, folds."""
    flecks = colours.shaded(colour, rng.uniform(0.75, 0.97))
    pattern = patterns.heather(rng) if rng.uniform() < 0.3 else patterns.plain()
    return Material(colour, flecks, pattern, gloss=_sheen(rng), texture=_cloth(rng), reliefs=_folds(rng))


def fabric(rng: np.random.Generator, colour: Colour, patterned: float = 0.45) -> Material:
    """Cloth with folds, with a pattern in the share ``patterned`` of cases."""
    if rng.uniform() >= patterned:
        return felt(rng, colour)
    pattern, accent = patterns.drawn(rng), colours.beside(rng, colour)
    cloth, folds = _cloth(rng), _folds(rng)
    return Material(colour, accent, pattern, gloss=_sheen(rng), texture=cloth, reliefs=folds, plainly=False)


def _sheen(rng: np.random.Generator) -> float:
    """Most cloth is matte; silk and sportswear shine."""
    return float(rng.uniform(0.05, 0.25)) if rng.uniform() < 0.2 else 0.0


def _cloth(rng: np.random.Generator) -> Pattern:
    return textures.CLOTHS[rng.integers(len(textures.CLOTHS))](rng)


def _folds(rng: np.random.Generator) -> tuple[Relief, ...]:
    return (textures.folds(rng, rng.uniform(0.04, 0.2)),)


def lace(rng: np.random.Generator, colour: Colour) -> Material:
    """Lace, mesh or netting."""
    return Material(colour, holes=patterns.MESHES[rng.integers(len(patterns.MESHES))](rng), texture=_cloth(rng))


def straw(rng: np.random.Generator, colour: Colour) -> Material:
    """Plaited straw, rattan or paper cord."""
    return Material(colour, gloss=0.03, texture=textures.wicker(rng), reliefs=(textures.dents(rng, 0.08),))


def plush(rng: np.random.Generator, colour: Colour) -> Material:
    """Fur, fleece or shag."""
    return Material(colour, gloss=0.0, texture=textures.nap(rng), reliefs=(textures.pebbles(rng, 0.1),))


def wood(rng: np.random.Generator, *, upright: bool = False) -> Material:
    """Planed wood from birch to wenge."""
    tones: tuple[Colour, ...] = (
        (0.93, 0.85, 0.72),
        (0.91, 0.79, 0.62),
        (0.83, 0.64, 0.43),
        (0.66, 0.44, 0.27),
        (0.42, 0.27, 0.18),
        (0.2, 0.15, 0.13),
    )
    tone = colours.shaded(tones[rng.integers(len(tones))], rng.uniform(0.92, 1.05))
    grain = patterns.grain(rng, upright=upright)
    gloss, darker = float(rng.uniform(0.02, 0.2)), float(rng.uniform(0.72, 0.95))
    return Material(tone, colours.shaded(tone, darker), grain, gloss=gloss, texture=textures.speckle(rng))


def hard(rng: np.random.Generator) -> Material:
    """Any material that keeps its form."""
    colour = colours.any_colour(rng)
    kinds = (plastic(colour), moulded(rng, colour), moulded(rng, colour), metal(), brushed(rng), matte(colour))
    return (*kinds, wood(rng), ceramic(rng, colour))[rng.integers(len(kinds) + 2)]


def soft(rng: np.random.Generator) -> Material:
    """Any material that gives way."""
    colour = colours.any_colour(rng)
    return (fabric, fabric, leather, plush, straw)[rng.integers(5)](rng, colour)


def anything(rng: np.random.Generator) -> Material:
    """Any opaque material."""
    return hard(rng) if rng.uniform() < 0.5 else soft(rng)
