"""Colours of scenes: any two that match, and those of wood, walls, cloths and skin."""

from __future__ import annotations

import colorsys

import numpy as np
from numpy.typing import NDArray

Colour = NDArray[np.float32]
"""``[3]`` sRGB, 0 to 255."""
Palette = tuple[Colour, Colour]
"""The darkest and the lightest colour of a surface, in either order."""

BRIGHTEST = 0.95
"""Colours of generated scenes stay below this HSV value, so that they differ from white."""


def any_palette(rng: np.random.Generator) -> Palette:
    """Two matching colours: mostly two tones of one hue, and often nearly grey."""
    hue, value = rng.random(), BRIGHTEST * rng.beta(3, 1.2)
    saturation = rng.beta(1, 2.5) * rng.choice((0.15, 1), p=(0.35, 0.65))
    one = colour(hue, saturation, value)
    if rng.random() < 0.25:
        return one, colour(rng.random(), rng.beta(1, 2.5), BRIGHTEST * rng.random())
    return one, colour(hue + rng.normal(0, 0.03), saturation, value * rng.uniform(0.5, 1))


def wood_palette(rng: np.random.Generator) -> Palette:
    """Brown, or grey as laminate is."""
    saturation = rng.uniform(0.02, 0.15) if rng.random() < 0.4 else rng.uniform(0.2, 0.65)
    return _tones(rng.uniform(0.05, 0.11), saturation, rng.uniform(0.3, 0.9), rng.uniform(0.55, 0.85))


def wall_palette(rng: np.random.Generator) -> Palette:
    """Light and nearly grey, mostly."""
    saturation = rng.beta(1, 9)
    return _tones(rng.random(), saturation, rng.uniform(0.5, BRIGHTEST), rng.uniform(0.8, 0.97))


def cloth_palette(rng: np.random.Generator) -> Palette:
    """Any hue, with deep shades: white sheets as well as red or black ones."""
    saturation = rng.beta(1, 2) * rng.choice((0.15, 1))
    return _tones(rng.random(), saturation, BRIGHTEST * rng.beta(3, 1.2), rng.uniform(0.45, 0.85))


def skin_palette(rng: np.random.Generator) -> Palette:
    """From dark brown to pale pink."""
    value = rng.uniform(0.3, BRIGHTEST)
    return _tones(rng.uniform(0.03, 0.08), rng.uniform(0.3, 0.65) - 0.2 * value, value, rng.uniform(0.55, 0.75))


def colour(hue: float, saturation: float, value: float) -> Colour:
    """From HSV, each in [0, 1]; the hue wraps around."""
    return np.array(colorsys.hsv_to_rgb(hue % 1, saturation, value), np.float32) * 255


def _tones(hue: float, saturation: float, value: float, darker: float) -> Palette:
    return colour(hue, saturation, value * darker), colour(hue, saturation, value)
