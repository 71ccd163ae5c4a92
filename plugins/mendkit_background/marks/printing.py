"""Prints on the product itself: words, labels and patterns that are not marks, and stay."""

from __future__ import annotations

import cv2
import numpy as np

from mendkit.contracts import Image, Mask

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
MOST_PRODUCT = 0.85
"""Nothing is printed on a product that fills more of its photo: it would look like a mark."""
LEAST_ROOM = 0.12
"""Nor on one that is nowhere as wide as this share of the photo's shorter side."""
LETTERS = 32
"""The height of letters, px, before they are scaled."""
PATTERN_SHARE = 0.2
DARKEST = 0.35
"""In shade, what is printed is at least this bright, relative to where the product is brightest."""


def print_on(rng: np.random.Generator, typefaces: tuple[Typeface, ...], pixels: Image) -> Image:
    """The photo with something printed on its product, shaded as the product is; elsewhere it does not change.

    A word, a label or an emblem is printed where the product is widest, a pattern all over it. Returns ``pixels`` if
    the product has no room for it.
    """
    product = _product(pixels)
    if np.count_nonzero(product) > MOST_PRODUCT * product.size:
        return pixels
    product = _inside(product)
    room = cv2.distanceTransform(product, cv2.DIST_L2, 3)
    _, reach, _, (x, y) = cv2.minMaxLoc(room)
    if 2 * reach < LEAST_ROOM * min(product.shape):
        return pixels
    typeface = typefaces[rng.integers(len(typefaces))]
    if rng.random() < PATTERN_SHARE:
        left, top, width, height = cv2.boundingRect(product)
        layer, corner = _pattern(rng, typeface, height, width), (top, left)
    else:
        half = int(0.8 * reach)  # between the square inside the circle of this radius and the one around it
        side, corner = 2 * half + 1, (y - half, x - half)  # inside the photo, because the circle is
        layer = placed(rng, _print(rng, typeface), side, side, scales=(0.6, 1), angle=rng.uniform(-12, 12))
    return _laid(pixels, layer, corner, product, rng.uniform(0.6, 1))


def _print(rng: np.random.Generator, typeface: Typeface) -> Layer:
    """Words, a label, a badge, a seal or an emblem."""
    match rng.choice(5, p=(0.4, 0.2, 0.1, 0.1, 0.2)):
        case 0:
            return inked(draw_block(rng, typeface, LETTERS), draw_colour(rng))
        case 1:
            return draw_box(rng, typeface, LETTERS)
        case 2:
            return draw_badge(rng, typeface, LETTERS)
        case 3:
            return inked(draw_seal(rng, typeface, 3 * LETTERS), draw_colour(rng))
        case _:
            return inked(draw_logo(rng, 2 * LETTERS), draw_colour(rng))


def _pattern(rng: np.random.Generator, typeface: Typeface, height: int, width: int) -> Layer:
    """A motif or words again and again."""
    motif = draw_logo(rng, LETTERS) if rng.random() < 0.6 else draw_block(rng, typeface, LETTERS)
    return tiled(rng, inked(motif, draw_colour(rng)), height, width, scales=(0.1, 0.35), angle=rng.uniform(-45, 45))


def _product(pixels: Image) -> Mask:
    """255 where the photo is not white, 0 elsewhere."""
    red, green, blue = cv2.split(pixels)
    return np.asarray(cv2.inRange(cv2.min(cv2.min(red, green), blue), 0, 255 - FAINT), np.uint8)


def _inside(product: Mask) -> Mask:
    """The product without its outline, to which the edges of the photo belong."""
    side = 2 * round(0.01 * min(product.shape)) + 3
    framed = cv2.copyMakeBorder(product, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return np.ascontiguousarray(cv2.erode(framed, np.ones((side, side), np.uint8))[1:-1, 1:-1], np.uint8)


def _laid(pixels: Image, layer: Layer, corner: tuple[int, int], product: Mask, opacity: float) -> Image:
    """``layer`` over the photo from ``corner`` (row, column), only on the product, and as bright as it is there."""
    inside = np.s_[corner[0] : corner[0] + layer.shape[0], corner[1] : corner[1] + layer.shape[1]]
    grey = cv2.blur(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (3, 3))
    brightest = max(cv2.minMaxLoc(grey, product)[1], 1.0)
    shade = np.clip(grey[inside] * np.float32(1 / brightest), DARKEST, 1)
    weight = product[inside] * np.float32(opacity / 255)
    free, light = (cv2.merge([each] * 3) for each in (1 - weight * layer[..., 3] / np.float32(255), weight * shade))
    printed = pixels.copy()
    printed[inside] = cv2.convertScaleAbs(pixels[inside] * free + layer[..., :3] * light)
    return printed
