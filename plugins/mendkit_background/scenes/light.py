"""Light in a scene: gradients, spots, the patch of a window, warm or cool; and a little of it on the product's edge."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image

from ..matte import Matte, blend
from .patterns import Map, linear, radial
from .surfaces import pick

GRID = 64
"""Light varies slowly, so it is drawn this small."""
UNEVEN_SHARE, WINDOW_SHARE, TINTED_SHARE = 0.6, 0.15, 0.4
SPILL_WIDTH, MOST_SPILL = 0.02, 0.15
"""How far the scene's light reaches into the product, as a share of the shorter side, and its greatest opacity."""


def lit(scene: Image, rng: np.random.Generator) -> Image:
    """``scene`` in uneven or tinted light."""
    height, width = scene.shape[:2]
    light = np.ones((GRID, GRID), np.float32)
    if rng.random() < UNEVEN_SHARE:
        light -= np.float32(rng.uniform(0.1, 0.55)) * pick(rng, (linear, radial))(rng, GRID, GRID)
    if rng.random() < WINDOW_SHARE:
        light = light * np.float32(rng.uniform(0.6, 0.9)) + np.float32(rng.uniform(0.15, 0.5)) * _window(rng)
    colours = cv2.merge([light * np.float32(part) for part in _tint(rng)])
    large = cv2.resize(colours, (width, height), interpolation=cv2.INTER_LINEAR)
    return cv2.multiply(scene, large, dtype=cv2.CV_8U).astype(np.uint8, copy=False)


def spilled(source: Image, matte: Matte, scene: Image, rng: np.random.Generator) -> Image:
    """``source`` with the average colour of ``scene`` on the inner edge of the product."""
    reach = max(1.0, SPILL_WIDTH * min(matte.shape))
    edge = cv2.GaussianBlur(1 - matte, (0, 0), reach) * matte
    opacity = (edge * np.float32(rng.uniform(0.3, 1) * MOST_SPILL)).astype(np.float32)
    ambient = np.empty_like(source)
    ambient[:] = scene.mean(axis=(0, 1))
    return blend(source, ambient, opacity)


def _tint(rng: np.random.Generator) -> NDArray[np.float64]:
    """Factors of red, green and blue: 1, or warmer or cooler."""
    warmth = rng.normal(0, 0.06) if rng.random() < TINTED_SHARE else 0.0
    return np.array([1 + warmth, 1, 1 - warmth]) / (1 + abs(warmth))


def _window(rng: np.random.Generator) -> Map:
    """The slanted patch of light that falls through a window with bars."""
    x, y = rng.uniform(-0.1, 0.7, 2) * GRID
    width, height, slant = GRID * rng.uniform(0.15, 0.5, 3) * (1, 1, rng.choice((-1, 1)))
    patch = np.zeros((GRID, GRID), np.uint8)
    for row in range(2):
        for column in range(2):
            left, top = x + column * width * 1.1 + row * slant, y + row * height * 1.1
            pane = [
                (left, top),
                (left + width, top),
                (left + width + slant, top + height),
                (left + slant, top + height),
            ]
            cv2.fillConvexPoly(patch, np.array(pane, np.int32), 255, cv2.LINE_AA)
    return cv2.GaussianBlur(patch, (0, 0), rng.uniform(0.7, 2.5)).astype(np.float32) / np.float32(255)
