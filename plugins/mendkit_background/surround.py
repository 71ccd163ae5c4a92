"""What surrounds a product photographed on white: the background, and the traces of the product on it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image

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
HOLE_WHITE = 0.6
"""It is a hole if this share of it is practically pure white: a white dial, sole or mug has some shading."""
NEIGHBOURS = np.ones((3, 3), np.uint8)
STEEP, GENTLE = 64, 48
"""Ringing and shadows on white get deeper by no more than this from pixel to pixel, the edge of a product by more. It
is divided by the square root of the side: small photos have steeper shadows, but no more noise of JPEG."""
TRACE_DEPTH, DARK = 48, 110
"""Maximum depth of ringing and shadows, and minimum depth of the product beside them."""
FLOODED_DEPTH = 72
"""How deep they are followed, so that the shape of a pale surface is seen as a whole."""
TRACE_WIDTH, SHADOW_WIDTH = 1 / 24, 1 / 8
"""Their maximum width, as a share of the shorter side. Wider than the first, what is steep may be a white sole."""
SHADOW_AREA = 0.04
"""Wide regions larger than this share of the product are its white parts, such as the top of a cupboard."""


def depth_of(photo: Image) -> Depth:
    """How far each pixel is from white."""
    return greatest_channel(255 - photo)


def greatest_channel(image: Image) -> Depth:
    """``image.max(axis=2)``, which NumPy is slow at."""
    red, green, blue = cv2.split(image)
    return cv2.max(cv2.max(red, green), blue).astype(np.uint8, copy=False)


def behind_product(depth: Depth) -> Region:
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
    nearby = cv2.dilate(depth, square(side / 48))
    return np.asarray((smooth <= np.maximum(NOISE, RINGING * nearby)) & (depth <= FAINT), np.uint8)


def _with_specks(behind: Region, depth: Depth) -> Region:
    """``behind``, plus faint specks thinner than three pixels."""
    product = 1 - behind
    faint = (depth <= FAINT) & (cv2.morphologyEx(product, cv2.MORPH_OPEN, NEIGHBOURS) == 0)
    return np.asarray(behind | faint, np.uint8)


def traces_of_product(depth: Depth, behind: Region) -> Region:
    """Ringing and shadows: faint regions that get deeper slowly from the surround to the product."""
    side = min(depth.shape)
    steep, gentle = (_rising(depth, round(slope / side**0.5)) & (1 - behind) for slope in (STEEP, GENTLE))
    disc = _disc(side * TRACE_WIDTH / 2)
    wide = steep & cv2.dilate(cv2.morphologyEx(steep, cv2.MORPH_OPEN, disc), disc).astype(np.uint8)
    shadow = _small_parts(wide, gentle, SHADOW_AREA * (behind == 0).sum())
    # Eroded first: the thin cable of a white lamp does not have shadows.
    dark = cv2.erode(depth, square(side / 64))
    beside_dark = cv2.dilate(dark, square(side * SHADOW_WIDTH / 2 + side / 64)) >= DARK
    return np.asarray(steep & (1 - wide | shadow) & beside_dark & (depth <= TRACE_DEPTH), np.uint8)


def _small_parts(region: Region, gentle: Region, most: float) -> Region:
    """The connected parts of at most so many pixels which are mostly gentle."""
    if not region.any():
        return region
    _, labels, stats, _ = cv2.connectedComponentsWithStats(region, connectivity=4)
    area = stats[:, cv2.CC_STAT_AREA]
    small = (area <= most) & (np.bincount(labels[gentle > 0], minlength=len(area)) >= 0.5 * area)
    small[0] = False  # label 0 is what is not in the region
    return np.asarray(small[labels], np.uint8)


def _rising(depth: Depth, slope: int) -> Region:
    """Where one comes from the edge of the photo without steps of more than ``slope``."""
    height, width = depth.shape
    smooth = cv2.copyMakeBorder(cv2.blur(depth, (3, 3)), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    reached = np.zeros((height + 4, width + 4), np.uint8)
    reached[2:-2, 2:-2] = depth > FLOODED_DEPTH
    cv2.floodFill(smooth, reached, (0, 0), 0, slope, slope, 4 | cv2.FLOODFILL_MASK_ONLY | (2 << 8))
    return np.asarray(reached[2:-2, 2:-2] == 2, np.uint8)


def square(radius: float) -> Region:
    """A kernel that reaches so far, but at least one pixel."""
    return np.ones((2 * max(1, round(radius)) + 1,) * 2, np.uint8)


def _disc(radius: float) -> Region:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * max(1, round(radius)) + 1,) * 2).astype(np.uint8)
