"""Backgrounds for products: photos from the data, or generated walls, tables and studios."""

from __future__ import annotations

import colorsys

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image, Resources

from .patterns import SMOOTH, TEXTURED, Map, linear, radial

PHOTO_SHARE = 0.6
"""How often a scene is a photo, if the data has any."""
BRIGHTEST = 0.95
"""Colours of generated scenes stay below this HSV value, so that they differ from white."""

Colour = NDArray[np.float32]
"""``[3]`` sRGB, 0 to 255."""


def draw_scene(rng: np.random.Generator, resources: Resources, height: int, width: int) -> Image:
    """A background ``[height, width, 3]``."""
    if rng.random() < PHOTO_SHARE:
        photo = resources.draw("backgrounds", rng, height, width)
        if photo is not None:
            return _defocused(rng, photo)
    return generate_scene(rng, height, width)


def generate_scene(rng: np.random.Generator, height: int, width: int) -> Image:
    """A surface, or a wall over a floor, in even or uneven light."""
    scene = _surface(rng, height, width)
    if rng.random() < 0.3:
        horizon = int(height * rng.uniform(0.4, 0.85))
        scene[horizon:] = _surface(rng, height - horizon, width)
    if rng.random() < 0.6:
        light = (linear, radial)[rng.integers(2)](rng, height, width)
        scene *= (1 - rng.uniform(0.1, 0.4) * light)[..., None]
    return scene.astype(np.uint8)


def _surface(rng: np.random.Generator, height: int, width: int) -> NDArray[np.float32]:
    patterns = SMOOTH if rng.random() < 0.5 else TEXTURED
    pattern = patterns[rng.integers(len(patterns))](rng, height, width)
    return _coloured(pattern, *_palette(rng))


def _coloured(pattern: Map, low: Colour, high: Colour) -> NDArray[np.float32]:
    return low + pattern[..., None] * (high - low)


def _palette(rng: np.random.Generator) -> tuple[Colour, Colour]:
    """Two matching colours: mostly two tones of one hue, and often nearly grey."""
    hue, value = rng.random(), BRIGHTEST * rng.beta(3, 1.2)
    saturation = rng.beta(1, 2.5) * rng.choice((0.15, 1), p=(0.35, 0.65))
    one = _colour(hue, saturation, value)
    if rng.random() < 0.25:
        return one, _colour(rng.random(), rng.beta(1, 2.5), BRIGHTEST * rng.random())
    return one, _colour(hue + rng.normal(0, 0.03), saturation, value * rng.uniform(0.5, 1))


def _colour(hue: float, saturation: float, value: float) -> Colour:
    return np.array(colorsys.hsv_to_rgb(hue % 1, saturation, value), np.float32) * 255


def _defocused(rng: np.random.Generator, photo: Image) -> Image:
    """The photo, out of focus half of the time."""
    if rng.random() < 0.5:
        return photo
    sigma = min(photo.shape[:2]) * rng.uniform(0.005, 0.03)
    return cv2.GaussianBlur(photo, (0, 0), sigma).astype(np.uint8)
