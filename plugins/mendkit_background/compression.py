"""The traces of JPEG."""

from __future__ import annotations

import cv2
import numpy as np

from mendkit.contracts import Image


def compressed(image: Image, quality: int) -> Image:
    """``image`` after it was stored as JPEG."""
    _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1].copy()
