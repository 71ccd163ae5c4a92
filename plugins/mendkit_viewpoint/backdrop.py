"""Separates a product from its backdrop in a catalogue photo, by the colour of the photo's edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image, Mask

TOLERANCE = 10
"""Maximum deviation of backdrop pixels from its colour, in levels of 255: JPEG noise, not a shadow."""
LEAST_SHARE = 0.5
"""Share of the edge that must have one colour to be a backdrop: a product can touch the frame."""


def backdrop_colour(pixels: Image) -> tuple[int, int, int] | None:
    """The one colour of the photo's edge, or None if most of the edge has other colours."""
    edge = np.concatenate([pixels[0], pixels[-1], pixels[1:-1, 0], pixels[1:-1, -1]]).astype(np.int16)
    colour = np.median(edge, axis=0).astype(np.int16)
    if (np.abs(edge - colour).max(axis=1) <= TOLERANCE).mean() < LEAST_SHARE:
        return None
    red, green, blue = colour.tolist()
    return red, green, blue


def product_outline(
    pixels: Image, colour: tuple[int, int, int] | None, foreground: Mask | None = None
) -> NDArray[np.float64]:
    """Leftmost and rightmost pixel of the product in each row, as ``[N, 2]`` points (x, y).

    The product is where ``foreground`` is set or, without a mask, where the photo differs from its backdrop. Without
    either, there are no points.
    """
    if foreground is not None:
        product = foreground >= 128
    elif colour is not None:
        product = np.abs(pixels.astype(np.int16) - np.array(colour, np.int16)).max(axis=2) > TOLERANCE
    else:
        return np.empty((0, 2))
    rows = np.flatnonzero(product.any(axis=1))
    left = product[rows].argmax(axis=1)
    right = product.shape[1] - 1 - product[rows, ::-1].argmax(axis=1)
    ends = [np.column_stack([columns, rows]) for columns in (left, right)]
    return np.concatenate(ends).astype(np.float64)
