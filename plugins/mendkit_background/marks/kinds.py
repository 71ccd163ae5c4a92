"""Draws one mark of the kinds that shops, agencies and owners lay over photos."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .badges import draw_badge, draw_box
from .finishes import finished
from .frames import draw_bar, draw_corner_ribbon, draw_frame
from .layers import Layer, beside, over, stacked
from .lettering import draw_block
from .logos import draw_logo
from .placement import Range, draw_angle, placed
from .seals import draw_seal
from .tiling import draw_tiling
from .typefaces import Typeface

LETTERS, LETTERS_SIZE = 32, 128
"""For a photo of ``LETTERS_SIZE`` px, letters are drawn ``LETTERS`` px high, then scaled."""
TEXT, LOGO, SOLID = (0.1, 1.0), (0.1, 0.9), (0.8, 1.0)
"""Opacities of text, of logos, and of what is pasted on a photo rather than printed over it."""
TWO_SHARE = 0.12
"""How often a photo has a second mark, such as a price beside an address."""

Draw = Callable[[np.random.Generator, Typeface, int, int], Layer]
"""Draws a mark for a photo of some height and width, px: ``[height, width, 4]``."""


class Kind(NamedTuple):
    """A kind of mark, how often it is drawn, and the opacities that it may have."""

    draw: Draw
    share: float
    opacities: Range


def draw_mark(
    rng: np.random.Generator, typefaces: tuple[Typeface, ...], height: int, width: int
) -> tuple[Layer, Range]:
    """A mark for a photo of ``height`` x ``width`` px, seldom two, and the range of its opacity."""
    layer, opacities = _draw_one(rng, typefaces, KINDS, height, width)
    if rng.random() >= TWO_SHARE:
        return layer, opacities
    second, _ = _draw_one(rng, typefaces, SMALL_KINDS, height, width)
    return over(second, layer), opacities


def _draw_one(
    rng: np.random.Generator, typefaces: tuple[Typeface, ...], kinds: tuple[Kind, ...], height: int, width: int
) -> tuple[Layer, Range]:
    shares = np.array([kind.share for kind in kinds])
    kind = kinds[rng.choice(len(kinds), p=shares / shares.sum())]
    return kind.draw(rng, typefaces[rng.integers(len(typefaces))], height, width), kind.opacities


def _letters(height: int, width: int) -> int:
    # In powers of two, so that few font sizes are needed.
    return round(LETTERS * 2.0 ** round(float(np.log2(max(min(height, width), 32) / LETTERS_SIZE))))


def _text(rng: np.random.Generator, typeface: Typeface, height: int, width: int) -> Layer:
    layer = finished(rng, draw_block(rng, typeface, _letters(height, width)))
    return placed(rng, layer, height, width, scales=(0.35, 1), angle=draw_angle(rng, level=0.6))


def _small_text(rng: np.random.Generator, typeface: Typeface, height: int, width: int) -> Layer:
    layer = finished(rng, draw_block(rng, typeface, _letters(height, width)))
    return placed(rng, layer, height, width, scales=(0.25, 0.5))


def _logo(rng: np.random.Generator, typeface: Typeface, height: int, width: int) -> Layer:
    letters = _letters(height, width)
    stamp = draw_logo(rng, 2 * letters)
    if kind := rng.integers(3):
        text = draw_block(rng, typeface, letters)
        stamp = beside(stamp, text) if kind == 1 else stacked(rng, [stamp, text], max(1, letters // 4))
    return placed(rng, finished(rng, stamp), height, width, scales=(0.25, 0.9), angle=draw_angle(rng, level=0.75))


def _box(rng: np.random.Generator, typeface: Typeface, height: int, width: int) -> Layer:
    layer = draw_box(rng, typeface, _letters(height, width))
    return placed(rng, layer, height, width, scales=(0.3, 0.9), angle=draw_angle(rng, level=0.85))


def _badge(rng: np.random.Generator, typeface: Typeface, height: int, width: int) -> Layer:
    layer = draw_badge(rng, typeface, _letters(height, width))
    angle = 0.0 if rng.random() < 0.6 else rng.uniform(-25, 25)
    return placed(rng, layer, height, width, scales=(0.22, 0.5), angle=angle)


def _seal(rng: np.random.Generator, typeface: Typeface, height: int, width: int) -> Layer:
    layer = finished(rng, draw_seal(rng, typeface, 3 * _letters(height, width)))
    angle = 0.0 if rng.random() < 0.3 else rng.uniform(-35, 35)
    return placed(rng, layer, height, width, scales=(0.3, 0.8), angle=angle)


def _tiling(rng: np.random.Generator, typeface: Typeface, height: int, width: int) -> Layer:
    return draw_tiling(rng, typeface, _letters(height, width), height, width)


KINDS = (
    Kind(_text, 0.24, TEXT),
    Kind(_logo, 0.14, LOGO),
    Kind(_tiling, 0.22, TEXT),
    Kind(_badge, 0.11, SOLID),
    Kind(_box, 0.08, TEXT),
    Kind(_seal, 0.07, LOGO),
    Kind(draw_frame, 0.06, SOLID),
    Kind(draw_bar, 0.04, SOLID),
    Kind(draw_corner_ribbon, 0.04, SOLID),
)
SMALL_KINDS = (Kind(_badge, 0.6, SOLID), Kind(_small_text, 0.4, TEXT))
