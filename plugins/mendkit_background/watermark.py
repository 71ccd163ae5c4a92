"""Invents a watermark: lays words or a logo over a photo, once or tiled, so that it can be seen."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Defect, Image, Mask, Photo, Resources

from .marks import Stamp, draw_stamp

Blend = Literal["normal", "multiply", "screen"]

STAMP_HEIGHT = 36
"""Letters are drawn so high, in px, for an image of ``STAMP_SIZE`` px, and scaled from there."""
STAMP_SIZE = 128
LEAST_SHARE, MOST_SHARE = 0.02, 0.35
"""A mark changes no less and no more than this share of the image."""
LEAST_CHANGE = 14.0
"""Mean change of a changed pixel, in levels of 255: below, the mark is hardly seen."""
SEEN = 6
"""A pixel that changes by so many levels, in any channel, counts as changed by the mark."""
ATTEMPTS = 6


@dataclass(frozen=True, slots=True)
class Ink:
    """How a mark is laid on: ``colour`` [3], 0 to 255; ``opacity`` in [0, 1]."""

    colour: NDArray[np.float32]
    opacity: float
    blend: Blend


class WatermarkSynthesizer:
    """Pairs of a photo with a watermark (source) and the photo itself (target)."""

    def __call__(self, photo: Photo, rng: np.random.Generator, resources: Resources) -> Defect:
        for _ in range(ATTEMPTS):
            coverage = draw_coverage(rng, *photo.pixels.shape[:2])
            source = lay_on(photo.pixels, coverage, draw_ink(rng))
            if is_visible(photo.pixels, source):
                return _defect(source, photo.pixels)
        return _defect(lay_on(photo.pixels, coverage, contrasting_ink(photo.pixels, coverage)), photo.pixels)


def _defect(source: Image, target: Image) -> Defect:
    differs = (source != target).any(axis=2)
    return Defect(source, target, differs.astype(np.uint8) * 255)


def is_visible(before: Image, after: Image) -> bool:
    """Whether a mark changed a sensible share of the image, and enough to be seen."""
    change = cv2.absdiff(before, after)
    seen = change.max(axis=2) >= SEEN
    share = seen.mean()
    return bool(LEAST_SHARE <= share <= MOST_SHARE and change[seen].mean() >= LEAST_CHANGE)


def draw_coverage(rng: np.random.Generator, height: int, width: int) -> Mask:
    """Where the mark covers the image: a stamp at any angle, once inside the frame or tiled all over."""
    stamp = draw_stamp(rng, _stamp_height(height, width))
    tiled = rng.random() < 0.35
    if tiled:
        stamp = _with_margin(rng, stamp)
    angle = float(rng.choice((0, rng.uniform(-45, 45), rng.uniform(-180, 180)), p=(0.35, 0.5, 0.15)))
    transform = _placement(rng, stamp, angle, height, width, tiled)
    # Drawn at twice the size and averaged, as a warp alone would leave jagged edges.
    large = cv2.warpAffine(
        stamp,
        2 * transform,
        (2 * width, 2 * height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP if tiled else cv2.BORDER_CONSTANT,
    )
    return cv2.resize(large, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8)


def _stamp_height(height: int, width: int) -> int:
    # In steps of powers of two, for the sake of the cache of fonts.
    return round(STAMP_HEIGHT * 2.0 ** round(np.log2(max(min(height, width), 32) / STAMP_SIZE)))


def _with_margin(rng: np.random.Generator, stamp: Stamp) -> Stamp:
    """The stamp with room around it; half of the time two rows of it, the second shifted, as bricks are."""
    height, width = stamp.shape
    across, down = round(height * rng.uniform(0.3, 1.5)), round(height * rng.uniform(0.4, 1.6))
    tile = np.pad(stamp, ((0, down), (0, across)))
    return np.vstack([tile, np.roll(tile, tile.shape[1] // 2, axis=1)]) if rng.random() < 0.5 else tile


def _placement(
    rng: np.random.Generator, stamp: Stamp, angle: float, height: int, width: int, tiled: bool
) -> NDArray[np.float64]:
    """Affine ``[2, 3]`` from the stamp's pixels to the image's: scaled, turned, and moved to a random place."""
    rows, columns = stamp.shape
    cosine, sine = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    extent = np.array([abs(cosine) * columns + abs(sine) * rows, abs(sine) * columns + abs(cosine) * rows])
    room = np.array([width, height])
    scale = (room / extent).min() * rng.uniform(*((0.3, 0.7) if tiled else (0.35, 1.0)))
    free = room - scale * extent
    centre = (room + free * rng.uniform(-1, 1, 2)) / 2
    turn = scale * np.array([[cosine, -sine], [sine, cosine]])
    return np.column_stack([turn, centre - turn @ (columns / 2, rows / 2)])


def draw_ink(rng: np.random.Generator) -> Ink:
    """White, black, grey or coloured; faint or strong; laid over, multiplied or screened."""
    blends: tuple[Blend, ...] = ("normal", "multiply", "screen")
    return Ink(_draw_colour(rng), rng.uniform(0.25, 0.9), blends[rng.choice(3, p=(0.7, 0.15, 0.15))])


def _draw_colour(rng: np.random.Generator) -> NDArray[np.float32]:
    kind = rng.choice(4, p=(0.3, 0.2, 0.2, 0.3))
    if kind == 3:
        return np.array(colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.5, 1), rng.uniform(0.3, 1)), np.float32) * 255
    return np.full(3, (255, 0, rng.uniform(60, 190))[kind], np.float32)


def contrasting_ink(pixels: Image, coverage: Mask) -> Ink:
    """Grey that is far from what the mark covers, so that it can be seen on any photo."""
    below = cv2.mean(pixels, coverage)[:3]
    grey = 40 if np.mean(below) > 127 else 215
    return Ink(np.full(3, grey, np.float32), 0.5, "normal")


def lay_on(pixels: Image, coverage: Mask, ink: Ink) -> Image:
    """Blend ``ink`` over ``pixels`` where ``coverage`` is not 0; nothing else changes."""
    share = (ink.opacity / 255 * coverage)[..., None]
    below = pixels.astype(np.float32)
    above = {
        "normal": lambda: ink.colour,
        "multiply": lambda: below * (ink.colour / 255),
        "screen": lambda: 255 - (255 - below) * (1 - ink.colour / 255),
    }[ink.blend]()
    return np.rint(below + share * (above - below)).astype(np.uint8)
