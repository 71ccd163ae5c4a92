"""How a product is framed, and what the camera and the shop's compression do to its photo."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mendkit.contracts import Image

from .curves import XY
from .surfaces import Plane

MARGIN = 0.08


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a product is in its frame.

    Args:
        margin: least free share of the frame on each side; below 0 the product is cut off at the border.
        place: -1 to 1, how far it is from the middle towards an edge (x, y), as a share of the room that is free.
        stretch: its width, as a share of the true one.
        mirrored: whether left and right are swapped.
        cut_below: whether it goes on beyond the frame's lower border.
    """

    margin: float = MARGIN
    place: XY = (0.0, 0.0)
    stretch: float = 1.0
    mirrored: bool = False
    cut_below: bool = False

    @classmethod
    def drawn(cls, rng: np.random.Generator, *, close_up: bool, legible: bool, cut_below: bool) -> Pose:
        """Near the middle; cut off if it is a ``close_up``; never mirrored if there is something ``legible`` on it."""
        margin = rng.uniform(-0.2, -0.03) if close_up else rng.uniform(0.05, 0.13)
        x, y = (rng.uniform(-1, 1, 2) * (0.5 if close_up else 0.25)).tolist()
        mirrored = bool(rng.uniform() < 0.5) and not legible
        return cls(float(margin), (x, y), float(rng.uniform(0.88, 1.12)), mirrored, cut_below)

    def framed(self, canvas: Plane, covered: Plane) -> tuple[Plane, Plane]:
        """The frame's part of a white canvas ``[s, s, 3]``, and of what is covered ``[s, s]``; not always square."""
        left, top, width, height = cv2.boundingRect((covered > 0).astype(np.uint8))
        side = max(width * self.stretch, height) / (1 - 2 * self.margin) + 1
        columns, rows = round(side / self.stretch), round(side)
        x = left - (columns - width) / 2 * (1 + self.place[0])
        y = top + height - rows if self.cut_below else top - (rows - height) / 2 * (1 + self.place[1])
        shift = np.array([[1, 0, -round(x)], [0, 1, -round(y)]], np.float32)
        if self.mirrored:
            shift[0] = (-1, 0, columns - 1 + round(x))
        white, bare = (
            cv2.warpAffine(plane, shift, (columns, rows), flags=cv2.INTER_NEAREST, borderValue=border)
            for plane, border in ((canvas, (1.0, 1.0, 1.0)), (covered, (0.0,)))
        )
        return white.astype(np.float32, copy=False), bare.astype(np.float32, copy=False)


@dataclass(frozen=True, slots=True)
class Film:
    """What a photo loses on its way to the shop.

    Args:
        blur: standard deviation of the lens's blur, in pixels.
        noise: standard deviation of the sensor's noise, 0 to 1.
        quality: of the JPEG file, 1 to 100; none leaves it as it is.
    """

    blur: float = 0.0
    noise: float = 0.0
    quality: int | None = None

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> Film:
        """Often sharp and clean, sometimes soft, grainy or compressed."""
        blur, noise, quality = rng.uniform(0.3, 0.8), 0.012 * rng.uniform() ** 2, int(rng.integers(72, 98))
        soft, compressed = rng.uniform(size=2).tolist()
        return cls(blur if soft < 0.4 else 0.0, noise, quality if compressed < 0.5 else None)

    def developed(self, photo: Plane, covered: Plane, rng: np.random.Generator) -> Image:
        """The photo ``[s, s, 3]`` as bytes; what is not ``covered`` and not next to it stays pure white."""
        if self.blur:
            photo = cv2.GaussianBlur(photo, (0, 0), self.blur).astype(np.float32, copy=False)
        if self.noise:
            grain = rng.standard_normal(photo.shape, np.float32)
            photo = photo + np.float32(self.noise) * grain * covered[..., None]
        image: Image = np.round(photo.clip(0, 1) * 255).astype(np.uint8)
        if self.quality is not None:
            image = _compressed(image, self.quality)
        image[cv2.dilate(covered, np.ones((3, 3), np.uint8)) == 0] = 255
        return image


def _compressed(image: Image, quality: int) -> Image:
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED), np.uint8)
