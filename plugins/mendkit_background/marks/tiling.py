"""Draws what covers a whole photo: rows of text and logos, grids of lines, and the crosses of previews."""

from __future__ import annotations

import cv2
import numpy as np

from .colours import draw_colour
from .finishes import finished
from .layers import Layer, Stamp, beside, inked, over, stacked
from .lettering import draw_text
from .logos import draw_logo
from .placement import draw_angle, placed, tiled
from .typefaces import Typeface
from .words import random_words

TILE_SCALES = (0.2, 0.7)
"""Width of what is repeated, as a share of the photo's shorter side."""


def draw_tiling(rng: np.random.Generator, typeface: Typeface, letters: int, height: int, width: int) -> Layer:
    """Marks all over the photo, lines, or both. ``letters`` is their height in px before they are scaled."""
    kind = rng.choice(4, p=(0.7, 0.1, 0.1, 0.1))
    if kind == 0:
        return _marks(rng, typeface, letters, height, width)
    lines = inked(_grid(rng, height, width) if kind < 3 else _cross(rng, height, width), draw_colour(rng))
    if kind == 1:
        return over(_marks(rng, typeface, letters, height, width), lines)
    middle = placed(rng, finished(rng, _motif(rng, typeface, letters)), height, width, scales=(0.3, 0.6))
    return over(middle, lines)


def _marks(rng: np.random.Generator, typeface: Typeface, letters: int, height: int, width: int) -> Layer:
    layer = finished(rng, _motif(rng, typeface, letters))
    return tiled(rng, layer, height, width, scales=TILE_SCALES, angle=draw_angle(rng, level=0.2))


def _motif(rng: np.random.Generator, typeface: Typeface, letters: int) -> Stamp:
    """A line of text, a logo, or both."""
    text, logo = draw_text(rng, typeface, random_words(rng, typeface), letters), draw_logo(rng, 2 * letters)
    match rng.choice(4, p=(0.55, 0.15, 0.15, 0.15)):
        case 0:
            return text
        case 1:
            return logo
        case 2:
            return beside(logo, text)
        case _:
            return stacked(rng, [logo, text], letters // 4)


def _grid(rng: np.random.Generator, height: int, width: int) -> Stamp:
    """Thin parallel lines, in one direction or crossed."""
    grid, step = np.zeros((height, width), np.uint8), rng.uniform(0.1, 0.35) * min(height, width)
    line, angle = max(1, round(min(height, width) * rng.uniform(0.002, 0.01))), rng.choice((45, rng.uniform(15, 75)))
    for turn in (angle, angle + 90)[: rng.integers(1, 3)]:
        along = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))]) * (height + width)
        across = np.array([-along[1], along[0]]) / (height + width) * step
        reach = round((height + width) / step)
        for place in range(-reach, reach + 1):
            middle = np.array([width, height]) / 2 + place * across
            ends = np.round(np.array([middle - along, middle + along]) * 16).astype(int)
            cv2.line(grid, ends[0].tolist(), ends[1].tolist(), 255, line, cv2.LINE_AA, shift=4)
    return grid


def _cross(rng: np.random.Generator, height: int, width: int) -> Stamp:
    """The two diagonals of agencies' previews."""
    cross, line = np.zeros((height, width), np.uint8), max(1, round(min(height, width) * rng.uniform(0.004, 0.02)))
    cv2.line(cross, (0, 0), (width, height), 255, line, cv2.LINE_AA)
    cv2.line(cross, (0, height), (width, 0), 255, line, cv2.LINE_AA)
    return cross
