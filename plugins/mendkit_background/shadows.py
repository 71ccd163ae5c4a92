"""Soft shadows that a product casts on the scene behind or below it."""

from __future__ import annotations

import cv2
import numpy as np

from mendkit.contracts import Image

from .matte import Matte

WORKING_SIZE = 128
"""Maximum resolution at which shadows are computed: they are soft."""


def cast_shadow(scene: Image, matte: Matte, rng: np.random.Generator) -> Image:
    """``scene``, darkened by the product's matte: flattened to its foot, sheared, shifted and blurred."""
    height, width = matte.shape
    shrink = min(1.0, WORKING_SIZE / max(height, width))
    small = cv2.resize(matte, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if shrink < 1 else matte
    side = min(small.shape)
    _, top, _, box_height = cv2.boundingRect((small > 0.5).astype(np.uint8))
    foot = top + box_height
    flat, shear = rng.uniform(0.2, 1), rng.uniform(-0.4, 0.4)
    dx, dy = side * rng.uniform(-0.05, 0.05), side * rng.uniform(0, 0.05)
    transform = np.array([[1, shear, dx - shear * foot], [0, flat, dy + (1 - flat) * foot]])
    cast = cv2.warpAffine(small, transform, small.shape[::-1])
    cast = cv2.GaussianBlur(cast, (0, 0), side * rng.uniform(0.01, 0.05))
    darkness = cv2.resize(cast, (width, height)) * rng.uniform(0.25, 0.7)
    return (scene * (1 - darkness[..., None])).astype(np.uint8)
