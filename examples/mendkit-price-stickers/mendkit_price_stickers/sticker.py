"""Draws price stickers, flat and upright: their outline, their paper, and what is printed on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from mendkit.contracts import Image, Mask
from PIL import ImageFont

ROUND_SHARE = 0.3
"""Share of round stickers; the others are labels."""
LABEL_ASPECTS = (1.2, 2.3)
"""Width of a label relative to its height."""
CORNER = 0.1
"""Radius of a label's corners relative to its height."""
PRINTED, PRINTED_IF_ROUND = (0.74, 0.86), (0.6, 0.72)
"""Print fills the middle of a sticker, up to these shares of its height and width."""

BLACK, WHITE, RED = (22, 22, 26), (250, 250, 246), (206, 24, 36)
YELLOW, ORANGE, GREEN = (255, 226, 46), (255, 122, 36), (132, 204, 84)
COLOURS = (
    (WHITE, BLACK),
    (WHITE, RED),
    (YELLOW, BLACK),
    (YELLOW, RED),
    (ORANGE, BLACK),
    (GREEN, BLACK),
    (RED, WHITE),
)
"""Of paper and print."""
TINT = 4.0
"""Standard deviation of a paper's colour, in levels of 255: rolls differ a little."""

HEADINGS = ("PRICE", "OUR PRICE", "SALE", "NOW", "ONLY", "SPECIAL", "REDUCED", "CLEARANCE", "LAST ONE")
CENTS = ("99", "95", "90", "50", "00")
PRICE_ROOM, HEADING_ROOM, BARS_ROOM = 3.0, 1.3, 1.6
"""Relative heights of the lines of print."""
BARS = 44
"""Modules of a bar code, each black or white."""


@dataclass(frozen=True, slots=True)
class Sticker:
    """A flat sticker: paper and print as ``pixels`` [h, w, 3], and ``outline`` [h, w], 255 where there is paper."""

    pixels: Image
    outline: Mask


def draw_sticker(rng: np.random.Generator, height: int) -> Sticker:
    """Draw a round sticker or a label, ``height`` px high."""
    if rng.random() < ROUND_SHARE:
        outline, (tall, wide) = draw_disc(height), PRINTED_IF_ROUND
    else:
        outline, (tall, wide) = draw_label(height, round(height * rng.uniform(*LABEL_ASPECTS))), PRINTED
    rows, columns = outline.shape
    printed = centred(draw_print(rng, tall * rows, wide * columns), rows, columns)
    paper, ink = (np.array(colour, np.float64) for colour in COLOURS[rng.integers(len(COLOURS))])
    paper = (paper + rng.normal(0, TINT, 3)).clip(0, 255)
    pixels = paper + printed[..., np.newaxis] / 255 * (ink - paper)
    return Sticker(np.rint(pixels).astype(np.uint8), outline)


def draw_disc(side: int) -> Mask:
    """A disc that touches the edges of a square, ``[side, side]``."""
    from_middle = np.arange(side) - (side - 1) / 2
    inside = np.hypot(from_middle, from_middle[:, np.newaxis]) <= side / 2
    return np.where(inside, 255, 0).astype(np.uint8)


def draw_label(height: int, width: int) -> Mask:
    """A rectangle with round corners, ``[height, width]``."""
    radius = round(CORNER * height)
    inner = np.zeros((height, width), np.uint8)
    inner[radius : height - radius, radius : width - radius] = 255
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return cv2.dilate(inner, disc).astype(np.uint8)


def draw_print(rng: np.random.Generator, height: float, width: float) -> Mask:
    """A price, often below a word, sometimes above a bar code: 255 where there is ink, about ``[height, width]``."""
    lines = [(draw_text(random_price(rng), height), PRICE_ROOM)]
    if rng.random() < 0.6:
        lines.insert(0, (draw_text(str(rng.choice(HEADINGS)), height), HEADING_ROOM))
    if rng.random() < 0.4:
        lines.append((draw_bars(rng), BARS_ROOM))
    unit = height / sum(room for _, room in lines)
    columns = max(1, int(width))
    return np.vstack([fitted(line, max(1, int(room * unit)), columns) for line, room in lines])


def random_price(rng: np.random.Generator) -> str:
    """Such as $19.99, 4,95, $250 or -30%."""
    whole = int(10 ** rng.uniform(0.3, 3))
    cents = rng.choice(CENTS)
    dollar = rng.choice(("$", ""))
    match rng.integers(5):
        case 0 | 1:
            return f"{dollar}{whole}.{cents}"
        case 2:
            return f"{whole},{cents}"
        case 3:
            return f"${whole}"
        case _:
            return f"-{5 * rng.integers(2, 16)}%"


def draw_text(text: str, height: float) -> Mask:
    """``text`` in letters about ``height`` px high, with no margin."""
    # In powers of two, so that few font sizes are needed.
    bitmap = _font(2 ** max(4, round(np.log2(height)))).getmask(text)
    drawn = np.array(bitmap, np.uint8).reshape(bitmap.size[::-1])
    left, top, width, rows = cv2.boundingRect(drawn)
    return drawn[top : top + rows, left : left + width]


def draw_bars(rng: np.random.Generator) -> Mask:
    """A bar code, one pixel per module; its ends are black."""
    modules = rng.integers(0, 2, BARS, np.uint8) * 255
    modules[[0, -1]] = 255
    return np.tile(modules, (BARS // 4, 1))


def fitted(stamp: Mask, height: int, width: int) -> Mask:
    """``stamp`` in the middle of ``[height, width]``, as large as fits with a gap above and below."""
    rows, columns = stamp.shape
    scale = min(0.85 * height / rows, width / columns)
    size = (max(1, int(scale * columns)), max(1, int(scale * rows)))
    return centred(cv2.resize(stamp, size, interpolation=cv2.INTER_AREA).astype(np.uint8), height, width)


def centred(stamp: Mask, height: int, width: int) -> Mask:
    """``stamp`` in the middle of zeros, ``[height, width]``; it must fit."""
    top, left = (height - stamp.shape[0]) // 2, (width - stamp.shape[1]) // 2
    canvas = np.zeros((height, width), np.uint8)
    canvas[top : top + stamp.shape[0], left : left + stamp.shape[1]] = stamp
    return canvas


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
