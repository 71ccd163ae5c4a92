"""Draws what follows the edges of a photo: frames, bars with text, and ribbons across a corner."""

from __future__ import annotations

import cv2
import numpy as np

from .badges import draw_ribbon, on_box
from .colours import draw_colour, vivid
from .layers import Layer, Stamp, beside, fitted, inked, over
from .lettering import draw_text
from .placement import rotation
from .typefaces import Typeface
from .words import random_price, random_words


def draw_frame(rng: np.random.Generator, typeface: Typeface, height: int, width: int) -> Layer:
    """A frame along the edges or a little inside, of one line or two; some have a band of text."""
    colour = vivid(rng) if rng.random() < 0.5 else draw_colour(rng)
    line = max(1, round(min(height, width) * rng.uniform(0.01, 0.06)))
    inset = 0 if rng.random() < 0.6 else round(min(height, width) * rng.uniform(0.02, 0.06))
    frame = _lined(height, width, inset, line)
    if rng.random() < 0.25:
        frame |= _lined(height, width, inset + line + max(2, line // 2), max(1, line // 4))
    layer = inked(frame, colour)
    if rng.random() < 0.5:
        layer = over(draw_bar(rng, typeface, height, width), layer)
    return layer


def draw_bar(rng: np.random.Generator, typeface: Typeface, height: int, width: int) -> Layer:
    """A bar over the whole width with text in it, at the bottom, at the top, or anywhere."""
    rows = max(6, round(height * rng.uniform(0.07, 0.2)))
    text = fitted(_line(rng, typeface, rows), 0.6 * rows, 0.9 * width)
    bar = on_box(rng, text, np.full((rows, width), 255, np.uint8))
    top = (height - rows, 0, int(rng.integers(0, height - rows + 1)))[rng.choice(3, p=(0.6, 0.2, 0.2))]
    layer = np.zeros((height, width, 4), np.uint8)
    layer[top : top + rows] = bar
    return layer


def draw_corner_ribbon(rng: np.random.Generator, typeface: Typeface, height: int, width: int) -> Layer:
    """A ribbon across one of the upper corners, seldom a lower one."""
    side = min(height, width)
    thickness, reach = max(6, round(side * rng.uniform(0.09, 0.17))), side * rng.uniform(0.2, 0.34)
    diagonal = 2 * np.sqrt(2) * reach
    # Twice as large as it will be, so that the turned edges are smooth.
    ribbon = draw_ribbon(rng, typeface, 2 * thickness, round(2 * (diagonal + 2 * thickness)), round(1.4 * diagonal))
    left, lower = rng.random() < 0.5, rng.random() < 0.15
    centre = (reach if left else width - reach, height - reach if lower else reach)
    turn = rotation(-45 if left != lower else 45) / 2
    move = np.column_stack([turn, centre - turn @ (ribbon.shape[1] / 2, thickness)])
    return np.asarray(cv2.warpAffine(ribbon, move, (width, height)), np.uint8)


def _line(rng: np.random.Generator, typeface: Typeface, height: int) -> Stamp:
    """Words, with a price or without."""
    words = draw_text(rng, typeface, random_words(rng, typeface), height)
    return words if rng.random() < 0.5 else beside(words, draw_text(rng, typeface, random_price(rng, typeface), height))


def _lined(height: int, width: int, inset: int, line: int) -> Stamp:
    """A rectangle of lines ``line`` px wide, ``inset`` px from the edges of the photo."""
    frame = np.zeros((height, width), np.uint8)
    frame[inset : height - inset, inset : width - inset] = 255
    frame[inset + line : height - inset - line, inset + line : width - inset - line] = 0
    return frame
