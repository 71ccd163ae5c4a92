"""From the values of a file to linear light and back (IEC 61966-2-1, sRGB)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image

Floats = NDArray[np.float32]


def to_linear(pixels: Image) -> Floats:
    """``uint8`` sRGB to linear light in [0, 1], of the same shape."""
    values = np.arange(256, dtype=np.float64) / 255
    table = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return table.astype(np.float32)[pixels]


def to_srgb(light: Floats) -> Image:
    """Linear light in [0, 1] to ``uint8`` sRGB, of the same shape."""
    encoded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return (encoded * 255).round().clip(0, 255).astype(np.uint8)
