"""Draws letters: lines of text, and text around a ring."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageDraw

from .layers import Stamp, stacked
from .typefaces import Typeface
from .words import random_words

LINES_SHARES = (0.62, 0.22, 0.1, 0.06)
"""How often a text has one line, two, three, four."""


def draw_block(rng: np.random.Generator, typeface: Typeface, height: int) -> Stamp:
    """One line of words or several; the first has letters about ``height`` px high, the others often smaller ones."""
    count = 1 + rng.choice(len(LINES_SHARES), p=LINES_SHARES)
    lines = [draw_text(rng, typeface, random_words(rng, typeface), height)]
    smaller = max(8, round(height * rng.uniform(0.5, 1)))
    lines += [draw_text(rng, typeface, random_words(rng, typeface), smaller) for _ in range(count - 1)]
    return stacked(rng, lines, max(1, round(smaller * rng.uniform(0.15, 0.5))))


def draw_text(rng: np.random.Generator, typeface: Typeface, text: str, height: int) -> Stamp:
    """``text`` in letters about ``height`` px high: regular, bold or outlined, upright or slanted, wide or narrow."""
    stroke = round(height * float(rng.choice((0, 0, 0.03, 0.06))))
    stamp = plain_text(typeface, text, height, stroke, hollow=0 < stroke < 0.05 * height and rng.random() < 0.25)
    if rng.random() < 0.2:
        stamp = _slanted(stamp, rng.uniform(0.1, 0.35))
    if rng.random() < 0.3:
        width = max(1, round(stamp.shape[1] * rng.uniform(0.7, 1.25)))
        stamp = np.asarray(cv2.resize(stamp, (width, len(stamp)), interpolation=cv2.INTER_AREA), np.uint8)
    return stamp


def plain_text(typeface: Typeface, text: str, height: int, stroke: int = 0, *, hollow: bool = False) -> Stamp:
    """``text`` as its typeface has it, its letters made bolder by ``stroke`` px or, ``hollow``, only outlined.

    The embedded typeface stands in for one that lacks a glyph.
    """
    font = typeface.or_embedded(text).at(height)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(text, stroke_width=stroke))
    canvas = Image.new("L", (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(canvas).text(
        (-left, -top), text, fill=0 if hollow else 255, font=font, stroke_width=stroke, stroke_fill=255
    )
    return np.asarray(canvas)


def ring_text(typeface: Typeface, text: str, side: int, inner: float, outer: float) -> Stamp:
    """``text`` repeated around a ring on a square of ``side`` px, upright at the top.

    Args:
        inner: radius of the ring's inner edge, as a share of half the side.
        outer: likewise, of the outer edge.
    """
    point = next(filter(typeface.or_embedded(text).writes, ("·", "-", "")))
    line = plain_text(typeface, f"{text} {point} ", round(side * (outer - inner) / 2))
    times = max(1, round(np.pi * (inner + outer) * side / 2 / line.shape[1]))
    y, x = (np.mgrid[:side, :side].astype(np.float32) + 0.5) * np.float32(2 / side) - 1
    around = (np.arctan2(x, -y) / (2 * np.pi) * times + times / 2 + 0.5) % 1
    across = (outer - np.hypot(x, y)) / (outer - inner)
    columns, rows = around * (line.shape[1] - 1), across * (len(line) - 1)
    return np.asarray(cv2.remap(line, columns.astype(np.float32), rows.astype(np.float32), cv2.INTER_LINEAR), np.uint8)


def _slanted(stamp: Stamp, slope: float) -> Stamp:
    """Leaning to the right, as italics."""
    height, width = stamp.shape
    extra = round(slope * height)
    shear = np.array([[1, -slope, extra], [0, 1, 0]], np.float32)
    return np.asarray(cv2.warpAffine(stamp, shear, (width + extra, height)), np.uint8)
