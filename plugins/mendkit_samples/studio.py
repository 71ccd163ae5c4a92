"""Assembles a product part by part, lights it, and photographs it on pure white."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image

from .lighting import Light, shade
from .materials import Material
from .prints import Print
from .shapes import Shape
from .surfaces import Plane, Surface

SUPERSAMPLING = 4
Choice = TypeVar("Choice")


class Studio:
    """A white canvas for one product, ``SUPERSAMPLING`` times finer than its photo.

    Products draw everything that varies from ``rng``.
    """

    def __init__(self, rng: np.random.Generator, size: int) -> None:
        self.rng = rng
        self.size = size
        self.side = size * SUPERSAMPLING
        self.light = Light.drawn(rng)
        self._canvas = np.ones((self.side, self.side, 3), np.float32)
        self._covered = np.zeros((self.side, self.side), np.bool_)

    def chance(self, share: float) -> bool:
        """True in that share of cases."""
        return bool(self.rng.uniform() < share)

    def between(self, low: float, high: float) -> float:
        """A random number from low to high."""
        return float(self.rng.uniform(low, high))

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """One of several things."""
        return choices[int(self.rng.integers(len(choices)))]

    def add(self, shape: Shape, material: Material, *prints: Print) -> None:
        """Put a part in front of what is there."""
        surface = shape.seen(self.side)
        albedo, opacity = _painted(surface, material, prints)
        colour, hides = shade(surface, material, albedo, opacity, self.light)
        behind = self._canvas[surface.window.slices]
        behind += (colour - behind) * hides[..., None]
        self._covered[surface.window.slices] |= surface.coverage > 0

    def photograph(self) -> Image:
        """The photo ``[size, size, 3]``, with the product in its middle and a margin of pure white around it."""
        frame = self._framed(margin=self.between(0.05, 0.12))
        photo = cv2.resize(frame, (self.size, self.size), interpolation=cv2.INTER_AREA)
        return np.round(photo.clip(0, 1) * 255).astype(np.uint8)

    def _framed(self, margin: float) -> NDArray[np.float32]:
        """The square around all that was added, with a margin of at least that share on every side."""
        left, top, width, height = cv2.boundingRect(self._covered.astype(np.uint8))
        side = int(max(width, height) / (1 - 2 * margin)) + 1
        frame = np.ones((side, side, 3), np.float32)
        down, right = (side - height) // 2, (side - width) // 2
        frame[down : down + height, right : right + width] = self._canvas[top : top + height, left : left + width]
        return frame


def _painted(surface: Surface, material: Material, prints: Iterable[Print]) -> tuple[Plane, Plane]:
    """The surface's own colours ``[h, w, 3]`` and opacity ``[h, w]``: the material's, and over it what is printed."""
    share = material.pattern(surface.u, surface.v)[..., None]
    base, accent = (np.array(colour, np.float32) for colour in (material.colour, material.accent))
    albedo: Plane = base + (accent - base) * share
    opacity = np.full_like(surface.coverage, material.opacity)
    for printed in prints:
        if (drawn := printed.over(surface)) is not None:
            ink = drawn[..., 3]
            albedo = albedo + (drawn[..., :3] - albedo) * ink[..., None]
            opacity = opacity + (1 - opacity) * ink
    return albedo, opacity
