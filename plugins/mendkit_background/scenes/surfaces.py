"""Surfaces as they are in homes: a pattern in the colours of its material."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import cv2
import numpy as np

from mendkit.contracts import Image

from .palettes import Palette, any_palette, cloth_palette, wall_palette, wood_palette
from .patterns import (
    SMOOTH,
    TEXTURED,
    Map,
    checks,
    clouds,
    folds,
    grain,
    linear,
    pile,
    plain,
    planks,
    stripes,
    tiles,
    weave,
)

Choice = TypeVar("Choice")
Material = Callable[[np.random.Generator, int, int], Image]
"""Draws a surface ``[height, width, 3]``."""


def wood(rng: np.random.Generator, height: int, width: int) -> Image:
    """Boards."""
    return coloured(pick(rng, (planks, planks, grain))(rng, height, width), wood_palette(rng))


def stone(rng: np.random.Generator, height: int, width: int) -> Image:
    """Concrete, marble, or tiles of it."""
    return coloured(pick(rng, (clouds, tiles))(rng, height, width), wall_palette(rng))


def paint(rng: np.random.Generator, height: int, width: int) -> Image:
    """A wall, a door or the front of a cupboard."""
    return coloured(pick(rng, (plain, linear, clouds))(rng, height, width), wall_palette(rng))


def cloth(rng: np.random.Generator, height: int, width: int) -> Image:
    """A sheet or a blanket, in folds, perhaps with a pattern."""
    low, high = cloth_palette(rng)
    shade = folds(rng, height, width)
    if rng.random() < 0.4:
        woven = pick(rng, (weave, stripes, checks, pile))(rng, height, width)
        shade = shade * np.float32(0.6) + woven * np.float32(0.4)
    return coloured(shade, (low, high))


def carpet(rng: np.random.Generator, height: int, width: int) -> Image:
    """A rug."""
    return coloured(pile(rng, height, width), cloth_palette(rng))


def anything(rng: np.random.Generator, height: int, width: int) -> Image:
    """Any pattern in any colours."""
    pattern = pick(rng, SMOOTH if rng.random() < 0.5 else TEXTURED)
    return coloured(pattern(rng, height, width), any_palette(rng))


FLOORS: Sequence[Material] = (wood, wood, wood, stone, carpet, cloth)
WALLS: Sequence[Material] = (paint, paint, paint, wood, stone, anything)
LYING: Sequence[Material] = (wood, wood, wood, cloth, cloth, carpet, stone, anything)
"""What products lie on when they are seen from above."""


def coloured(pattern: Map, palette: Palette) -> Image:
    """``pattern`` ``[H, W]`` in [0, 1], from the first colour to the second."""
    steps = np.linspace(0, 1, 256, dtype=np.float32)[:, None]
    table = np.rint(palette[0] + steps * (palette[1] - palette[0])).astype(np.uint8)
    levels = cv2.convertScaleAbs(pattern, alpha=255)
    return cv2.LUT(cv2.merge([levels, levels, levels]), table[None]).astype(np.uint8, copy=False)


def pick(rng: np.random.Generator, choices: Sequence[Choice]) -> Choice:
    """One of several things."""
    return choices[int(rng.integers(len(choices)))]
