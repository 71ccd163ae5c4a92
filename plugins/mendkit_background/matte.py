"""The matte of a product photographed on white, and how to lay a product over another background by it.

A photo on white is ``c = a * F + (1 - a) * 255``, F the product's own colour and a its opacity. Over a scene B the same
product is ``a * F + (1 - a) * B = c - (1 - a) * (255 - B)``: the matte a is enough, F is never needed.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image

Matte = NDArray[np.float32]
"""``[H, W]``, opacity of the product, 0 to 1."""

NOISE = 5
"""So far from white, in levels of 255, is what JPEG makes of a white background."""
FAINT = 32
"""Up to this distance, single pixels and thin lines are ringing of JPEG; only what has some width is a product."""
HOLE_SHARE = 0.002
"""A white region inside the product is a hole, such as that of a handle, from this share of the image."""
HOLE_DEPTH = 1.3
"""Mean distance from white in a hole, at most. A white dial or sole has some shading."""
NEIGHBOURS = np.ones((3, 3), np.uint8)


def matte_on_white(photo: Image) -> Matte:
    """The product's matte: 0 where the near-white surround reaches, 1 inside the product, soft along its outline."""
    depth = 255 - photo.min(axis=2)
    behind = _behind(depth)
    radius = max(1, round(min(depth.shape) / 160))
    kernel = np.ones((2 * radius + 1,) * 2, np.uint8)
    # Along the outline a pixel is as opaque as it is deep, compared with the product beside it.
    opacity = depth / np.maximum(cv2.dilate(depth, kernel), 1).astype(np.float32)
    outline = cv2.dilate(behind, kernel) > 0
    return np.where(behind > 0, 0, np.where(outline, opacity, 1)).astype(np.float32)


def lay_over(on_white: Image, matte: Matte, scene: Image) -> Image:
    """The product of ``on_white`` over ``scene``: ``c - (1 - a) * (255 - B)``. Where a is 1, it is ``on_white``."""
    thinned = (1 - matte)[..., None] * (255 - scene.astype(np.float32))
    return np.rint(np.clip(on_white - thinned, 0, 255)).astype(np.uint8)


def _behind(depth: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """1 where the background shows, ``[H, W]``: around the product and through its holes."""
    near_white = (depth <= NOISE).astype(np.uint8)
    # Eroded first: the background must not leak into a white product through a thin gap in its outline.
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.erode(near_white, NEIGHBOURS), connectivity=4)
    left, top, width, height, area = stats.T
    reaches_edge = (left == 0) | (top == 0) | (left + width == depth.shape[1]) | (top + height == depth.shape[0])
    shows = reaches_edge | ((area >= HOLE_SHARE * depth.size) & (_means(depth, labels, area) <= HOLE_DEPTH))
    shows[0] = False  # label 0 is what is not near-white
    return 1 - _without_ringing(1 - (cv2.dilate(shows[labels].astype(np.uint8), NEIGHBOURS) & near_white), depth)


def _without_ringing(product: NDArray[np.uint8], depth: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return product & (cv2.morphologyEx(product, cv2.MORPH_OPEN, NEIGHBOURS) | (depth > FAINT))


def _means(values: NDArray[np.uint8], labels: NDArray[np.int32], area: NDArray[np.int32]) -> NDArray[np.float64]:
    return np.bincount(labels.ravel(), weights=values.ravel(), minlength=len(area)) / np.maximum(area, 1)
