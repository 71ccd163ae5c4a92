"""Draws logos: simple emblems, with or without a monogram."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from .layers import Stamp, centred
from .lettering import plain_text
from .typefaces import EMBEDDED
from .words import random_capitals

Point = tuple[float, float]


def draw_logo(rng: np.random.Generator, side: int) -> Stamp:
    """A simple emblem on a square of ``side`` px."""
    canvas = np.zeros((side, side), np.uint8)
    LOGOS[rng.integers(len(LOGOS))](rng, canvas)
    return canvas


def _ring(rng: np.random.Generator, canvas: Stamp) -> None:
    """One ring or two, sometimes around a monogram."""
    side = len(canvas)
    thickness = max(1, round(side * rng.uniform(0.04, 0.12)))
    cv2.circle(canvas, (side // 2, side // 2), (side - thickness) // 2 - 1, 255, thickness, cv2.LINE_AA)
    if rng.random() < 0.4:
        cv2.circle(canvas, (side // 2, side // 2), round(side * 0.33), 255, max(1, thickness // 2), cv2.LINE_AA)
    if rng.random() < 0.7:
        _monogram(rng, canvas, round(side * 0.4))


def _shield(rng: np.random.Generator, canvas: Stamp) -> None:
    outline = [(0.06, 0.08), (0.5, 0.02), (0.94, 0.08), (0.9, 0.55), (0.5, 0.98), (0.1, 0.55)]
    _polygon(rng, canvas, outline)


def _star(rng: np.random.Generator, canvas: Stamp) -> None:
    """A star or a flower-like rosette, of 4 to 12 points."""
    points, inner = int(rng.integers(4, 13)), rng.uniform(0.35, 0.8)
    angles = np.arange(2 * points) * np.pi / points - np.pi / 2
    radii = np.where(np.arange(2 * points) % 2, inner, 1) * 0.48
    _polygon(rng, canvas, list(zip(0.5 + radii * np.cos(angles), 0.5 + radii * np.sin(angles), strict=True)))


def _regular(rng: np.random.Generator, canvas: Stamp) -> None:
    """A triangle, diamond, pentagon, ... octagon."""
    angles = np.arange(sides := int(rng.integers(3, 9))) * 2 * np.pi / sides - np.pi / 2
    _polygon(rng, canvas, list(zip(0.5 + 0.46 * np.cos(angles), 0.5 + 0.46 * np.sin(angles), strict=True)))


def _bars(rng: np.random.Generator, canvas: Stamp) -> None:
    """Parallel slanted bars."""
    side, count = len(canvas), int(rng.integers(2, 5))
    slant, thickness = rng.uniform(-0.4, 0.4), max(1, round(side * 0.4 / count))
    for place in (np.arange(count) + 0.5) / count:
        start, end = ((int(side * (place + slant * s)), int(side * (0.5 + s))) for s in (-0.4, 0.4))
        cv2.line(canvas, start, end, 255, thickness, cv2.LINE_AA)


def _cross(rng: np.random.Generator, canvas: Stamp) -> None:
    """The two diagonals of agencies' previews."""
    side, thickness = len(canvas), max(1, round(len(canvas) * rng.uniform(0.015, 0.06)))
    cv2.line(canvas, (0, 0), (side, side), 255, thickness, cv2.LINE_AA)
    cv2.line(canvas, (0, side), (side, 0), 255, thickness, cv2.LINE_AA)


def _drop(rng: np.random.Generator, canvas: Stamp) -> None:
    """A leaf or a drop: what two circles have in common, or a pair of them."""
    side, tilt = len(canvas), rng.uniform(0, 180)
    for turn in (0, 70)[: rng.integers(1, 3)]:
        middle, axes = (side // 2, side // 2), (round(side * 0.46), round(side * rng.uniform(0.14, 0.22)))
        cv2.ellipse(canvas, middle, axes, tilt + turn, 0, 360, 255, rng.choice((-1, max(1, side // 24))), cv2.LINE_AA)


def _camera(rng: np.random.Generator, canvas: Stamp) -> None:
    """The camera of photographers and of social media."""
    side = len(canvas)
    line = max(1, round(side * rng.uniform(0.05, 0.1)))
    cv2.rectangle(canvas, (line, side // 4), (side - line - 1, side - side // 6), 255, line, cv2.LINE_AA)
    cv2.circle(canvas, (side // 2, round(side * 0.54)), round(side * 0.17), 255, line, cv2.LINE_AA)
    cv2.circle(canvas, (round(side * 0.8), round(side * 0.36)), max(1, side // 24), 255, -1, cv2.LINE_AA)


LOGOS: tuple[Callable[[np.random.Generator, Stamp], None], ...] = (
    _ring,
    _ring,
    _shield,
    _star,
    _regular,
    _bars,
    _cross,
    _drop,
    _camera,
)


def _polygon(rng: np.random.Generator, canvas: Stamp, outline: list[Point]) -> None:
    """Filled, outlined, or filled with a monogram cut out. ``outline`` is in units of the canvas."""
    side = len(canvas)
    corners = np.round(np.array(outline) * side * 16).astype(np.int32)
    filled = rng.random() < 0.5
    if filled:
        cv2.fillPoly(canvas, [corners], 255, cv2.LINE_AA, shift=4)
    else:
        cv2.polylines(canvas, [corners], True, 255, max(1, round(side * rng.uniform(0.03, 0.1))), cv2.LINE_AA, shift=4)
    if rng.random() < 0.5:
        _monogram(rng, canvas, round(side * 0.4), value=0 if filled else 255)


def _monogram(rng: np.random.Generator, canvas: Stamp, height: int, value: int = 255) -> None:
    """One or two capitals in the middle of the canvas."""
    letters = centred(plain_text(EMBEDDED, random_capitals(rng), height), *canvas.shape)
    canvas[:] = cv2.add(canvas, letters) if value else cv2.subtract(canvas, letters)
