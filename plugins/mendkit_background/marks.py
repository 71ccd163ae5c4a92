"""Draws the words and logos of watermarks, as stamps of coverage without colour."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Stamp = NDArray[np.uint8]
"""``[h, w]``, 0 where nothing is drawn, 255 where the mark covers everything; antialiased, without a margin."""
Point = tuple[float, float]

SYLLABLES = (
    "al", "be", "co", "da", "el", "fi", "go", "ha", "in", "ju", "ka", "lo", "ma", "no", "or",
    "pi", "qu", "ra", "so", "ta", "ur", "vi", "we", "xe", "yo", "za", "th", "st", "ck", "mm",
)  # fmt: skip
NOTICES = ("SAMPLE", "PREVIEW", "PROOF", "DRAFT", "COPY", "DEMO", "Sale -50%", "NEW", "do not copy", "CONFIDENTIAL")
ENDINGS = (".com", ".net", ".shop", ".de", ".cn", ".org")
PREFIXES = ("© ", "(c) ", "@", "www.", "Photo: ", "® ")


def draw_stamp(rng: np.random.Generator, height: int) -> Stamp:
    """Words, a logo, or both, about ``height`` px high."""
    kind = rng.choice(4, p=(0.5, 0.22, 0.14, 0.14))
    if kind == 0:
        return draw_text(rng, random_words(rng), height)
    if kind == 1:
        return draw_logo(rng, 2 * height)
    text, logo = draw_text(rng, random_words(rng), height), draw_logo(rng, 2 * height)
    return _beside(logo, text) if kind == 2 else _beside(logo.T, text.T).T


def random_words(rng: np.random.Generator) -> str:
    """A brand that does not exist, a web address, a notice, a year: what shops write on photos."""
    brand = "".join(rng.choice(SYLLABLES, rng.integers(2, 5)))
    brand = (brand, brand.capitalize(), brand.upper())[rng.integers(3)]
    match rng.integers(5):
        case 0:
            return str(rng.choice(NOTICES))
        case 1:
            return f"{rng.choice(('', 'www.'))}{brand.lower()}{rng.choice(ENDINGS)}"
        case 2:
            return f"{rng.choice(PREFIXES)}{brand} {rng.integers(1998, 2031)}"
        case 3:
            return f"{brand} {rng.choice(SYLLABLES)}{rng.choice(SYLLABLES)}".title()
        case _:
            return brand


def draw_text(rng: np.random.Generator, text: str, height: int) -> Stamp:
    """``text`` in letters about ``height`` px high: regular, bold or outlined, tight or spaced."""
    font = _font(max(8, height))
    spaced = (" " if rng.random() < 0.15 else "").join(text)
    stroke = round(height * float(rng.choice((0, 0, 0.04, 0.08))))
    left, top, right, bottom = font.getbbox(spaced, stroke_width=stroke)
    canvas = Image.new("L", (int(right - left), int(bottom - top)))
    outlined = stroke > 0 and rng.random() < 0.3
    ImageDraw.Draw(canvas).text(
        (-left, -top), spaced, fill=0 if outlined else 255, font=font, stroke_width=stroke, stroke_fill=255
    )
    return np.asarray(canvas)


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)
    return font


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


LOGOS: tuple[Callable[[np.random.Generator, Stamp], None], ...] = (
    _ring,
    _ring,
    _shield,
    _star,
    _regular,
    _bars,
    _cross,
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
    letters = "".join(rng.choice(tuple("ABCDEFGHJKLMNOPRSTUVWXYZ"), rng.integers(1, 3)))
    image = Image.fromarray(canvas)
    middle = (canvas.shape[1] / 2, canvas.shape[0] / 2)
    ImageDraw.Draw(image).text(middle, letters, fill=value, font=_font(max(8, height)), anchor="mm")
    canvas[:] = np.asarray(image)


def _beside(left: Stamp, right: Stamp) -> Stamp:
    """Two stamps in a row, with a gap, centred on one line."""
    height = max(len(left), len(right))
    gap = np.zeros((height, max(1, height // 8)), np.uint8)
    return np.hstack([_padded(left, height), gap, _padded(right, height)])


def _padded(stamp: Stamp, height: int) -> Stamp:
    above = (height - len(stamp)) // 2
    return np.pad(stamp, ((above, height - len(stamp) - above), (0, 0)))
