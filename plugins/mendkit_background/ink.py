"""The colour, opacity and blend mode of a watermark, and whether it is visible."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image, Mask, Truth

Blend = Literal["normal", "multiply", "screen"]
BLENDS: tuple[Blend, ...] = ("normal", "multiply", "screen")

LEAST_SHARE, MOST_SHARE = 0.02, 0.35
"""The minimum and maximum share of the image that a mark changes."""
LEAST_CHANGE = 14.0
"""Minimum mean change of the pixels that a mark changes, in levels of 255: below, it is hardly visible."""
LEAST_SEEN = 0.4
"""Minimum visible share of a mark: a white mark on white is invisible."""
SEEN = 6
"""A pixel changes visibly if any channel changes by this many levels."""
LEAST_OPACITY, MOST_OPACITY = 0.25, 0.9
LARGE_SHARE, LARGE_OPACITY = 0.12, 0.6
"""A mark that covers more than this share is at most this opaque: shops want the product to be visible."""


@dataclass(frozen=True, slots=True)
class Ink:
    """The ink of a mark: ``colour`` [3], 0 to 255; ``opacity`` in [0, 1]."""

    colour: NDArray[np.float32]
    opacity: float
    blend: Blend


def draw_ink(rng: np.random.Generator, coverage: Mask) -> Ink:
    """White, black, grey or coloured; faint or, if it covers little, strong; normal, multiplied or screened."""
    most = LARGE_OPACITY if coverage.mean() > 255 * LARGE_SHARE else MOST_OPACITY
    return Ink(_draw_colour(rng), rng.uniform(LEAST_OPACITY, most), BLENDS[rng.choice(3, p=(0.7, 0.15, 0.15))])


def _draw_colour(rng: np.random.Generator) -> NDArray[np.float32]:
    kind = rng.choice(4, p=(0.3, 0.2, 0.2, 0.3))
    if kind == 3:
        return np.array(colorsys.hsv_to_rgb(rng.random(), rng.uniform(0.5, 1), rng.uniform(0.3, 1)), np.float32) * 255
    return np.full(3, (255, 0, rng.uniform(60, 190))[kind], np.float32)


def contrasting_ink(pixels: Image, coverage: Mask) -> Ink:
    """A grey far from the pixels that the mark covers, visible on any photo."""
    below = cv2.mean(pixels, coverage)[:3]
    grey = 40 if np.mean(below) > 127 else 215
    return Ink(np.full(3, grey, np.float32), 0.5, "normal")


def lay_on(pixels: Image, coverage: Mask, ink: Ink) -> Image:
    """Blend ``ink`` over ``pixels`` where ``coverage`` is not 0; nothing else changes."""
    below = pixels.astype(np.float32)
    share = _opacity(coverage, ink)[..., None]
    return np.rint(below + share * (_blended(below, ink) - below)).astype(np.uint8)


def truths_of(pixels: Image, coverage: Mask, ink: Ink) -> dict[str, Truth]:
    """The truths of ``lay_on``: ``alpha`` [H, W], and ``ink`` [H, W, 3], the result if the mark were opaque.

    So its result is ``(1 - alpha) * pixels + alpha * ink`` in each blend mode: the colour of multiplied and screened
    ink depends on what is below.
    """
    opaque = _blended(pixels.astype(np.float32), ink) / np.float32(255)
    if opaque.ndim == 1:  # a row of one colour: broadcasting three numbers is far slower in numpy
        opaque = np.tile(opaque, (pixels.shape[1], 1))
    return {"alpha": _opacity(coverage, ink), "ink": np.broadcast_to(opaque, pixels.shape)}


def _opacity(coverage: Mask, ink: Ink) -> Truth:
    """The opacity of the mark, ``[H, W]`` in [0, 1]."""
    return coverage * np.float32(ink.opacity / 255)


def _blended(below: NDArray[np.float32], ink: Ink) -> NDArray[np.float32]:
    """The result of an opaque mark: its colour, the product of both, or the inverse of the product of inverses."""
    white = np.float32(255)
    match ink.blend:
        case "normal":
            return ink.colour
        case "multiply":
            return below * (ink.colour / white)
        case "screen":
            return white - (white - below) * (1 - ink.colour / white)


def is_visible(before: Image, after: Image, coverage: Mask) -> bool:
    """Whether a mark changed a sensible share of the image visibly."""
    change = cv2.absdiff(before, after)
    seen = change.max(axis=2) >= SEEN
    count = np.count_nonzero(seen)
    if not LEAST_SHARE <= count / seen.size <= MOST_SHARE or count < LEAST_SEEN * np.count_nonzero(coverage):
        return False
    return bool(change[seen].mean() >= LEAST_CHANGE)
