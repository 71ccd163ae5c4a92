"""The matte of a product photographed on white, used to lay the product over another background.

A photo on white is ``c = a * F + (1 - a) * 255``, with the product's colour F and opacity a. Over a scene B the same
product is ``a * F + (1 - a) * B = c - (1 - a) * (255 - B)``: the matte a is enough, and F is not needed.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image

Matte = NDArray[np.float32]
"""``[H, W]``, opacity of the product, 0 to 1."""
Depth = NDArray[np.uint8]
"""``[H, W]``, distance from white: 255 less the darkest channel."""
Region = NDArray[np.uint8]
"""``[H, W]``, 1 or 0."""

NOISE = 5
"""The distance from white that JPEG noise causes on a white background."""
RINGING = 0.05
"""Beside a dark product the noise is stronger, by this share of the product's depth."""
FAINT = 32
"""Pixels farther from white than this are product, however thin it is."""
HOLE_AREA = 0.001
"""Minimum share of the image for a white region inside the product to be a hole, such as in a handle."""
HOLE_WHITE = 0.7
"""It is a hole if this share of it is practically pure white: a white dial, sole or mug has some shading."""
NEIGHBOURS = np.ones((3, 3), np.uint8)


def matte_on_white(photo: Image) -> Matte:
    """The product's matte: 0 where the near-white surround reaches, 1 inside the product, soft along its outline."""
    depth = (255 - photo.min(axis=2)).astype(np.uint8)
    behind = _behind(depth)
    kernel = _square(min(depth.shape) / 160)
    # Along the outline, opacity is the pixel's depth relative to the product beside it.
    opacity = depth / np.maximum(cv2.dilate(depth, kernel), 1).astype(np.float32)
    outline = cv2.dilate(behind, kernel) > 0
    return np.where(behind > 0, 0, np.where(outline, opacity, 1)).astype(np.float32)


def lay_over(on_white: Image, matte: Matte, scene: Image) -> Image:
    """The product of ``on_white`` over ``scene``: ``c - (1 - a) * (255 - B)``. Where a is 1, it is ``on_white``."""
    thinned = (1 - matte)[..., None] * (255 - scene.astype(np.float32))
    return np.asarray(np.rint(np.clip(on_white - thinned, 0, 255)), np.uint8)


def _behind(depth: Depth) -> Region:
    """Where the background shows: around the product and through its holes."""
    near_white = _near_white(depth)
    # Eroded first: the background must not leak into a white product through a thin gap in its outline.
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.erode(near_white, NEIGHBOURS), connectivity=4)
    left, top, width, height, area = stats.T
    reaches_edge = (left == 0) | (top == 0) | (left + width == depth.shape[1]) | (top + height == depth.shape[0])
    white = np.bincount(labels[depth <= 1], minlength=len(area)) / np.maximum(area, 1)
    shows = reaches_edge | ((area >= HOLE_AREA * depth.size) & (white >= HOLE_WHITE))
    shows[0] = False  # label 0 is everything that is not near-white
    behind = cv2.dilate(shows[labels].astype(np.uint8), NEIGHBOURS).astype(np.uint8) & near_white
    return _with_specks(behind, depth)


def _near_white(depth: Depth) -> Region:
    """Possible background: white up to JPEG noise."""
    side = min(depth.shape)
    smooth = cv2.medianBlur(depth, 2 * min(2, max(1, round(side / 128))) + 1)
    nearby = cv2.dilate(depth, _square(side / 48))
    return np.asarray((smooth <= np.maximum(NOISE, RINGING * nearby)) & (depth <= FAINT), np.uint8)


def _with_specks(behind: Region, depth: Depth) -> Region:
    """``behind``, plus faint specks thinner than three pixels."""
    product = 1 - behind
    faint = (depth <= FAINT) & (cv2.morphologyEx(product, cv2.MORPH_OPEN, NEIGHBOURS) == 0)
    return np.asarray(behind | faint, np.uint8)


def _square(radius: float) -> Region:
    return np.ones((2 * max(1, round(radius)) + 1,) * 2, np.uint8)
