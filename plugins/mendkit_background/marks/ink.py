"""The opacity and blend mode of a watermark, how it is laid on a photo, and whether it is visible."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image, Mask, Truth

from .colours import draw_colour
from .layers import Layer, inked
from .placement import Range

Blend = Literal["normal", "multiply", "screen"]
BLENDS: tuple[Blend, ...] = ("normal", "multiply", "screen")
BLEND_SHARES = (0.8, 0.1, 0.1)

LEAST_SHARE, MOST_SHARE = 0.008, 0.4
"""The minimum and maximum share of the image that a mark changes."""
LEAST_CHANGE = 15.0
"""Minimum mean change of the pixels that a mark changes, in levels of 255: below, it is hardly visible."""
LEAST_SEEN = 0.4
"""Minimum visible share of a mark: a white mark on white is invisible."""
SEEN = 6
"""A pixel changes visibly if any channel changes by this many levels."""
LARGE_SHARE, LARGE_OPACITY = 0.2, 0.6
"""A mark that covers more than this share is at most this opaque: shops want the product to be visible."""
FADING_SHARE = 0.1
"""How often the opacity changes along the photo."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """A mark as it is laid on a photo of its size.

    Args:
        layer: the mark, ``[H, W, 4]``.
        opacity: of the whole mark, in [0, 1]: one number, or one for each row or column, ``[H, 1]`` or ``[1, W]``.
        blend: how its colours mix with those below.
    """

    layer: Layer
    opacity: float | Truth
    blend: Blend

    def every(self, step: int) -> Overlay:
        """Only every ``step``-th pixel, to try it quickly."""
        opacity = self.opacity
        if isinstance(opacity, np.ndarray):
            opacity = opacity[:: step if opacity.shape[0] > 1 else 1, :: step if opacity.shape[1] > 1 else 1]
        return replace(self, layer=self.layer[::step, ::step], opacity=opacity)


def draw_overlay(rng: np.random.Generator, layer: Layer, opacities: Range) -> Overlay:
    """Faint or, if it covers little, strong; even or fading; normal, multiplied or screened."""
    low, high = opacities
    if cv2.mean(layer)[3] > 255 * LARGE_SHARE:
        low, high = min(low, LARGE_OPACITY / 2), LARGE_OPACITY
    opacity: float | Truth = rng.uniform(low, high)
    if rng.random() < FADING_SHARE:
        opacity = opacity * _fading(rng, *layer.shape[:2])
    return Overlay(layer, opacity, BLENDS[rng.choice(3, p=BLEND_SHARES)])


def _fading(rng: np.random.Generator, height: int, width: int) -> Truth:
    """From 1 to less, downwards or across, in either direction: ``[H, 1]`` or ``[1, W]``."""
    down = rng.random() < 0.5
    ramp = np.linspace(1, rng.uniform(0.2, 0.6), height if down else width, dtype=np.float32)[:: rng.choice((-1, 1))]
    return ramp[:, None] if down else ramp[None]


def recoloured(rng: np.random.Generator, overlay: Overlay) -> Overlay:
    """The same mark in one other colour."""
    return replace(overlay, layer=inked(_coverage(overlay), draw_colour(rng)))


def contrasting(pixels: Image, overlay: Overlay) -> Overlay:
    """The same mark in a grey far from the pixels that it covers, visible on any photo."""
    coverage = _coverage(overlay)
    grey = 40 if np.mean(cv2.mean(pixels, coverage)[:3]) > 127 else 215
    return Overlay(inked(coverage, np.full(3, grey, np.float32)), 0.5, "normal")


def lay_on(pixels: Image, overlay: Overlay) -> tuple[Image, dict[str, Truth]]:
    """Lay a mark on ``pixels``; where its coverage is 0, nothing changes.

    Returns the marked photo, and its truths: ``alpha`` [H, W], and ``ink`` [H, W, 3], the result if the mark were
    opaque, so the marked photo is ``(1 - alpha) * pixels + alpha * ink``, rounded, in each blend mode: the colour of
    multiplied and screened ink depends on what is below. Where ``alpha`` is 0, ``ink`` says nothing.
    """
    left, top, columns, rows = cv2.boundingRect(_coverage(overlay))
    inside = np.s_[top : top + rows, left : left + columns]
    opacity = np.broadcast_to(np.asarray(overlay.opacity, np.float32), pixels.shape[:2])[inside]
    marked, alpha, ink = pixels.copy(), np.zeros(pixels.shape[:2], np.float32), np.zeros(pixels.shape, np.float32)
    if rows:
        alpha[inside] = overlay.layer[..., 3][inside] * (opacity / 255)
        below = pixels[inside].astype(np.float32)
        colours = _blended(below, _colours(overlay.layer[inside]), overlay.blend)
        marked[inside] = cv2.convertScaleAbs(below + cv2.merge([alpha[inside]] * 3) * (colours - below))
        ink[inside] = colours / 255
    return marked, {"alpha": alpha, "ink": ink}


def is_visible(pixels: Image, overlay: Overlay) -> bool:
    """Whether a mark changes a sensible share of the photo visibly."""
    change = difference(pixels, lay_on(pixels, overlay)[0])
    seen = change >= SEEN
    count = np.count_nonzero(seen)
    if not LEAST_SHARE <= count / seen.size <= MOST_SHARE:
        return False
    if count < LEAST_SEEN * np.count_nonzero(overlay.layer[..., 3]):
        return False
    return bool(change[seen].mean() >= LEAST_CHANGE)


def difference(one: Image, other: Image) -> Mask:
    """``[H, W]``, by how many levels the channel that differs most differs."""
    red, green, blue = cv2.split(cv2.absdiff(one, other))
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.uint8)


def _coverage(overlay: Overlay) -> Mask:
    return np.ascontiguousarray(overlay.layer[..., 3])


def _colours(layer: Layer) -> NDArray[np.float32]:
    """The colours of a layer, ``[H, W, 3]``, 0 to 255: those of ``Layer`` divided by the coverage."""
    per_coverage = np.float32(255) / np.maximum(np.arange(256, dtype=np.float32), 1)
    shares = cv2.merge([per_coverage[layer[..., 3]]] * 3)
    colours = cv2.multiply(np.ascontiguousarray(layer[..., :3]), shares, dtype=cv2.CV_32F)
    return np.asarray(np.minimum(colours, 255), np.float32)


def _blended(below: NDArray[np.float32], colours: NDArray[np.float32], blend: Blend) -> NDArray[np.float32]:
    """The result of an opaque mark: its colours, the product of both, or the inverse of the product of inverses."""
    white = np.float32(255)
    match blend:
        case "normal":
            return colours
        case "multiply":
            return np.asarray(below * colours / white, np.float32)
        case "screen":
            return np.asarray(white - (white - below) * (white - colours) / white, np.float32)
