"""What a camera adds to a photo: mild blur, noise, and the traces of JPEG."""

from __future__ import annotations

import cv2
import numpy as np

from mendkit.contracts import Image

from ..compression import compressed

LOWEST_QUALITY, HIGHEST_QUALITY = 50, 95
BLURRED_SHARE, NOISY_SHARE, COMPRESSED_SHARE = 0.2, 0.3, 0.7


def photographed(image: Image, rng: np.random.Generator) -> Image:
    """``image`` as a camera stores it."""
    if rng.random() < BLURRED_SHARE:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.7)).astype(np.uint8, copy=False)
    if rng.random() < NOISY_SHARE:
        image = _noisy(image, rng)
    if rng.random() < COMPRESSED_SHARE:
        # Mostly high: the traces on the product are in the source only.
        image = compressed(image, round(LOWEST_QUALITY + (HIGHEST_QUALITY - LOWEST_QUALITY) * rng.beta(2, 1)))
    return image


def _noisy(image: Image, rng: np.random.Generator) -> Image:
    """Noise of brightness, because cameras smooth that of colour."""
    noise = rng.standard_normal(image.shape[:2], np.float32) * np.float32(rng.uniform(1, 5))
    return cv2.add(image, cv2.merge([noise, noise, noise]), dtype=cv2.CV_8U).astype(np.uint8, copy=False)
