"""Draws badges: discs, bursts, labels and tags that carry a slogan or a price, bars behind text, and ribbons."""

from __future__ import annotations

import cv2
import numpy as np

from .colours import BLACK, WHITE, draw_colour, legible_on, vivid
from .layers import Colour, Layer, Stamp, centred, fitted, inked, over, stacked
from .lettering import draw_block, draw_text
from .typefaces import Typeface
from .words import random_price, random_slogan, random_words


def draw_badge(rng: np.random.Generator, typeface: Typeface, height: int) -> Layer:
    """A filled shape with a slogan or a price in it."""
    shape = (_disc, _burst, _label, _tag)[rng.choice(4, p=(0.35, 0.2, 0.3, 0.15))]
    ground = _ground(rng)
    text = _slogan(rng, typeface, height)
    return shape(rng, text, ground)


def draw_ribbon(rng: np.random.Generator, typeface: Typeface, height: int, width: int, room: int) -> Layer:
    """A straight band of ``height`` x ``width`` px with a slogan in the middle ``room`` px."""
    text = fitted(draw_text(rng, typeface, random_slogan(rng, typeface), height), 0.6 * height, room)
    return _lettered(rng, np.full((height, width), 255, np.uint8), text, _ground(rng), rim=False)


def draw_box(rng: np.random.Generator, typeface: Typeface, height: int) -> Layer:
    """Text on a box, its corners square or round."""
    text = draw_block(rng, typeface, height)
    rows, columns = (side + 2 * round(height * rng.uniform(0.15, 0.7)) for side in text.shape)
    return on_box(rng, text, _rounded(rows, columns, round(rows * float(rng.choice((0, 0, 0.15, 0.5))))))


def on_box(rng: np.random.Generator, text: Stamp, box: Stamp) -> Layer:
    """``text`` in the middle of a ``box`` that is opaque or lets the photo through."""
    ground, opacity = draw_colour(rng), float(rng.choice((1, rng.uniform(0.3, 0.9))))
    return over(inked(centred(text, *box.shape), legible_on(rng, ground)), inked(box, ground, opacity))


def _ground(rng: np.random.Generator) -> Colour:
    return vivid(rng) if rng.random() < 0.75 else (BLACK, WHITE)[rng.integers(2)]


def _slogan(rng: np.random.Generator, typeface: Typeface, height: int) -> Stamp:
    """A slogan, a price, or both, of up to three lines."""
    words = random_price(rng, typeface) if rng.random() < 0.45 else random_slogan(rng, typeface)
    lines = words.split(" ") if len(words) > 7 else [words]
    stamps = [draw_text(rng, typeface, line, height) for line in lines]
    if rng.random() < 0.25:
        small = draw_text(rng, typeface, random_words(rng, typeface), max(8, height // 2))
        stamps.append(fitted(small, len(small), max(stamp.shape[1] for stamp in stamps)))
    return stacked(rng, stamps, max(1, height // 6))


def _disc(rng: np.random.Generator, text: Stamp, ground: Colour) -> Layer:
    side = round(float(np.hypot(*text.shape)) * rng.uniform(1.08, 1.35)) + 2
    disc = np.zeros((side, side), np.uint8)
    cv2.circle(disc, (side // 2, side // 2), side // 2 - 1, 255, -1, cv2.LINE_AA)
    return _lettered(rng, disc, text, ground)


def _burst(rng: np.random.Generator, text: Stamp, ground: Colour) -> Layer:
    """A star with many short points."""
    side, points = round(float(np.hypot(*text.shape)) * rng.uniform(1.3, 1.5)) + 2, int(rng.integers(9, 25))
    angles = np.arange(2 * points) * np.pi / points
    radii = np.where(np.arange(2 * points) % 2, rng.uniform(0.8, 0.9), 1) * (side / 2 - 1)
    corners = side / 2 + np.column_stack([radii * np.cos(angles), radii * np.sin(angles)])
    burst = np.zeros((side, side), np.uint8)
    cv2.fillPoly(burst, [np.round(corners * 16).astype(np.int32)], 255, cv2.LINE_AA, shift=4)
    return _lettered(rng, burst, text, ground, rim=False)


def _label(rng: np.random.Generator, text: Stamp, ground: Colour) -> Layer:
    """A rectangle, its corners square or round."""
    room = max(2, round(min(text.shape) * rng.uniform(0.2, 0.6)))
    rows, columns = len(text) + room, text.shape[1] + 2 * room
    return _lettered(rng, _rounded(rows, columns, round(rows * float(rng.choice((0, 0.15, 0.5))))), text, ground)


def _tag(rng: np.random.Generator, text: Stamp, ground: Colour) -> Layer:
    """A price tag: a label that ends in a point with a hole, on the left."""
    rows = round(1.6 * len(text))
    columns = text.shape[1] + 2 * rows
    tag = np.zeros((rows, columns), np.uint8)
    corners = [(0, rows // 2), (rows // 2, 0), (columns - 1, 0), (columns - 1, rows - 1), (rows // 2, rows - 1)]
    cv2.fillPoly(tag, [np.array(corners, np.int32)], 255, cv2.LINE_AA)
    cv2.circle(tag, (rows // 2, rows // 2), max(1, rows // 10), 0, -1, cv2.LINE_AA)
    return _lettered(rng, tag, np.pad(text, ((0, 0), (rows // 2, 0))), ground, rim=False)


def _lettered(rng: np.random.Generator, shape: Stamp, text: Stamp, ground: Colour, *, rim: bool = True) -> Layer:
    """``text`` in the middle of a filled ``shape``, sometimes with a thin line inside its edge."""
    letters = centred(text, *shape.shape)
    if rim and rng.random() < 0.35:
        line = max(1, min(shape.shape) // 40)
        letters = np.asarray(cv2.add(letters, _inner_line(shape, 2 * line, line)), np.uint8)
    return over(inked(letters, legible_on(rng, ground)), inked(shape, ground))


def _inner_line(shape: Stamp, inset: int, width: int) -> Stamp:
    padded = np.pad(shape, 1)  # so that the frame of the canvas counts as an edge
    outer, inner = (cv2.erode(padded, np.ones((2 * d + 1,) * 2, np.uint8)) for d in (inset, inset + width))
    return np.asarray(cv2.subtract(outer, inner)[1:-1, 1:-1], np.uint8)


def _rounded(rows: int, columns: int, radius: int) -> Stamp:
    """A filled rectangle whose corners have ``radius`` px."""
    radius = min(radius, (min(rows, columns) - 1) // 2)
    box = np.full((rows, columns), 255, np.uint8)
    if radius > 1:
        corner = np.zeros((2 * radius + 1,) * 2, np.uint8)
        cv2.circle(corner, (radius, radius), radius, 255, -1, cv2.LINE_AA)
        r = radius
        box[:r, :r], box[:r, -r:] = corner[:r, :r], corner[:r, -r:]
        box[-r:, :r], box[-r:, -r:] = corner[-r:, :r], corner[-r:, -r:]
    return box
