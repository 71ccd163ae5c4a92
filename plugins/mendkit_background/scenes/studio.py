"""What is left of a studio when its background is not quite white: grey corners, a bent sheet, noise of JPEG."""

from __future__ import annotations

import cv2
import numpy as np

from mendkit.contracts import Image

from ..compression import compressed
from .patterns import Map, linear, noise, radial
from .surfaces import pick

LIGHTEST = 250
"""Maximum level of the darkest channel."""
JPEG_SHARE = 0.3


def studio(rng: np.random.Generator, height: int, width: int) -> Image:
    """Nearly white or light grey, with shades as uneven light and paper make them."""
    tint = 1 - np.abs(rng.normal(0, 0.012, 3)) * (rng.random() < 0.6)
    level = LIGHTEST - rng.exponential(6) if rng.random() < 0.6 else rng.uniform(190, 240)
    shade = pick(rng, (_even, _corners, _gradient, _sweep, _uneven))(rng, height, width)
    depth = rng.uniform(5, 60) * (0.3 if rng.random() < 0.5 else 1)
    light = cv2.merge([np.float32(level * part) - np.float32(depth) * shade for part in tint])
    scene = cv2.convertScaleAbs(light).astype(np.uint8, copy=False)
    return _recompressed(scene, rng) if rng.random() < JPEG_SHARE else scene


def _even(rng: np.random.Generator, height: int, width: int) -> Map:
    return np.zeros((height, width), np.float32)


def _corners(rng: np.random.Generator, height: int, width: int) -> Map:
    """A vignette."""
    return 1 - radial(rng, height, width)


def _gradient(rng: np.random.Generator, height: int, width: int) -> Map:
    return linear(rng, height, width)


def _sweep(rng: np.random.Generator, height: int, width: int) -> Map:
    """A paper whose bend from floor to wall shows as a soft step."""
    bend, soft = rng.uniform(0.4, 0.85), rng.uniform(0.01, 0.1)
    y = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    step = 1 / (1 + np.exp((y - bend) / soft * rng.choice((-1, 1))))
    fold = np.exp(-(((y - bend) / (2 * soft)) ** 2))
    return np.repeat(0.7 * step + 0.3 * fold, width, axis=1).astype(np.float32)


def _uneven(rng: np.random.Generator, height: int, width: int) -> Map:
    return noise(rng, height, width, 4, 4)


def _recompressed(scene: Image, rng: np.random.Generator) -> Image:
    """Its noise is added before, or there were nothing for JPEG to distort."""
    grain = rng.normal(0, rng.uniform(1, 3), (*scene.shape[:2], 1))
    return compressed((scene + grain).clip(0, 255).astype(np.uint8), quality=75)
