"""Prints on the product itself: words, labels and patterns that are not marks, and stay."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image

from .badges import draw_badge, draw_box
from .colours import draw_colour
from .layers import Layer, inked
from .lettering import draw_block
from .logos import draw_logo
from .placement import placed, tiled
from .seals import draw_seal
from .typefaces import Typeface

FAINT = 20
"""A pixel whose darkest channel is this far from white is product."""
LEAST_PRODUCT, MOST_PRODUCT = 0.04, 0.85
"""Nothing is printed on a product that fills less or more of its photo: there it would look like a mark."""
LETTERS = 32
"""The height of letters, px, before they are scaled."""
EDGE = 0.02
"""What is printed keeps away from the outline by this share of the photo's shorter side."""


def print_on(rng: np.random.Generator, typefaces: tuple[Typeface, ...], pixels: Image) -> Image:
    """The photo with something printed on its product, shaded as the product is; elsewhere it does not change."""
    surface = _surface(pixels)
    if not LEAST_PRODUCT <= np.count_nonzero(surface) / surface.size <= MOST_PRODUCT:
        return pixels
    left, top, width, height = cv2.boundingRect(surface)
    inside = np.s_[top : top + height, left : left + width]
    layer = _draw(rng, typefaces[rng.integers(len(typefaces))], height, width)
    layer = np.asarray(cv2.multiply(layer, cv2.merge([surface[inside]] * 4), scale=1 / 255), np.uint8)
    printed = pixels.copy()
    printed[inside] = _laid(pixels[inside], layer, rng.uniform(0.6, 1))
    return printed


def _draw(rng: np.random.Generator, typeface: Typeface, height: int, width: int) -> Layer:
    """A word, a label, an emblem or a pattern, for a product of ``height`` x ``width`` px."""
    kind = rng.choice(5, p=(0.4, 0.15, 0.15, 0.1, 0.2))
    if kind == 4:
        motif = draw_logo(rng, LETTERS) if rng.random() < 0.6 else draw_block(rng, typeface, LETTERS)
        return tiled(rng, inked(motif, draw_colour(rng)), height, width, scales=(0.1, 0.35), angle=rng.uniform(-45, 45))
    draws = (
        lambda: inked(draw_block(rng, typeface, LETTERS), draw_colour(rng)),
        lambda: draw_box(rng, typeface, LETTERS),
        lambda: draw_badge(rng, typeface, LETTERS),
        lambda: inked(draw_seal(rng, typeface, 3 * LETTERS), draw_colour(rng)),
    )
    return placed(rng, draws[kind](), height, width, scales=(0.25, 0.75), angle=rng.uniform(-12, 12))


def _surface(pixels: Image) -> NDArray[np.uint8]:
    """``[H, W]``, 255 on the product, well inside its outline."""
    depth = 255 - cv2.min(cv2.min(pixels[..., 0], pixels[..., 1]), pixels[..., 2])
    reach = 2 * max(1, round(EDGE * min(depth.shape))) + 1
    product = cv2.morphologyEx(cv2.inRange(depth, FAINT, 255), cv2.MORPH_OPEN, np.ones((reach, reach), np.uint8))
    product = cv2.copyMakeBorder(product, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return np.ascontiguousarray(cv2.erode(product, np.ones((reach, reach), np.uint8))[1:-1, 1:-1])


def _laid(pixels: Image, layer: Layer, opacity: float) -> Image:
    """Inks as bright as the product is there, relative to its brightest parts."""
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    covered = grey[layer[..., 3] > 0]
    bright = max(float(np.percentile(covered, 90)), 1.0) if covered.size else 255.0
    shade = np.clip(cv2.blur(grey, (3, 3)) / bright, 0.35, 1)[..., None]
    below = pixels.astype(np.float32)
    free = 1 - layer[..., 3:] * np.float32(opacity / 255)
    return np.asarray(cv2.convertScaleAbs(below * free + layer[..., :3] * (shade * opacity)), np.uint8)
