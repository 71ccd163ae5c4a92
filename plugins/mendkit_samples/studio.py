"""Assembles a product part by part, lights it, and photographs it on pure white."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import cv2
import numpy as np

from mendkit.contracts import Image

from .camera import Film, Pose
from .curves import XY
from .lighting import Light, shade
from .materials import Material
from .prints import Print
from .shapes import Shape
from .surfaces import Plane, Surface

SUPERSAMPLING = 3
CONTACT = 0.025
"""How far a part's shadow reaches on what is behind it."""
Choice = TypeVar("Choice")


class Studio:
    """A white canvas for one product, ``SUPERSAMPLING`` times finer than its photo.

    Products draw everything that varies from ``rng``.
    """

    def __init__(self, rng: np.random.Generator, size: int, light: Light | None = None) -> None:
        self.rng = rng
        self.size = size
        self.side = size * SUPERSAMPLING
        self.light = light or Light.drawn(rng)
        self.legible = self.cut_below = False
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

    def whether(self, *makers: Callable[[np.random.Generator], Choice]) -> Choice:
        """What one of several makers makes."""
        return self.pick(makers)(self.rng)

    def helper(self, size: float) -> Studio:
        """A studio with the same light, for a part of the product that is placed here later."""
        return Studio(self.rng, max(8, round(size * self.size)), self.light)

    def add(self, shape: Shape, material: Material, *prints: Print) -> None:
        """Put a part in front of what is there; it shades that a little."""
        surface = shape.seen(self.side)
        if not surface.coverage.size:
            return
        albedo, opacity = _painted(surface, material, prints)
        colour, hides = shade(surface, material, albedo, opacity, self.light)
        if material.opacity == 1 and material.holes is None:
            self._shade_behind(surface)
        behind = self._canvas[surface.window.slices]
        behind += (colour - behind) * hides[..., None]
        self._covered[surface.window.slices] |= hides > 0
        self.legible |= bool(prints)

    def _shade_behind(self, surface: Surface) -> None:
        """Darken the product behind a part, most next to it and away from the lamp; the white ground stays white."""
        reach = max(4, round(CONTACT * self.side))
        window = surface.window.grown(reach)
        covered = self._covered[window.slices]
        if not covered.any():
            return
        top, left = surface.window.top - window.top, surface.window.left - window.left
        mask = np.zeros(covered.shape, np.float32)
        mask[top : top + surface.window.height, left : left + surface.window.width] = surface.coverage
        small = max(1, window.width // 4), max(1, window.height // 4)
        soft = cv2.GaussianBlur(cv2.resize(mask, small, interpolation=cv2.INTER_AREA), (0, 0), reach / 10)
        away = np.array([[4, 0, -self.light.x * reach], [0, 4, -self.light.y * reach]], np.float32)
        shadow = cv2.warpAffine(soft, away, (window.width, window.height))
        self._canvas[window.slices] *= (1 - self.light.contact * shadow * covered)[..., None]

    def crumple(self, amount: float, cells: int = 5) -> None:
        """Bend all that was added so far, smoothly, by up to that share of the canvas."""
        field = self.rng.uniform(-1, 1, (cells, cells, 2)).astype(np.float32) * amount * self.side
        bend = cv2.resize(field, (self.side, self.side), interpolation=cv2.INTER_CUBIC)
        y, x = np.indices((self.side, self.side), np.float32)
        x, y = x + bend[..., 0], y + bend[..., 1]
        white, bare = (1.0, 1.0, 1.0), (0.0,)
        self._canvas = cv2.remap(self._canvas, x, y, cv2.INTER_LINEAR, borderValue=white).astype(np.float32)
        self._covered = cv2.remap(self._covered.astype(np.uint8), x, y, cv2.INTER_LINEAR, borderValue=bare) > 0

    def turn(self, degrees: float) -> None:
        """Turn all that was added so far about the middle of the canvas, clockwise."""
        matrix = cv2.getRotationMatrix2D((self.side / 2, self.side / 2), -degrees, 0.72)
        size, covered = (self.side, self.side), self._covered.astype(np.uint8)
        self._canvas = np.asarray(cv2.warpAffine(self._canvas, matrix, size, borderValue=(1.0, 1.0, 1.0)), np.float32)
        self._covered = cv2.warpAffine(covered, matrix, size) > 0

    def trim(self, top: float, bottom: float) -> None:
        """Cut off what is above ``top`` and below ``bottom``; what is cut off below goes on beyond the photo."""
        rows = round(max(top, 0.0) * self.side), round(min(bottom, 1.0) * self.side)
        self.cut_below = bool(self._covered[rows[1] :].any())
        for outside in (slice(None, rows[0]), slice(rows[1], None)):
            self._canvas[outside], self._covered[outside] = 1.0, False

    def place(self, other: Studio, centre: XY, length: float, *, turn: float = 0.0, mirrored: bool = False) -> None:
        """Put another studio's product in front: its longer side as ``length``, turned by degrees about ``centre``."""
        picture, covered, (left, top, width, height) = other.developed()
        matrix = cv2.getRotationMatrix2D(
            (left + width / 2, top + height / 2), turn, length * self.side / max(width, height)
        )
        if mirrored and not other.legible:
            matrix = matrix @ np.array([[-1, 0, 2 * left + width], [0, 1, 0], [0, 0, 1.0]])
        shift = np.array(centre) * self.side - (left + width / 2, top + height / 2)
        matrix = matrix + np.column_stack([np.zeros((2, 2)), shift])
        size = self.side, self.side
        picture, share = (np.asarray(cv2.warpAffine(plane, matrix, size), np.float32) for plane in (picture, covered))
        self._canvas = np.asarray(picture - self._canvas * share[..., None] + self._canvas, np.float32)
        self._covered |= share > 0
        self.legible |= other.legible

    def developed(self) -> tuple[Plane, Plane, cv2.typing.Rect]:
        """The product on black ``[s, s, 3]``, where it is ``[s, s]``, and the box around it."""
        covered = self._covered.astype(np.float32)
        return self._canvas * covered[..., None], covered, cv2.boundingRect(self._covered.astype(np.uint8))

    def photograph(self, pose: Pose = Pose(), film: Film = Film()) -> Image:  # noqa: B008
        """The photo ``[size, size, 3]`` of the product on pure white."""
        frame, covered = pose.framed(self._canvas, self._covered.astype(np.uint8))
        size = self.size, self.size
        photo, share = (
            np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32) for plane in (frame, covered)
        )
        return film.developed(photo, share, self.rng)


def _painted(surface: Surface, material: Material, prints: Iterable[Print]) -> tuple[Plane, Plane]:
    """The surface's own colours ``[h, w, 3]`` and opacity ``[h, w]``: the material's, and over it what is printed."""
    share = material.pattern(surface.u, surface.v)[..., None]
    base, accent = (np.array(colour, np.float32) for colour in (material.colour, material.accent))
    albedo: Plane = base + (accent - base) * share
    if material.texture is not None:
        albedo = albedo * material.texture(surface.u, surface.v)[..., None]
    opacity = np.full_like(surface.coverage, material.opacity)
    for printed in prints:
        if (drawn := printed.over(surface)) is not None:
            ink = drawn[..., 3]
            albedo = albedo + (drawn[..., :3] - albedo) * ink[..., None]
            opacity = opacity + (1 - opacity) * ink
    return albedo, opacity
