"""Puts a flat sticker on a photo: at its place and angle, in the light of the photo, with a soft shadow around it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from mendkit.contracts import Image
from numpy.typing import NDArray

from .sticker import Sticker

Map = NDArray[np.float32]
"""``[h, w]``."""
Points = NDArray[np.float32]
"""``[4, 2]``, x and y, px: the corners from the top left one, clockwise."""

SEEN_ASKEW = 0.05
"""Corners are moved by up to this share of their distance from the middle: most stickers are seen at an angle."""
MARGIN = 0.25
"""The shadow ends within this share of the sticker's height beside it."""
SHADOW_OFFSET, SHADOW_BLUR = 0.03, 0.035
"""Of the shadow, as shares of the sticker's height."""
SHADOWS = (0.15, 0.5)
"""The share of the light that a shadow takes away."""
CURL = 0.1
"""How much brighter or darker than its middle a side of a sticker can be: paper is not quite flat."""
LIGHTS = (0.7, 1.15)
"""The minimum and maximum brightness of a sticker relative to its print."""
LIT = 0.6
"""How far a sticker follows the light on the product: a dark area may be the product, not the light."""


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a sticker is: its middle (x, y), its height, px, and its angle, degrees clockwise."""

    middle: tuple[float, float]
    height: float
    angle: float


def stick_on(pixels: Image, sticker: Sticker, pose: Pose, rng: np.random.Generator) -> Image:
    """``pixels`` with the sticker on it; only what the sticker and its shadow cover changes."""
    corners = corners_of(sticker, pose, rng)
    window = _window(corners, MARGIN * pose.height, pixels.shape[:2])
    below = pixels[window].astype(np.float32)
    paper, cover = _seen(sticker, corners - (window[1].start, window[0].start), below.shape[:2])
    light = light_on(below, cover) * _curl(cover, rng)
    shadow = _shadow(cover, pose.height, rng)
    stuck = _blend(below * (1 - shadow[..., np.newaxis]), paper * light[..., np.newaxis], cover)
    result = pixels.copy()
    result[window] = np.rint(stuck.clip(0, 255)).astype(np.uint8)
    return result


def corners_of(sticker: Sticker, pose: Pose, rng: np.random.Generator) -> Points:
    """The corners of the sticker in the photo, seen at a slight angle."""
    rows, columns = sticker.outline.shape
    flat = np.array([[-columns, -rows], [columns, -rows], [columns, rows], [-columns, rows]]) * pose.height / rows / 2
    flat *= 1 + rng.uniform(-SEEN_ASKEW, SEEN_ASKEW, flat.shape)
    cosine, sine = np.cos(np.radians(pose.angle)), np.sin(np.radians(pose.angle))
    turn = np.array([[cosine, sine], [-sine, cosine]])
    return np.asarray(flat @ turn + pose.middle, np.float32)


def light_on(below: NDArray[np.float32], cover: Map) -> Map:
    """The brightness of each place relative to the mean of the covered area, from the photo ``below`` [h, w, 3]."""
    grey = cv2.cvtColor(below, cv2.COLOR_RGB2GRAY)
    # Blurred until prints on the product are gone and only broad shades are left.
    broad = cv2.GaussianBlur(grey, (0, 0), sigmaX=max(1.0, min(grey.shape) / 6))
    mean = max(1.0, float(np.average(broad, weights=cover + 1e-6)))
    return np.asarray((1 + LIT * (broad / mean - 1)).clip(*LIGHTS), np.float32)


def _window(corners: Points, margin: float, size: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns of the photo that hold the corners and a margin around them."""
    low = np.floor(corners.min(axis=0) - margin).astype(int).clip(0)
    high = np.ceil(corners.max(axis=0) + margin).astype(int) + 1
    return slice(int(low[1]), min(int(high[1]), size[0])), slice(int(low[0]), min(int(high[0]), size[1]))


def _seen(sticker: Sticker, corners: Points, size: tuple[int, ...]) -> tuple[NDArray[np.float32], Map]:
    """The sticker as the camera sees it in a window of ``size``: its pixels, and how much of each it covers, 0 to 1."""
    rows, columns = sticker.outline.shape
    flat = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32) - 0.5
    # At twice the size, then averaged, because a warp alone would leave jagged edges.
    matrix = cv2.getPerspectiveTransform(flat, (2 * corners + 0.5).astype(np.float32))
    large = (2 * size[1], 2 * size[0])
    paper = cv2.warpPerspective(sticker.pixels, matrix, large, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpPerspective(sticker.outline, matrix, large)
    paper, cover = (cv2.resize(image, size[1::-1], interpolation=cv2.INTER_AREA) for image in (paper, cover))
    return paper.astype(np.float32), cover.astype(np.float32) / np.float32(255)


def _curl(cover: Map, rng: np.random.Generator) -> Map:
    """Light that rises across the window in some direction, 1 in its middle."""
    angle, rise = rng.uniform(0, 2 * np.pi), rng.uniform(0, CURL)
    down, across = (np.linspace(-1, 1, side) for side in cover.shape)
    return np.asarray(1 + rise * (np.sin(angle) * down[:, np.newaxis] + np.cos(angle) * across), np.float32)


def _shadow(cover: Map, height: float, rng: np.random.Generator) -> Map:
    """The light that the sticker's shadow takes away, 0 to 1."""
    offset = rng.uniform(-1, 1, 2) * SHADOW_OFFSET * height
    moved = cv2.warpAffine(cover, np.array([[1, 0, offset[0]], [0, 1, offset[1]]]), cover.shape[::-1])
    soft = cv2.GaussianBlur(moved, (0, 0), sigmaX=max(0.4, SHADOW_BLUR * height))
    return np.asarray(soft * rng.uniform(*SHADOWS), np.float32)


def _blend(below: NDArray[np.float32], above: NDArray[np.float32], cover: Map) -> NDArray[np.float32]:
    return below + cover[..., np.newaxis] * (above - below)
