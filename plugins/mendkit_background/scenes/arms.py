"""An arm that reaches into the photo and holds the product from behind."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image, Mask

from ..matte import Matte
from .palettes import Palette, any_palette, skin_palette

Point = NDArray[np.float64]
"""(x, y) in pixels."""

SLEEVE_SHARE = 0.6
ELBOW, WRIST, FINGER = 0.1, 0.055, 0.022
"""Half widths, as shares of the shorter side of the photo."""


def draw_arm(rng: np.random.Generator, matte: Matte) -> tuple[Mask, Image]:
    """Where the arm is, 0 to 255, and its colours, round in the light. Its hand ends behind the product."""
    height, width = matte.shape
    size = min(height, width) * rng.uniform(0.8, 1.4)
    hand = _touched(rng, matte)
    start = _entry(rng, hand, height, width)
    skin, sleeve = np.zeros((2, height, width), np.uint8)
    along = (hand - start) / max(1.0, float(np.hypot(*(hand - start))))
    _draw_limb(skin, start, hand, ELBOW * size, WRIST * size)
    _draw_hand(skin, hand, along, size, rng)
    if rng.random() < SLEEVE_SHARE:
        _draw_limb(
            sleeve, start, start + (hand - start) * rng.uniform(0.3, 0.8), 1.4 * ELBOW * size, 1.2 * WRIST * size
        )
    colours = np.where(sleeve[..., None] > 127, _rounded(sleeve, any_palette(rng)), _rounded(skin, skin_palette(rng)))
    return cv2.max(skin, sleeve).astype(np.uint8, copy=False), colours


def _touched(rng: np.random.Generator, matte: Matte) -> Point:
    """A place just inside the product's outline; the middle of the photo if there is no product."""
    inside = (matte > 0.5).astype(np.uint8)
    rows, columns = np.nonzero(inside - cv2.erode(inside, np.ones((3, 3), np.uint8)))
    if not len(rows):
        return np.array(matte.shape[::-1]) / 2
    index = rng.integers(len(rows))
    return np.array([columns[index], rows[index]], float)


def _entry(rng: np.random.Generator, hand: Point, height: int, width: int) -> Point:
    """Where the arm comes into the photo: beyond the edge, on the hand's side of the middle."""
    outwards = hand - np.array([width, height]) / 2 + rng.normal(0, 0.15, 2) * (width, height)
    return hand + outwards / max(1.0, float(np.hypot(*outwards))) * 1.2 * max(height, width)


def _draw_limb(where: Mask, start: Point, end: Point, wide: float, narrow: float) -> None:
    along = (end - start) / max(1.0, float(np.hypot(*(end - start))))
    across = np.array([-along[1], along[0]])
    corners = [start + across * wide, end + across * narrow, end - across * narrow, start - across * wide]
    cv2.fillPoly(where, [np.rint(corners).astype(np.int32)], 255, cv2.LINE_AA)


def _draw_hand(where: Mask, hand: Point, along: Point, size: float, rng: np.random.Generator) -> None:
    """A palm, and fingers that spread forward and sideways."""
    angle = float(np.degrees(np.arctan2(along[1], along[0])))
    axes = (max(1, round(1.8 * WRIST * size)), max(1, round(1.3 * WRIST * size)))
    cv2.ellipse(where, hand.astype(int).tolist(), axes, angle, 0, 360, 255, -1, cv2.LINE_AA)
    thick = max(1, round(2 * FINGER * size))
    for turn in np.radians(np.array([-55, -18, 0, 18]) * rng.choice((-1, 1)) + rng.normal(0, 6, 4)):
        cosine, sine = np.cos(turn), np.sin(turn)
        ahead = np.array([cosine * along[0] - sine * along[1], sine * along[0] + cosine * along[1]])
        tip = hand + ahead * size * WRIST * rng.uniform(2.4, 3.4)
        cv2.line(where, hand.astype(int).tolist(), tip.astype(int).tolist(), 255, thick, cv2.LINE_AA)


def _rounded(where: Mask, palette: Palette) -> Image:
    """From the first colour at the edges to the second in the middle, as a cylinder is lit."""
    inwards = cv2.distanceTransform((where > 127).astype(np.uint8), cv2.DIST_L2, 3)
    light = np.sqrt(inwards / max(1.0, float(inwards.max())))[..., None]
    return np.asarray(palette[0] + light * (palette[1] - palette[0]), np.uint8)
