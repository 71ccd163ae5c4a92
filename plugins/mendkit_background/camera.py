"""What a camera adds to a photo: mild blur, noise, and the traces of JPEG."""

from __future__ import annotations

import cv2
import numpy as np

from mendkit.contracts import Image

LOWEST_QUALITY, HIGHEST_QUALITY = 50, 95
BLURRED_SHARE, NOISY_SHARE, COMPRESSED_SHARE = 0.2, 0.3, 0.7


def photographed(image: Image, rng: np.random.Generator) -> Image:
    """``image`` as a camera stores it."""
    if rng.random() < BLURRED_SHARE:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.7)).astype(np.uint8, copy=False)
    if rng.random() < NOISY_SHARE:
        image = _noisy(image, rng)
    return _compressed(image, rng) if rng.random() < COMPRESSED_SHARE else image


def _noisy(image: Image, rng: np.random.Generator) -> Image:
    """Noise of brightness, because cameras smooth that of colour."""
    noise = rng.standard_normal(image.shape[:2], np.float32) * np.float32(rng.uniform(1, 5))
    return cv2.add(image, cv2.merge([noise, noise, noise]), dtype=cv2.CV_8U).astype(np.uint8, copy=False)


def _compressed(image: Image, rng: np.random.Generator) -> Image:
    # Quality is mostly high: what JPEG does to the product is in the source only.
    quality = LOWEST_QUALITY + (HIGHEST_QUALITY - LOWEST_QUALITY) * rng.beta(2, 1)
    swapped = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", swapped, [cv2.IMWRITE_JPEG_QUALITY, round(quality)])
    return cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
