"""Adds a color cast in linear light: the light has a different color than the camera was set to."""

from __future__ import annotations

import numpy as np

from mendkit.contracts import Image, Pair, Photo, Resources

from .light import Floats, to_linear, to_srgb

WARMTH, TINT, EXPOSURE, GAMMA = 0.45, 0.15, 0.35, 0.15
"""Maximum absolute logarithm of the gains of red over blue, of green, of all channels, and of the exponent."""
LEAST = 0.12
"""Warmth and tint are drawn again while both are below this, so that the cast is visible."""
MIXED_SHARE = 0.4
"""How often a second light of another color comes from one side."""
RETOUCHED_SHARE = 0.5
"""How often the background is white again, so that it does not reveal the color of the light."""
NEAR_WHITE = 24.0
"""This many levels below white, a pixel belongs entirely to the product."""


class CastSynthesizer:
    """Pairs of a photo with a color cast (source) and the photo itself (target).

    A cast multiplies each channel of the linear light by a gain, like a wrong white balance (von Kries). The gains
    of mixed light change smoothly across the photo. In half of the pairs the background is still white, as in a
    cut-out photo: then only the product, or other photos of it, reveal its colors.
    """

    def __call__(self, photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
        """Make a pair of the size of ``photo``."""
        tinted = _tinted(photo.pixels, rng)
        source = _on_white(tinted, photo.pixels) if rng.random() < RETOUCHED_SHARE else tinted
        differs = (source != photo.pixels).any(axis=2)
        return Pair(source, photo.pixels, differs.astype(np.uint8) * 255)


def _tinted(pixels: Image, rng: np.random.Generator) -> Image:
    """The photo in wrong light."""
    gains = np.exp(_draw_light(rng))
    if rng.random() < MIXED_SHARE:
        height, width = pixels.shape[:2]
        side = _ramp(height, width, rng)
        gains = gains * (1 - side) + np.exp(_draw_light(rng)) * side
    gains = gains * np.exp(rng.uniform(-EXPOSURE, EXPOSURE))
    lit = (to_linear(pixels) * gains).clip(0, 1)
    return to_srgb(lit ** np.exp(rng.uniform(-GAMMA, GAMMA)))


def _draw_light(rng: np.random.Generator) -> Floats:
    """The logarithms of the gains of red, green and blue, ``[3]``; those of grey sum to about nothing."""
    warmth, tint = 0.0, 0.0
    while max(abs(warmth), abs(tint)) < LEAST:
        warmth, tint = rng.uniform(-WARMTH, WARMTH), rng.uniform(-TINT, TINT)
    return np.array([warmth - tint / 2, tint, -warmth - tint / 2], np.float32)


def _ramp(height: int, width: int, rng: np.random.Generator) -> Floats:
    """``[H, W, 1]`` from 0 to 1, along a random direction: steep or slow."""
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None]
    along = np.cos(angle) * x + np.sin(angle) * y - rng.uniform(-0.5, 0.5)
    return np.asarray(1 / (1 + np.exp(-along * rng.uniform(2, 6))), np.float32)[..., None]


def _on_white(tinted: Image, pixels: Image) -> Image:
    """The tinted photo where the product is, and the photo itself where it is white."""
    product = (255 - pixels.min(axis=2, keepdims=True)) / np.float32(NEAR_WHITE)
    mixed = pixels + product.clip(0, 1) * (tinted.astype(np.float32) - pixels)
    return np.asarray(mixed.round(), np.uint8)
