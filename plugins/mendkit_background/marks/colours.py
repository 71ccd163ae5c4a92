"""Colours of marks."""

from __future__ import annotations

import colorsys

import numpy as np

from .layers import Colour

WHITE, BLACK = np.full(3, 255, np.float32), np.zeros(3, np.float32)


def draw_colour(rng: np.random.Generator) -> Colour:
    """White, black, grey or a colour."""
    kind = rng.choice(4, p=(0.3, 0.2, 0.2, 0.3))
    return vivid(rng) if kind == 3 else np.full(3, (255, 0, rng.uniform(60, 190))[kind], np.float32)


def vivid(rng: np.random.Generator) -> Colour:
    """A strong colour, most often the red, orange or yellow of sales."""
    hue = rng.uniform(-0.03, 0.15) % 1 if rng.random() < 0.4 else rng.random()
    return np.array(colorsys.hsv_to_rgb(hue, rng.uniform(0.5, 1), rng.uniform(0.35, 1)), np.float32) * 255


def legible_on(rng: np.random.Generator, ground: Colour) -> Colour:
    """White or black, whichever contrasts more with ``ground``; sometimes a colour that contrasts as well."""
    bright = ground.mean() > 140
    if rng.random() < 0.2 and abs((colour := vivid(rng)).mean() - ground.mean()) > 90:
        return colour
    return BLACK if bright else WHITE
