"""Makes a non-white background: takes a product from white and pastes it on a scene."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image, Pair, Photo, Resources

from .matte import Matte, lay_over, matte_on_white
from .scenery import draw_scene
from .shadows import cast_shadow

Transform = NDArray[np.float64]
"""Affine ``[2, 3]`` of pixel coordinates (x, y)."""

LEAST_SCALE, MOST_SCALE = 0.75, 1.1
STAYS_SHARE = 0.3
"""How often the product keeps its size and place, and so its exact pixels."""
SHADOW_SHARE = 0.6
FRAMELESS_SHARE, FRAMELESS_SCALE = 0.97, 0.85
"""A photo filled to this share has no white around its product, so the product is made smaller."""


class NonWhiteSynthesizer:
    """Pairs of a product in a scene (source) and, in the same size and place, on pure white (target).

    The product is scaled and moved a little, the same in both images. Inside it they are equal, because the product is
    not defective; outside it the target is exactly 255. A photo without a white surround counts entirely as product.
    """

    def __call__(self, photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
        """Make a pair of the size of ``photo``, with the product's matte."""
        target, matte = _place(photo.pixels, matte_on_white(photo.pixels), rng)
        scene = draw_scene(rng, resources, *matte.shape)
        if rng.random() < SHADOW_SHARE:
            scene = cast_shadow(scene, matte, rng)
        source = lay_over(target, matte, scene)
        differs = (source != target).any(axis=2)
        return Pair(source, target, differs.astype(np.uint8) * 255, {"matte": matte})


def _place(pixels: Image, matte: Matte, rng: np.random.Generator) -> tuple[Image, Matte]:
    """The product on pure white and its matte, scaled and moved a little."""
    on_white = np.where(matte[..., None] > 0, pixels, np.uint8(255))
    frameless = (matte > 0).mean() > FRAMELESS_SHARE
    if rng.random() < STAYS_SHARE and not frameless:
        return on_white, matte
    transform = _transform(matte, rng, most=FRAMELESS_SCALE if frameless else MOST_SCALE)
    size = (matte.shape[1], matte.shape[0])
    moved = cv2.warpAffine(on_white, transform, size, borderValue=(255, 255, 255)).astype(np.uint8)
    return moved, cv2.warpAffine(matte, transform, size).astype(np.float32)


def _transform(matte: Matte, rng: np.random.Generator, most: float) -> Transform:
    """Scale the box around the product by a random factor, and move it to a random place inside the frame."""
    height, width = matte.shape
    left, top, box_width, box_height = cv2.boundingRect((matte > 0).astype(np.uint8))
    if not box_width:
        return np.eye(2, 3)
    most = min(most, width / box_width, height / box_height)
    scale = rng.uniform(min(LEAST_SCALE, most), most)
    corner = np.array([width - scale * box_width, height - scale * box_height]) * _share_of_room(rng)
    return np.array([[scale, 0, corner[0] - scale * left], [0, scale, corner[1] - scale * top]])


def _share_of_room(rng: np.random.Generator) -> NDArray[np.float64]:
    """How much of the free room is left of and above the product: near a half, because most products are centred."""
    return rng.beta(3, 3, size=2)
