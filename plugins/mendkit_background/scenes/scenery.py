"""Backgrounds for products: photos from the data, rooms, floors and beds from above, studios, and any surface."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np

from mendkit.contracts import Image, Resources
from mendkit.data.images import resize

from .light import lit
from .rooms import from_above, room
from .studio import studio
from .surfaces import anything

Scene = Callable[[np.random.Generator, int, int], Image]
"""Draws a background ``[height, width, 3]``."""

WORKING_SIZE = 512
"""Maximum longer side, px, at which scenes are generated."""
BLURRED_SHARE = 0.35
"""How often a background is out of focus."""


GENERATED: Mapping[str, Scene] = {"room": room, "from_above": from_above, "studio": studio, "surface": anything}
WEIGHTS: Mapping[str, float] = {"photo": 0.35, "room": 0.2, "from_above": 0.25, "studio": 0.12, "surface": 0.08}
"""How often each kind of scene is drawn; ``photo`` only if the data has backgrounds."""


def draw_scene(
    rng: np.random.Generator, resources: Resources, height: int, width: int, weights: Mapping[str, float] = WEIGHTS
) -> Image:
    """A background ``[height, width, 3]`` of a kind drawn by ``weights``."""
    kind = _draw_kind(rng, weights)
    if kind == "photo":
        photo = resources.draw("backgrounds", rng, height, width)
        if photo is not None:
            return _defocused(rng, _varied(rng, photo))
        kind = _draw_kind(rng, {name: weights.get(name, 0) for name in GENERATED})
    return generate_scene(rng, height, width, kind)


def generate_scene(rng: np.random.Generator, height: int, width: int, kind: str = "surface") -> Image:
    """A background of one of the kinds ``GENERATED``."""
    shrink = min(1.0, WORKING_SIZE / max(height, width))
    scene = GENERATED[kind](rng, max(1, round(height * shrink)), max(1, round(width * shrink)))
    if kind != "studio":  # which draws its own light, and is plain
        scene = _defocused(rng, lit(scene, rng))
    return scene if shrink == 1 else resize(scene, height, width)


def _draw_kind(rng: np.random.Generator, weights: Mapping[str, float]) -> str:
    names, shares = list(weights), np.array(list(weights.values()), float)
    if not shares.any():  # the data has no photos, and nothing else was asked for
        return "surface"
    return names[int(rng.choice(len(names), p=shares / shares.sum()))]


def _varied(rng: np.random.Generator, photo: Image) -> Image:
    """The photo, darker or lighter, with more or less contrast and another balance of colours."""
    gain = rng.uniform(0.55, 1.1) * (1 + rng.normal(0, 0.04, 3))
    contrast = rng.uniform(0.7, 1.1)
    steps = (np.arange(256)[:, None] - 128) * contrast + 128
    return cv2.LUT(photo, (steps * gain).clip(0, 255).astype(np.uint8)[None]).astype(np.uint8, copy=False)


def _defocused(rng: np.random.Generator, scene: Image) -> Image:
    """The scene, often out of focus."""
    if rng.random() >= BLURRED_SHARE:
        return scene
    sigma = max(0.3, min(scene.shape[:2]) * rng.uniform(0.003, 0.03))
    return cv2.GaussianBlur(scene, (0, 0), sigma).astype(np.uint8, copy=False)
