"""Rules for extras: a stack of images of one size, for any photo and any siblings, reproducible from the seed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..contracts import Extra
from ..contracts.photo import Photo, Stack
from ..data.extras import LazySiblings, fault_of_stack
from . import effects
from .checks import Check, CheckError
from .products import clean_photos, real_photos

NUMBERS = (0, 1, 5)
"""Numbers of siblings of a photo."""


def gives_images(extra: Extra) -> str | None:
    """Of any photo."""
    for photo in (*clean_photos(), *real_photos()):
        for number in NUMBERS:
            if fault := fault_of_stack(draw(extra, photo, number)):
                return f"{fault}, for a {photo.name} with {number} siblings"
    return None


def keeps_one_size(extra: Extra) -> str | None:
    """Even without images."""
    sizes = {draw(extra, photo, number).shape[1:] for photo in clean_photos() for number in NUMBERS}
    return f"returned images of several sizes [H, W, C]: {sorted(map(list, sizes))}" if len(sizes) > 1 else None


def repeats_itself(extra: Extra) -> str | None:
    """Even if others are drawn in between."""
    photo = next(clean_photos())
    first = draw(extra, photo, NUMBERS[-1], seed=7)
    draw(extra, photo, NUMBERS[-1], seed=8)
    again = draw(extra, photo, NUMBERS[-1], seed=7)
    return None if np.array_equal(first, again) else "returned different images with the same seed"


def leaves_photos(extra: Extra) -> str | None:
    """Other items use the photo and its siblings as well."""
    for photo in real_photos():
        siblings = _siblings(NUMBERS[-1])
        before = [each.pixels.copy() for each in (photo, *siblings)]
        extra(photo, _as_siblings(siblings), np.random.default_rng(0))
        if not all(np.array_equal(each.pixels, old) for each, old in zip((photo, *siblings), before, strict=True)):
            return f"changed a {photo.name} or its siblings in place"
    return None


def has_no_effects(extra: Extra) -> str | None:
    """For any number of siblings."""
    with effects.watched() as found:
        for number in NUMBERS:
            draw(extra, next(clean_photos()), number)
    return " and ".join(found) or None


def draw(extra: Extra, photo: Photo | None = None, number: int = 1, *, seed: int = 0) -> Stack:
    """The images of the extra for a photo with ``number`` siblings.

    Raises:
        CheckError: the result is not an array, so that nothing else can be checked.
    """
    stack = extra(photo or next(clean_photos()), _as_siblings(_siblings(number)), np.random.default_rng(seed))
    if not isinstance(stack, np.ndarray):
        raise CheckError(fault_of_stack(stack) or "")
    return stack


def _siblings(number: int) -> list[Photo]:
    return list(clean_photos())[:number]


def _as_siblings(photos: Sequence[Photo]) -> LazySiblings[Photo]:
    return LazySiblings(photos, lambda photo: photo)


CHECKS: tuple[Check[Extra], ...] = (
    Check("gives images of any photo", gives_images, "return a uint8 array [K, H, W, C], with K = 0 for none"),
    Check("keeps one size", keeps_one_size, "resize all images to one size; for none, return np.zeros((0, H, W, C))"),
    Check("repeats its images with a seed", repeats_itself, "draw only from `rng`, and keep no state between calls"),
    Check("leaves photos as they are", leaves_photos, "work on a copy of the pixels"),
    Check("has no side effects", has_no_effects, effects.REMEDY),
)
