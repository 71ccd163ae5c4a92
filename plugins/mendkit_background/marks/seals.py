"""Draws the stamps of offices and guarantees: text around a ring or in a box, as of rubber."""

from __future__ import annotations

import cv2
import numpy as np

from .layers import Stamp, centred, fitted
from .lettering import plain_text, ring_text
from .logos import draw_logo
from .typefaces import Typeface
from .words import random_slogan, random_words

WORN_SHARE = 0.4


def draw_seal(rng: np.random.Generator, typeface: Typeface, side: int) -> Stamp:
    """A seal on a square of ``side`` px, or a lower box; worn or sharp."""
    stamp = _round_seal(rng, typeface, side) if rng.random() < 0.7 else _box_seal(rng, typeface, side // 2)
    return _worn(rng, stamp) if rng.random() < WORN_SHARE else stamp


def _round_seal(rng: np.random.Generator, typeface: Typeface, side: int) -> Stamp:
    """Two rings with text between them, and a word or a logo inside."""
    inner, line = rng.uniform(0.55, 0.68), max(1, round(side * rng.uniform(0.012, 0.03)))
    seal = ring_text(typeface, random_words(rng, typeface), side, inner + 0.06, 0.88)
    for radius in (0.98, inner):
        cv2.circle(seal, (side // 2, side // 2), round(side * radius / 2) - line, 255, line, cv2.LINE_AA)
    return np.asarray(cv2.add(seal, centred(_middle(rng, typeface, round(side * inner)), side, side)), np.uint8)


def _middle(rng: np.random.Generator, typeface: Typeface, room: int) -> Stamp:
    """What stands within a circle of ``room`` px."""
    if rng.random() < 0.4:
        return draw_logo(rng, round(0.6 * room))
    text = plain_text(typeface, random_slogan(rng, typeface), max(8, room // 3), max(1, room // 50))
    return fitted(text, 0.45 * room, 0.8 * room)


def _box_seal(rng: np.random.Generator, typeface: Typeface, height: int) -> Stamp:
    """A bold word in one frame or two."""
    line = max(1, round(height * rng.uniform(0.04, 0.09)))
    text = plain_text(typeface, random_slogan(rng, typeface), height, line // 2)
    rows, columns = len(text) + 6 * line + height // 3, text.shape[1] + 6 * line + height // 2
    seal = centred(text, rows, columns)
    for inset in (0, 2 * line)[: rng.integers(1, 3)]:
        cv2.rectangle(seal, (inset, inset), (columns - 1 - inset, rows - 1 - inset), 255, line)
    return seal


def _worn(rng: np.random.Generator, stamp: Stamp) -> Stamp:
    """With specks where the rubber did not touch the paper."""
    specks = rng.integers(0, 256, (max(2, stamp.shape[0] // 2), max(2, stamp.shape[1] // 2)), np.uint8)
    specks = cv2.blur(specks, (3, 3))
    specks = cv2.resize(specks, stamp.shape[::-1], interpolation=cv2.INTER_LINEAR)
    kept = np.clip((specks.astype(np.int16) - 80) * 8, 0, 255).astype(np.uint8)
    return np.asarray(cv2.multiply(stamp, kept, scale=1 / 255), np.uint8)
