"""The matte of a product photographed on white, used to lay the product over another background.

A photo on white is ``c = a * F + (1 - a) * 255``, with the product's colour F and opacity a. Over a scene B the same
product is ``a * F + (1 - a) * B = c - (1 - a) * (255 - B)``: the matte a is enough, and F is not needed. White is taken
out of mixed pixels by this, so a product has no white fringe, as long as a is not too large there.
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
RINGING = 0.06
"""Beside a dark product the noise is stronger, by this share of the product's depth."""
FAINT = 32
"""Pixels farther from white than this are product, however thin it is."""
HOLE_AREA = 0.001
"""Minimum share of the image for a white region inside the product to be a hole, such as in a handle."""
HOLE_WHITE = 0.7
"""It is a hole if this share of it is practically pure white: a white dial, sole or mug has some shading."""
NEIGHBOURS = np.ones((3, 3), np.uint8)
STEEP, GENTLE = 4, 2
"""Ringing and shadows on white get deeper by no more than this from pixel to pixel; the edge of a product by more."""
RIM_DEPTH, DARK = 72, 110
"""Maximum depth of ringing and shadows, and minimum depth of the product beside them."""
RIM_WIDTH, SHADOW_WIDTH = 1 / 24, 1 / 8
"""Their maximum width, as a share of the shorter side. Wider than the first, what is steep may be a white sole."""
SHADOW_AREA = 0.04
"""Wide regions larger than this share of the product are its white parts, such as the top of a cupboard."""



def matte_on_white(photo: Image) -> Matte:
    """The product's matte: 0 where the near-white surround reaches, 1 inside the product, soft along its outline.

    The shadow and the ringing that a photo has around a dark product are as opaque as they are dark beside it.
    """
    depth = _depth(photo)
    side = min(depth.shape)
    behind = _behind(depth)
    rim = _rim(depth, behind)
    near, far = _square(side / 128), _square(side * SHADOW_WIDTH / 2)
    outline = cv2.dilate(behind | rim, near) > 0
    opacity = np.where(rim > 0, _relative(depth, far), _relative(depth, near))
    return np.where(behind > 0, 0, np.where(outline, opacity, 1)).astype(np.float32)


def lay_over(on_white: Image, matte: Matte, scene: Image) -> Image:
    """The product of ``on_white`` over ``scene``: ``c - (1 - a) * (255 - B)``. Where a is 1, it is ``on_white``."""
    return cv2.subtract(on_white, blend(np.zeros_like(scene), 255 - scene, 1 - matte)).astype(np.uint8, copy=False)


def blend(below: Image, above: Image, opacity: Matte) -> Image:
    """``(1 - a) * below + a * above``."""
    return cv2.blendLinear(below, above, 1 - opacity, opacity).astype(np.uint8, copy=False)


def _depth(photo: Image) -> Depth:
    return greatest_channel(255 - photo)


def greatest_channel(image: Image) -> Depth:
    """``image.max(axis=2)``, which NumPy is slow at."""
    red, green, blue = cv2.split(image)
    return cv2.max(cv2.max(red, green), blue).astype(np.uint8, copy=False)


def _relative(depth: Depth, kernel: Region) -> Matte:
    """The depth as a share of the greatest nearby: the opacity of a pixel that is part product, part white."""
    return depth / np.maximum(cv2.dilate(depth, kernel), 1).astype(np.float32)


def _rim(depth: Depth, behind: Region) -> Region:
    """Ringing and shadows: faint regions that get deeper slowly from the surround to the product."""
    steep, gentle = (_rising(depth, slope) & (1 - behind) for slope in (STEEP, GENTLE))
    side = min(depth.shape)
    disc = _disc(side * RIM_WIDTH / 2)
    wide = cv2.dilate(cv2.morphologyEx(steep, cv2.MORPH_OPEN, disc), disc) & steep
    shadow = _small_parts(wide & gentle, SHADOW_AREA * (behind == 0).sum())
    beside_dark = cv2.dilate(depth, _square(side * SHADOW_WIDTH / 2)) >= DARK
    return np.asarray(steep & (1 - wide | shadow) & beside_dark, np.uint8)


def _small_parts(region: Region, most: float) -> Region:
    """The connected parts of at most so many pixels."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(region, connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] <= most
    small[0] = False  # label 0 is what is not in the region
    return np.asarray(small[labels], np.uint8)


def _rising(depth: Depth, slope: int) -> Region:
    """Where one comes from the edge of the photo without steps of more than ``slope``."""
    height, width = depth.shape
    smooth = cv2.copyMakeBorder(cv2.blur(depth, (3, 3)), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    reached = np.zeros((height + 4, width + 4), np.uint8)
    reached[2:-2, 2:-2] = depth > RIM_DEPTH
    cv2.floodFill(smooth, reached, (0, 0), 0, slope, slope, 4 | cv2.FLOODFILL_MASK_ONLY | (2 << 8))
    return np.asarray(reached[2:-2, 2:-2] == 2, np.uint8)


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
    nearby = cv2.dilate(depth, _square(side / 24))
    return np.asarray((smooth <= np.maximum(NOISE, RINGING * nearby)) & (depth <= FAINT), np.uint8)


def _with_specks(behind: Region, depth: Depth) -> Region:
    """``behind``, plus faint specks thinner than three pixels."""
    product = 1 - behind
    faint = (depth <= FAINT) & (cv2.morphologyEx(product, cv2.MORPH_OPEN, NEIGHBOURS) == 0)
    return np.asarray(behind | faint, np.uint8)


def _square(radius: float) -> Region:
    return np.ones((2 * max(1, round(radius)) + 1,) * 2, np.uint8)


def _disc(radius: float) -> Region:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * max(1, round(radius)) + 1,) * 2).astype(np.uint8)
