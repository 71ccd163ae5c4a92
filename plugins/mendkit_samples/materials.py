"""The materials of products: colour, pattern, and reflection."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from . import colours, patterns
from .colours import Colour
from .patterns import Pattern


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
        relief: strength of folds or bumps.
        bumps: the shape of folds or bumps, as slopes along x and y.
        plainly: whether it has one colour, so that a print on it is legible.
    """

    colour: Colour
    accent: Colour = colours.BLACK
    pattern: Pattern = field(default_factory=patterns.plain)
    gloss: float = 0.05
    metal: float = 0.0
    opacity: float = 1.0
    relief: float = 0.0
    bumps: tuple[Pattern, Pattern] | None = None
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
    painted = patterns.FABRICS[rng.integers(4)](rng)
    return Material(colour, colours.contrasting(rng, colour), painted, gloss=0.5, plainly=False)


def leather(rng: np.random.Generator, colour: Colour) -> Material:
    """Leather: a soft sheen over fine grain."""
    bumps = patterns.noise(rng, 150, 150), patterns.noise(rng, 150, 150)
    return Material(colour, gloss=0.22, relief=0.03, bumps=bumps)


def felt(rng: np.random.Generator, colour: Colour) -> Material:
    """Cloth of one colour: fine flecks of yarn, soft folds."""
    flecks = colours.shaded(colour, rng.uniform(0.86, 0.97))
    return Material(colour, flecks, patterns.heather(rng), gloss=0.0, relief=0.17, bumps=_folds(rng))


def fabric(rng: np.random.Generator, colour: Colour, patterned: float = 0.45) -> Material:
    """Cloth with soft folds, with a pattern in the share ``patterned`` of cases."""
    if rng.uniform() >= patterned:
        return felt(rng, colour)
    pattern, accent = patterns.FABRICS[rng.integers(4)](rng), colours.contrasting(rng, colour)
    return Material(colour, accent, pattern, gloss=0.0, relief=0.17, bumps=_folds(rng), plainly=False)


def _folds(rng: np.random.Generator) -> tuple[Pattern, Pattern]:
    return patterns.noise(rng, 7, 3), patterns.noise(rng, 4, 5)


def wood(rng: np.random.Generator, *, upright: bool = False) -> Material:
    """Planed wood from birch to walnut."""
    tones: tuple[Colour, ...] = ((0.91, 0.79, 0.62), (0.83, 0.64, 0.43), (0.66, 0.44, 0.27), (0.42, 0.27, 0.18))
    tone = tones[rng.integers(len(tones))]
    grain = patterns.grain(rng, upright=upright)
    return Material(tone, colours.shaded(tone, 0.8), grain, gloss=0.12)
