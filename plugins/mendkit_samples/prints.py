"""Prints on products: words, labels and emblems of fictional brands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from . import colours, curves
from .colours import Colour
from .curves import XY
from .surfaces import Surface

RESOLUTION = 192
"""Longer side of a printed picture, in pixels."""
SYLLABLES = ("lu", "mo", "ta", "vi", "ne", "ka", "ro", "sol", "bel", "fi", "no", "ra", "zu", "mer", "ode", "al", "qui")


@dataclass(frozen=True)
class Print:
    """A picture ``[h, w, 4]`` (RGB and opacity, in [0, 1]) on a surface, centred at (u, v) and ``width`` wide."""

    picture: NDArray[np.float32]
    centre: XY
    width: float

    def over(self, surface: Surface) -> NDArray[np.float32] | None:
        """The print as it lies on the surface, ``[h, w, 4]`` like the picture; None if it lies beside it."""
        rows, columns = self.picture.shape[:2]
        scale = columns / self.width
        x = (surface.u - self.centre[0]) * scale + (columns - 1) / 2
        y = (surface.v - self.centre[1]) * scale + (rows - 1) / 2
        if not ((x > -1) & (x < columns) & (y > -1) & (y < rows)).any():
            return None
        drawn = cv2.remap(self.picture, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
        return drawn.astype(np.float32, copy=False)


def brand(rng: np.random.Generator) -> str:
    """A word that could be a brand."""
    word = "".join(rng.choice(SYLLABLES, rng.integers(2, 4)))
    return word.upper() if rng.uniform() < 0.5 else word.capitalize()


def wordmark(rng: np.random.Generator, colour: Colour) -> NDArray[np.float32]:
    """A brand name."""
    picture = _canvas(1.0, 0.3)
    _write(ImageDraw.Draw(picture), brand(rng), (0.5, 0.15), 0.24, colour)
    return _finished(picture)


def emblem(rng: np.random.Generator, colour: Colour) -> NDArray[np.float32]:
    """A simple sign: a star, sun, mountain, leaf, ring or a big letter, often with a name below."""
    picture = _canvas(1.0, 1.0)
    pen = ImageDraw.Draw(picture)
    _fill(pen, _sign(rng), colour)
    if rng.uniform() < 0.7:
        _write(pen, brand(rng), (0.5, 0.88), 0.16, colour)
    return _finished(picture)


def label(rng: np.random.Generator, height: float = 0.9) -> NDArray[np.float32]:
    """A paper label, ``height`` as high as wide: a ground, a band or sign, a name, and lines of small print."""
    ground = colours.PAPER if rng.uniform() < 0.5 else colours.any_colour(rng)
    ink, second = colours.contrasting(rng, ground), colours.vivid(rng)
    picture = _canvas(1.0, height, ground)
    pen = ImageDraw.Draw(picture)
    if rng.uniform() < 0.5:
        _fill(pen, [curves.rectangle(0, 0.04 * height, 1, 0.2 * height)], second)
    else:
        _fill(pen, [curves.moved(0.28 * height * (part - 0.45), 0.5, 0.2 * height) for part in _sign(rng)], second)
    _write(pen, brand(rng), (0.5, 0.47 * height), min(0.22, 0.3 * height), ink)
    for y in np.linspace(0.68, 0.9, rng.integers(2, 5)):
        half = rng.uniform(0.18, 0.4)
        _fill(pen, [curves.rectangle(0.5 - half, (y - 0.015) * height, 0.5 + half, (y + 0.015) * height)], ink)
    return _finished(picture)


def _sign(rng: np.random.Generator) -> list[curves.Points]:
    signs = (_star(5, 0.42), _star(12, 0.7), _mountain(), _leaf(), _ring(), _waves())
    return signs[rng.integers(len(signs))]


def _star(points: int, waist: float) -> list[curves.Points]:
    angles = np.arange(2 * points) * np.pi / points - np.pi / 2
    radii = np.where(np.arange(2 * points) % 2, 0.34 * waist, 0.34)
    return [np.column_stack([0.5 + radii * np.cos(angles), 0.42 + radii * np.sin(angles)]).astype(np.float32)]


def _mountain() -> list[curves.Points]:
    return [
        curves.polygon([(0.12, 0.72), (0.4, 0.22), (0.54, 0.47), (0.64, 0.34), (0.88, 0.72)]),
        curves.ellipse(0.76, 0.2, 0.08, 0.08),
    ]


def _leaf() -> list[curves.Points]:
    blade = curves.smooth([(0.5, 0.08), (0.5, 0.08), (0.7, 0.35), (0.5, 0.74), (0.5, 0.74), (0.3, 0.35)])
    return [blade, curves.rectangle(0.485, 0.6, 0.515, 0.8)]


def _ring() -> list[curves.Points]:
    return [np.concatenate([curves.ellipse(0.5, 0.42, 0.32, 0.32), curves.ellipse(0.5, 0.42, 0.2, 0.2)[::-1]])]


def _waves() -> list[curves.Points]:
    crest = [(0.15, 0.0), (0.32, -0.1), (0.5, 0.0), (0.68, 0.1), (0.85, 0.0)]
    back = [(x, y + 0.1) for x, y in reversed(crest)]
    return [curves.moved(curves.smooth(crest + back), 0, y) for y in (0.24, 0.42, 0.6)]


def _canvas(width: float, height: float, ground: Colour | None = None) -> Image.Image:
    size = round(RESOLUTION * width), round(RESOLUTION * height)
    # The clear parts have a colour as well, a neutral one: it bleeds a little into the edges of the ink.
    return Image.new("RGBA", size, (128, 128, 128, 0) if ground is None else (*_bytes(ground), 255))


def _fill(pen: ImageDraw.ImageDraw, outlines: Iterable[curves.Points], colour: Colour) -> None:
    for outline in outlines:
        pen.polygon([tuple(point) for point in (outline * RESOLUTION).tolist()], fill=(*_bytes(colour), 255))


def _write(pen: ImageDraw.ImageDraw, text: str, centre: XY, height: float, colour: Colour) -> None:
    font = _font(min(round(height * RESOLUTION), round(1.35 * RESOLUTION / len(text))))
    x, y = RESOLUTION * centre[0], RESOLUTION * centre[1]
    pen.text((x, y), text, fill=(*_bytes(colour), 255), font=font, anchor="mm")


@lru_cache
def _font(pixels: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(pixels)


def _bytes(colour: Colour) -> tuple[int, int, int]:
    red, green, blue = (round(255 * channel) for channel in colour)
    return red, green, blue


def _finished(picture: Image.Image) -> NDArray[np.float32]:
    return (np.asarray(picture) / 255).astype(np.float32)
