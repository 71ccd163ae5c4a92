"""Things behind or beside a product which do not belong to it: goods, parts of photos, stands, furniture, arms."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image, Mask, Resources

from ..matte import Matte, blend
from .arms import draw_arm
from .light import lit
from .palettes import any_palette
from .surfaces import FLOORS, WALLS, anything, pick

Points = NDArray[np.float64]
"""``[N, 2]``, (x, y) in pixels."""
Thing = tuple[Mask, Image]
"""Where something is, 0 to 255, and what it looks like there, ``[H, W, 3]``."""
Draw = Callable[[np.random.Generator, Matte, Resources], Thing]

MOST = 3
"""Things in one scene, at most."""


def put_objects(scene: Image, matte: Matte, rng: np.random.Generator, resources: Resources) -> Image:
    """``scene`` with one to ``MOST`` things, each with a soft shadow of its own."""
    for _ in range(int(rng.integers(1, MOST + 1))):
        draw = tuple(KINDS)[int(rng.choice(len(KINDS), p=list(KINDS.values())))]
        where, thing = draw(rng, matte, resources)
        scene = _put(scene, where, thing, rng)
    return scene


def good(rng: np.random.Generator, matte: Matte, resources: Resources) -> Thing:
    """Another product, lit from one side: a box, a ball, a lump."""
    height, width = matte.shape
    return _lump(rng, height, width), lit(anything(rng, height, width), rng)


def part_of_photo(rng: np.random.Generator, matte: Matte, resources: Resources) -> Thing:
    """A piece of a photo of the data; without any, a good."""
    photo = resources.draw("backgrounds", rng, *matte.shape)
    return good(rng, matte, resources) if photo is None else (_lump(rng, *matte.shape), photo)


def furniture(rng: np.random.Generator, matte: Matte, resources: Resources) -> Thing:
    """The edge of a table, a cupboard or a door along one side of the photo."""
    height, width = matte.shape
    depth, slope = rng.uniform(0.05, 0.35), rng.normal(0, 0.05)
    edge = np.array([(-0.1, -0.1), (depth - slope, -0.1), (depth + slope, 1.1), (-0.1, 1.1)])
    if rng.random() < 0.5:
        edge = 1 - edge
    if rng.random() < 0.4:
        edge = edge[:, ::-1]
    return _filled(edge * (width, height), height, width), pick(rng, (*FLOORS, *WALLS))(rng, height, width)


def stand(rng: np.random.Generator, matte: Matte, resources: Resources) -> Thing:
    """A pole that holds the product up, a rail, or a hanger in its upper end."""
    height, width = matte.shape
    left, top, wide, high = cv2.boundingRect((matte > 0.5).astype(np.uint8))
    thick, x = max(1, round(min(height, width) * rng.uniform(0.008, 0.04))), left + wide * rng.uniform(0.4, 0.6)
    neck, lean = top + high * rng.uniform(0.02, 0.08), width * rng.normal(0, 0.03)
    lines = {
        "pole": [[(x, neck + high / 2), (x + lean, height)]],
        "rail": [[(-9, top / 2 - lean), (width + 9, top / 2 + lean)], [(x, top / 2), (x, neck)]],
        "hanger": [
            [(x, top - 0.15 * high), (x, neck), (left, top + 0.12 * high)],
            [(x, neck), (left + wide, top + 0.12 * high)],
        ],
    }[pick(rng, ("pole", "rail", "hanger"))]
    where = np.zeros((height, width), np.uint8)
    cv2.polylines(where, [np.array(line, np.int32) for line in lines], False, 255, thick, cv2.LINE_AA)
    colour = np.empty((height, width, 3), np.uint8)
    colour[:] = any_palette(rng)[0]
    return where, lit(colour, rng)


def arm(rng: np.random.Generator, matte: Matte, resources: Resources) -> Thing:
    """An arm that reaches for the product from an edge of the photo."""
    return draw_arm(rng, matte)


KINDS: Mapping[Draw, float] = {good: 0.3, part_of_photo: 0.15, furniture: 0.25, stand: 0.15, arm: 0.15}
"""How often each kind of thing is drawn."""


def _put(scene: Image, where: Mask, thing: Image, rng: np.random.Generator) -> Image:
    side = min(where.shape)
    opacity = cv2.GaussianBlur(where, (0, 0), max(0.3, side * rng.uniform(0.001, 0.01))).astype(
        np.float32
    ) / np.float32(255)
    shift = np.array([[1, 0, side * rng.uniform(-0.04, 0.04)], [0, 1, side * rng.uniform(0, 0.04)]])
    cast = cv2.warpAffine(opacity, shift, where.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    shadow = cv2.blur(cast, (2 * max(1, side // 40) + 1,) * 2) * np.float32(rng.uniform(0.2, 0.6))
    return blend(blend(scene, np.zeros_like(scene), shadow), thing, opacity)


def _lump(rng: np.random.Generator, height: int, width: int) -> Mask:
    """A smooth or cornered shape near an edge of the photo."""
    count, size = int(rng.integers(3, 9)), min(height, width) * rng.uniform(0.08, 0.3)
    angles = np.sort(rng.uniform(0, 2 * np.pi, 1) + np.arange(count) * 2 * np.pi / count + rng.normal(0, 0.2, count))
    radii = size * rng.uniform(0.7, 1.2, count) * (1 if count < 5 else rng.uniform(0.8, 1))
    around = rng.uniform(0, 2 * np.pi)
    centre = np.array([width, height]) * (0.5 + 0.48 * np.array([np.cos(around), np.sin(around)]))
    if rng.random() < 0.5:
        return _ellipse(rng, centre, size, height, width)
    return _filled(centre + radii[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=1), height, width)


def _ellipse(rng: np.random.Generator, centre: Points, size: float, height: int, width: int) -> Mask:
    where = np.zeros((height, width), np.uint8)
    axes = (max(1, round(size)), max(1, round(size * rng.uniform(0.4, 1))))
    cv2.ellipse(where, centre.astype(int).tolist(), axes, rng.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA)
    return where


def _filled(corners: Points, height: int, width: int) -> Mask:
    where = np.zeros((height, width), np.uint8)
    cv2.fillPoly(where, [np.rint(corners).astype(np.int32)], 255, cv2.LINE_AA)
    return where
