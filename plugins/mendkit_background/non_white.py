"""Makes a non-white background: takes a product from white and pastes it on a scene, as a camera would see it."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image, Mask, Pair, Photo, Resources
from mendkit.errors import ConfigError

from .matte import Matte, lay_over, matte_on_white
from .scenes.camera import photographed
from .scenes.light import spilled
from .scenes.objects import put_objects
from .scenes.scenery import WEIGHTS, draw_scene
from .scenes.shadows import cast_shadow, reflect
from .surround import greatest_channel

Transform = NDArray[np.float64]
"""Affine ``[2, 3]`` of pixel coordinates (x, y)."""

LEAST_SCALE, MOST_SCALE = 0.75, 1.1
STAYS_SHARE = 0.3
"""How often the product keeps its size and place, and so its exact pixels."""
FRAMELESS_SHARE, FRAMELESS_SCALE = 0.97, 0.85
"""A photo filled to this share has no white around its product, so the product is made smaller."""
VISIBLE = 2
"""Levels of 255 by which a product may differ outside the mask."""


class NonWhiteSynthesizer:
    """Pairs of a product in a scene (source) and, in the same size and place, on pure white (target).

    The product is scaled and moved a little, the same in both images. Inside it they are equal, because the product is
    not defective, unless the camera or the scene's light changes it a little; outside it the target is exactly 255. A
    photo without a white surround counts entirely as product.

    Args:
        scenes: the weights of the kinds of scenes that replace those of ``WEIGHTS``: ``photo`` (if the data has
            backgrounds), ``room``, ``from_above``, ``studio`` (nearly white) and ``surface``.
        objects: how often other things are behind or beside the product.
        shadows: how often the product casts shadows.
        reflections: how often it is mirrored below its lowest point.
        spill: how often the scene's light colours the product's edge a little, in the source only.
        camera: how often the source has the blur, noise or JPEG traces of a camera. The mask then also covers pixels of
            the product that they change by more than ``VISIBLE``.

    Raises:
        ConfigError: an unknown kind of scene, weights that are negative or all 0, or a share that is not in 0 to 1.
    """

    def __init__(
        self,
        *,
        scenes: Mapping[str, float] | None = None,
        objects: float = 0.3,
        shadows: float = 0.65,
        reflections: float = 0.06,
        spill: float = 0.05,
        camera: float = 0.25,
    ) -> None:
        self.scenes = _checked_weights(scenes or {})
        shares = {"objects": objects, "shadows": shadows, "reflections": reflections, "spill": spill, "camera": camera}
        for name, share in shares.items():
            if not 0 <= share <= 1:
                raise ConfigError(f"non-white background: {name} must lie in 0 to 1, got {share}")
        self.shares = shares

    def __call__(self, photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
        """Make a pair of the size of ``photo``, with the product's matte."""
        target, matte = _place(photo.pixels, matte_on_white(photo.pixels), rng)
        scene = self._scene(target, matte, rng, resources)
        source = lay_over(target, matte, scene)
        if self._chance("spill", rng):
            source = spilled(source, matte, scene, rng)
        if self._chance("camera", rng):
            source = photographed(source, rng)
        return Pair(source, target, _differing(source, target, matte), {"matte": matte})

    def _scene(self, target: Image, matte: Matte, rng: np.random.Generator, resources: Resources) -> Image:
        """What is behind the product, with what the product does to it."""
        height, width = matte.shape
        scene = draw_scene(rng, resources, height, width, self.scenes)
        if self._chance("objects", rng):
            scene = put_objects(scene, matte, rng, resources)
        if self._chance("reflections", rng):
            scene = reflect(scene, target, matte, rng)
        return cast_shadow(scene, matte, rng) if self._chance("shadows", rng) else scene

    def _chance(self, name: str, rng: np.random.Generator) -> bool:
        return bool(rng.random() < self.shares[name])


def _checked_weights(scenes: Mapping[str, float]) -> Mapping[str, float]:
    if unknown := sorted(set(scenes) - set(WEIGHTS)):
        raise ConfigError(f"non-white background: no scene is called {unknown[0]!r}; there are {', '.join(WEIGHTS)}")
    weights = {**WEIGHTS, **scenes}
    if not (all(0 <= weight < inf for weight in weights.values()) and any(weights.values())):
        raise ConfigError(f"non-white background: scenes need finite weights of at least 0, not all 0, got {weights}")
    return weights


def _differing(source: Image, target: Image, matte: Matte) -> Mask:
    """255 where the background differs, and where the product differs visibly."""
    differs = greatest_channel(cv2.absdiff(source, target).astype(np.uint8, copy=False))
    return np.where(differs > np.where(matte < 1, 0, VISIBLE), 255, 0).astype(np.uint8)


def _place(pixels: Image, matte: Matte, rng: np.random.Generator) -> tuple[Image, Matte]:
    """The product on pure white and its matte, scaled and moved a little."""
    product = (matte > 0).astype(np.uint8)
    on_white = cv2.copyTo(pixels, product, np.full_like(pixels, 255)).astype(np.uint8, copy=False)
    frameless = product.mean() > FRAMELESS_SHARE
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
