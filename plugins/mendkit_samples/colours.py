"""Colours that products come in, as RGB in ``[0, 1]``."""

from __future__ import annotations

from colorsys import hsv_to_rgb

import numpy as np

Colour = tuple[float, float, float]

BLACK: Colour = (0.09, 0.09, 0.10)
PAPER: Colour = (0.97, 0.96, 0.94)
STEEL: Colour = (0.78, 0.79, 0.81)
GUNMETAL: Colour = (0.35, 0.35, 0.37)
GOLD: Colour = (0.86, 0.70, 0.40)


VIVID: tuple[Colour, ...] = (
    (0.00, 0.80, 0.80),  # red
    (0.03, 0.68, 0.92),  # coral
    (0.07, 0.80, 0.93),  # orange
    (0.12, 0.75, 0.92),  # mustard
    (0.22, 0.55, 0.65),  # olive
    (0.35, 0.50, 0.60),  # leaf
    (0.45, 0.55, 0.68),  # mint
    (0.50, 0.70, 0.60),  # teal
    (0.55, 0.60, 0.86),  # sky
    (0.61, 0.75, 0.72),  # cobalt
    (0.73, 0.45, 0.66),  # violet
    (0.84, 0.50, 0.55),  # plum
    (0.93, 0.50, 0.88),  # pink
)
"""Strong colours of dyes and paints, as hue, saturation and value."""


def vivid(rng: np.random.Generator) -> Colour:
    """A strong colour."""
    hue, saturation, value = VIVID[rng.integers(len(VIVID))] + rng.uniform(-1, 1, 3) * (0.015, 0.08, 0.07)
    return hsv_to_rgb(hue % 1, saturation, min(value, 1.0))


def pastel(rng: np.random.Generator) -> Colour:
    """A pale colour of any hue."""
    return hsv_to_rgb(rng.uniform(), rng.uniform(0.12, 0.35), rng.uniform(0.85, 0.95))


def deep(rng: np.random.Generator) -> Colour:
    """A dark colour of any hue: navy, forest, burgundy."""
    return hsv_to_rgb(rng.uniform(), rng.uniform(0.4, 0.75), rng.uniform(0.2, 0.45))


def grey(rng: np.random.Generator) -> Colour:
    """A neutral tone from black to silver."""
    return hsv_to_rgb(rng.uniform(), rng.uniform(0, 0.06), rng.uniform(0.1, 0.75))


def near_white(rng: np.random.Generator) -> Colour:
    """White, ivory or cream: hard to distinguish from a white backdrop."""
    return hsv_to_rgb(rng.uniform(0.08, 0.16), rng.uniform(0, 0.05), rng.uniform(0.94, 0.985))


def tan(rng: np.random.Generator) -> Colour:
    """The browns of leather and wood."""
    return hsv_to_rgb(rng.uniform(0.05, 0.1), rng.uniform(0.4, 0.7), rng.uniform(0.35, 0.75))


def black(rng: np.random.Generator) -> Colour:
    """Black or anthracite."""
    return hsv_to_rgb(rng.uniform(), rng.uniform(0, 0.15), rng.uniform(0.05, 0.18))


def navy(rng: np.random.Generator) -> Colour:
    """Dark blue."""
    return hsv_to_rgb(rng.uniform(0.58, 0.66), rng.uniform(0.4, 0.75), rng.uniform(0.15, 0.4))


def beige(rng: np.random.Generator) -> Colour:
    """Sand, stone and khaki."""
    return hsv_to_rgb(rng.uniform(0.06, 0.15), rng.uniform(0.1, 0.35), rng.uniform(0.55, 0.88))


def skin(rng: np.random.Generator) -> Colour:
    """From pale to dark skin."""
    return hsv_to_rgb(rng.uniform(0.04, 0.08), rng.uniform(0.3, 0.55), rng.uniform(0.35, 0.95))


def any_colour(rng: np.random.Generator) -> Colour:
    """Any of these, about as often as in a shop."""
    kinds = (vivid, pastel, deep, grey, near_white, tan, black, navy, beige)
    kind = kinds[rng.choice(len(kinds), p=(0.24, 0.08, 0.11, 0.11, 0.16, 0.08, 0.11, 0.05, 0.06))]
    return kind(rng)


def beside(rng: np.random.Generator, colour: Colour) -> Colour:
    """A second colour for a pattern: one that stands out, a tone of the same, or any other."""
    if rng.uniform() < 0.5:
        return contrasting(rng, colour)
    return shaded(colour, rng.choice((0.7, 0.85, 1.2, 1.4))) if rng.uniform() < 0.5 else any_colour(rng)


def contrasting(rng: np.random.Generator, colour: Colour) -> Colour:
    """A colour that stands out on another: light on dark, dark on light, vivid on white only."""
    brightness = luminance(colour)
    if brightness < 0.5:
        return near_white(rng) if rng.uniform() < 0.6 or brightness > 0.3 else pastel(rng)
    if brightness < 0.85:
        return BLACK if rng.uniform() < 0.4 else shaded(deep(rng), 0.7)
    return deep(rng) if rng.uniform() < 0.5 else vivid(rng)


def luminance(colour: Colour) -> float:
    """Relative brightness (Rec. 709 weights), 0 to 1."""
    red, green, blue = colour
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def shaded(colour: Colour, factor: float) -> Colour:
    """A darker (factor < 1) or lighter (> 1) tone."""
    red, green, blue = (min(1.0, channel * factor) for channel in colour)
    return red, green, blue
