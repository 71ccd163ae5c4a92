"""Mends a real photo roughly by cutting the product out onto white: the low-quality pairs of Li et al."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

import numpy as np

from mendkit.contracts import Image, Mask, Pair, Photo, Resources

from .foreground import grabcut_foreground, has_rembg, is_plausible, rembg_foreground
from .matte import Matte

UNSURE, SURE = 0.3, 0.7
"""Foreground values between these become opacity: a segmenter's haze is not half a product."""
CACHE_BYTES = 2**28
"""Memory for foregrounds that took long to find, first come."""


class CutoutSynthesizer:
    """Pairs of a real photo (source) and its product on white (target), as good as the foreground.

    The foreground is the mask file beside the photo. Without one, or if it is empty or full, it comes from rembg, if
    installed, and else from GrabCut. If none of them finds a product, the photo is left as it is.
    """

    def __init__(self) -> None:
        self._found: dict[bytes, Mask] = {}
        self._free = CACHE_BYTES

    def __call__(self, photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
        """Make a pair of the size of ``photo``. This is not random."""
        foreground = next((mask for mask in self._foregrounds(photo) if is_plausible(mask)), None)
        if foreground is None:
            return Pair(photo.pixels, photo.pixels, np.zeros(photo.pixels.shape[:2], np.uint8))
        target = on_white(photo.pixels, matte_of(foreground))
        differs = (photo.pixels != target).any(axis=2)
        return Pair(photo.pixels, target, differs.astype(np.uint8) * 255)

    def _foregrounds(self, photo: Photo) -> Iterator[Mask]:
        if photo.foreground is not None:
            yield photo.foreground
        yield self._search(photo.pixels)

    def _search(self, pixels: Image) -> Mask:
        key = blake2b(pixels.tobytes() + bytes(str(pixels.shape), "ascii"), digest_size=16).digest()
        if key not in self._found:
            mask = rembg_foreground(pixels) if has_rembg() else grabcut_foreground(pixels)
            if mask.nbytes > self._free:
                return mask
            self._free -= mask.nbytes
            self._found[key] = mask
        return self._found[key]


def matte_of(foreground: Mask) -> Matte:
    """Opacity ``[H, W]`` in [0, 1]: 0 where the foreground is unlikely, 1 where it is likely."""
    return np.clip((foreground.astype(np.float32) / 255 - UNSURE) / (SURE - UNSURE), 0, 1).astype(np.float32)


def on_white(pixels: Image, matte: Matte) -> Image:
    """``a * c + (1 - a) * 255``: exactly the photo where the matte is 1, exactly 255 where it is 0."""
    return np.asarray(np.rint(255 - matte[..., None] * (255 - pixels.astype(np.float32))), np.uint8)
