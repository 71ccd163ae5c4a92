"""Small drawn products to test plugins on, in several shapes and shades, on white and in front of a scene."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from ..contracts.photo import Image, Mask, Photo

SIZES = ((64, 64), (48, 64), (64, 48), (33, 35))
"""Heights and widths, px."""

SHADES = {
    "colourful": ((196, 62, 48), (40, 90, 170)),
    "nearly white": ((243, 242, 240), (226, 227, 230)),
    "dark": ((24, 27, 32), (58, 48, 44)),
}
"""The colours of a product and of its label."""


def draw_product(height: int, width: int, shade: str) -> tuple[Image, Mask]:
    """A bottle with a label, in the middle of a white photo, and its foreground mask."""
    body, label = SHADES[shade]
    pixels: Image = np.full((height, width, 3), 255, np.uint8)
    foreground: Mask = np.zeros((height, width), np.uint8)
    middle, half = (width // 2, height // 2), (width // 4, height // 3)
    neck = (middle[0] - width // 16, height // 12), (middle[0] + width // 16, middle[1])
    for image, colour in ((pixels, body), (foreground, (255,))):
        cv2.ellipse(image, middle, half, 0, 0, 360, colour, -1)
        cv2.rectangle(image, *neck, colour, -1)
    cv2.rectangle(
        pixels, (middle[0] - width // 8, middle[1]), (middle[0] + width // 8, middle[1] + height // 6), label, -1
    )
    return pixels, foreground


def clean_photos() -> Iterator[Photo]:
    """Products on white, of all sizes and shades."""
    for height, width in SIZES:
        for shade in SHADES:
            yield Photo(draw_product(height, width, shade)[0], _name(f"{shade} product", height, width))


def blank_photos() -> Iterator[Photo]:
    """Empty photos."""
    for height, width in SIZES:
        yield Photo(np.full((height, width, 3), 255, np.uint8), _name("blank photo", height, width))


def real_photos() -> Iterator[Photo]:
    """Products in front of a coloured, noisy wall, with foreground masks."""
    rng = np.random.default_rng(0)
    for height, width in SIZES:
        for shade in SHADES:
            product, foreground = draw_product(height, width, shade)
            wall = np.array((120, 150, 90)) + rng.normal(0, 12, (height, width, 3))
            scene = np.where(foreground[..., None] > 0, product, wall.clip(0, 255).astype(np.uint8))
            yield Photo(scene, _name(f"{shade} product", height, width), foreground)


def _name(what: str, height: int, width: int) -> str:
    return f"{what} of {width} x {height} px"
