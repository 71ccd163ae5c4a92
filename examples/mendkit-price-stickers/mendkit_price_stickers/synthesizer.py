"""Adds the defect to a clean photo: chooses places on the product, and puts price stickers there."""

from __future__ import annotations

import cv2
import numpy as np
from mendkit.contracts import Image, Pair, Photo, Resources
from numpy.typing import NDArray

from .sticker import draw_sticker
from .sticking import Pose, stick_on

Product = NDArray[np.bool_]
"""``[H, W]``, true where the product is."""

WHITE = 245
"""Pixels darker than this in any channel are not white backdrop."""
SHARES = (0.13, 0.3)
"""Height of a sticker, relative to the side of a square with the product's area."""
LEAST_HEIGHT = 6.0
"""Minimum height of a sticker, px, for legible print, even if the product is smaller."""
CROOKED = 10.0
"""Standard deviation of a sticker's angle, degrees: most are nearly upright."""
TURNED_SHARE = 0.15
"""Share of stickers at any angle."""


class PriceStickerSynthesizer:
    """Pairs of a photo with 1 to ``most`` price stickers on the product (source) and the photo itself (target).

    Raises:
        ValueError: ``most`` is less than 1.
    """

    def __init__(self, most: int = 2) -> None:
        if most < 1:
            raise ValueError(f"most must be at least 1, got {most}")
        self.most = most

    def __call__(self, photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
        """Make a pair of the size of ``photo``; fewer stickers are more frequent."""
        product = find_product(photo)
        source = photo.pixels
        for _ in range(1 + int(self.most * rng.random() ** 2)):
            source = add_sticker(source, product, rng)
        differs = (source != photo.pixels).any(axis=2)
        return Pair(source, photo.pixels, differs.astype(np.uint8) * 255)


def find_product(photo: Photo) -> Product:
    """The mask beside the photo, or else what is not white; the whole photo if that is empty."""
    product: Product = photo.pixels.min(axis=2) < WHITE if photo.foreground is None else photo.foreground > 127
    return product if product.any() else np.ones_like(product)


def add_sticker(pixels: Image, product: Product, rng: np.random.Generator) -> Image:
    """``pixels`` with a sticker somewhere on the product."""
    pose = choose_pose(product, rng)
    # Drawn at twice its size, because it is averaged later.
    sticker = draw_sticker(rng, height=max(1, round(2 * pose.height)))
    return stick_on(pixels, sticker, pose, rng)


def choose_pose(product: Product, rng: np.random.Generator) -> Pose:
    """A place where the sticker has room around it, with its size and angle."""
    room = room_in(product)
    height = max(LEAST_HEIGHT, rng.uniform(*SHARES) * np.sqrt(product.sum()))
    # On a product thinner than the sticker, use its middle line.
    places = np.argwhere(room >= min(height / 2, 0.9 * room.max()))
    row, column = places[rng.integers(len(places))]
    angle = rng.uniform(-180, 180) if rng.random() < TURNED_SHARE else rng.normal(0, CROOKED)
    return Pose((float(column), float(row)), height, angle)


def room_in(product: Product) -> NDArray[np.float32]:
    """The distance of each pixel from the edge of the product or the photo, px; 0 outside the product."""
    framed = np.pad(product.astype(np.uint8), 1)
    return np.asarray(cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1], np.float32)
