"""What a product does to the scene around it: cast shadows, contact shadows, and its reflection on a glossy table."""

from __future__ import annotations

import cv2
import numpy as np

from mendkit.contracts import Image

from ..matte import Matte, blend, lay_over

WORKING_SIZE = 128
"""Maximum resolution at which shadows are computed: they are soft."""
HARD_SHARE, SECOND_SHARE, CONTACT_SHARE = 0.25, 0.2, 0.5
"""How often a shadow is hard, a second lamp casts another, and the product has a contact shadow."""


def cast_shadow(scene: Image, matte: Matte, rng: np.random.Generator) -> Image:
    """``scene``, darkened by the shadows of one or two lamps, and mostly where the product touches it."""
    height, width = matte.shape
    shrink = min(1.0, WORKING_SIZE / max(height, width))
    small = np.asarray(cv2.resize(matte, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.float32)
    light = 1 - _cast(small, rng)
    if rng.random() < SECOND_SHARE:
        light *= 1 - np.float32(0.6) * _cast(small, rng)
    if rng.random() < CONTACT_SHARE:
        light *= 1 - _contact(small, rng)
    darkness = np.asarray(1 - cv2.resize(light, (width, height)), np.float32)
    return blend(scene, np.zeros_like(scene), darkness)


def reflect(scene: Image, on_white: Image, matte: Matte, rng: np.random.Generator) -> Image:
    """``scene`` with the product mirrored below its lowest point, the fainter the lower."""
    height, width = matte.shape
    foot = _foot(matte)
    mirror = np.array([[1, 0, 0], [0, -1, 2 * foot - 1]], np.float64)
    image = cv2.warpAffine(on_white, mirror, (width, height), borderValue=(255, 255, 255))
    opacity = cv2.warpAffine(matte, mirror, (width, height)).astype(np.float32, copy=False)
    below = np.arange(height, dtype=np.float32)[:, None] - foot
    fade = rng.uniform(0.15, 0.5) * np.exp(-below / (height * rng.uniform(0.05, 0.3))) * (below >= 0)
    mirrored = lay_over(image.astype(np.uint8, copy=False), opacity, scene)
    return blend(scene, mirrored, np.repeat(fade, width, axis=1).astype(np.float32))


def _cast(matte: Matte, rng: np.random.Generator) -> Matte:
    """The product's matte: flattened to its foot, sheared, shifted and blurred; how dark the shadow is."""
    side, foot = min(matte.shape), _foot(matte)
    flat, shear = rng.uniform(0.2, 1), rng.uniform(-0.6, 0.6)
    dx, dy = side * rng.uniform(-0.06, 0.06), side * rng.uniform(-0.01, 0.05)
    transform = np.array([[1, shear, dx - shear * foot], [0, flat, dy + (1 - flat) * foot]])
    cast = cv2.warpAffine(matte, transform, matte.shape[::-1])
    softness = rng.uniform(0.002, 0.008) if rng.random() < HARD_SHARE else rng.uniform(0.01, 0.06)
    return (cv2.GaussianBlur(cast, (0, 0), max(0.3, side * softness)) * rng.uniform(0.2, 0.7)).astype(np.float32)


def _contact(matte: Matte, rng: np.random.Generator) -> Matte:
    """A narrow dark seam around the product, stronger below it."""
    side = min(matte.shape)
    moved = cv2.warpAffine(matte, np.array([[1, 0, 0], [0, 1, side * rng.uniform(0, 0.02)]]), matte.shape[::-1])
    seam = cv2.GaussianBlur(moved, (0, 0), max(0.3, side * rng.uniform(0.005, 0.02)))
    return (seam * rng.uniform(0.3, 0.8)).astype(np.float32)


def _foot(matte: Matte) -> int:
    """The row below the product's lowest one."""
    _, top, _, height = cv2.boundingRect((matte > 0.5).astype(np.uint8))
    return int(top + height)
