"""Rooms: a wall over a floor or table in perspective, and a floor or bed seen from above."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image

from .surfaces import FLOORS, LYING, WALLS, pick

Corners = NDArray[np.float32]
"""``[4, 2]``, (x, y) of a quadrangle from the top left clockwise."""

ROOM = 1.25
"""A surface is drawn larger than the photo by this factor, so that it can be turned."""


def room(rng: np.random.Generator, height: int, width: int) -> Image:
    """A wall, and below the horizon a floor or a table, mostly with a skirting or a dark line between them."""
    horizon = round(height * rng.uniform(0.3, 0.85))
    scene = pick(rng, WALLS)(rng, height, width)
    if 0 < horizon < height:
        scene[horizon:] = _in_perspective(pick(rng, FLOORS)(rng, height, width), rng, height - horizon, width)
        _draw_joint(scene, horizon, rng)
    return _tilted(scene, rng)


def from_above(rng: np.random.Generator, height: int, width: int) -> Image:
    """A surface at any angle, seen nearly straight from above."""
    tall, wide = (max(2, round(ROOM * side)) for side in (height, width))
    surface = pick(rng, LYING)(rng, tall, wide)
    angle = rng.normal(0, 6) + 90 * rng.integers(2) if rng.random() < 0.7 else rng.uniform(0, 180)
    seen = _turned(_corners(height, width), angle) + np.array([wide - width, tall - height]) / 2
    seen += rng.normal(0, 0.04 * min(height, width), (4, 2))
    return _quadrangle(surface, seen.astype(np.float32), height, width)


def _in_perspective(floor: Image, rng: np.random.Generator, height: int, width: int) -> Image:
    """The floor up to its horizon: wide far away, narrow in front."""
    deep, wide = floor.shape[:2]
    near = wide * rng.uniform(0.25, 0.7)
    left = (wide - near) * rng.uniform(0.2, 0.8)
    seen = np.array([(0, 0), (wide - 1, 0), (left + near, deep - 1), (left, deep - 1)], np.float32)
    return _quadrangle(floor, seen, height, width)


def _draw_joint(scene: Image, horizon: int, rng: np.random.Generator) -> None:
    """Draw a skirting, or a dark line, where wall and floor meet."""
    side = min(scene.shape[:2])
    if rng.random() < 0.35:
        top = max(0, horizon - round(side * rng.uniform(0.03, 0.1)))
        scene[top:horizon] = rng.uniform(60, 235)
    if rng.random() < 0.7:
        dark = slice(horizon, horizon + max(1, round(side * rng.uniform(0.004, 0.03))))
        scene[dark] = (scene[dark] * np.float32(rng.uniform(0.4, 0.85))).astype(np.uint8)


def _tilted(scene: Image, rng: np.random.Generator) -> Image:
    """As a camera sees it that is not quite level."""
    height, width = scene.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.normal(0, 2), 1.05)
    return cv2.warpAffine(scene, turn, (width, height), borderMode=cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)


def _quadrangle(surface: Image, seen: Corners, height: int, width: int) -> Image:
    """The part of ``surface`` with the corners ``seen``, as a rectangle. What lies outside is mirrored."""
    moves = cv2.getPerspectiveTransform(_corners(height, width), seen)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    warped = cv2.warpPerspective(surface, moves, (width, height), flags=flags, borderMode=cv2.BORDER_REFLECT)
    return warped.astype(np.uint8, copy=False)


def _corners(height: int, width: int) -> Corners:
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)


def _turned(corners: Corners, degrees: float) -> NDArray[np.float64]:
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    centre = corners.mean(axis=0)
    turned: NDArray[np.float64] = (corners - centre) @ np.array([[cosine, sine], [-sine, cosine]]) + centre
    return turned
