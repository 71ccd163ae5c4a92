"""Rules for sources of samples: images of any size, reproducible from the seed."""

from __future__ import annotations

import numpy as np

from ..contracts import SampleSource
from . import effects
from .checks import Check

SIZES = (32, 48, 65)
SEEDS = range(4)


def draws_images(source: SampleSource) -> str | None:
    """Of any size."""
    for size in SIZES:
        image = source(np.random.default_rng(0), size)
        if not isinstance(image, np.ndarray):
            return f"drew a {type(image).__name__}, not an array"
        if image.dtype != np.uint8 or image.shape != (size, size, 3):
            return f"drew {image.dtype} {list(image.shape)}, not uint8 {[size, size, 3]}"
    return None


def shows_something(source: SampleSource) -> str | None:
    """An image of one colour does not show a product."""
    plain = [seed for seed in SEEDS if not np.ptp(source(np.random.default_rng(seed), SIZES[-1]))]
    return f"the image of seed {plain[0]} has one colour" if plain else None


def repeats_itself(source: SampleSource) -> str | None:
    """Even if others are drawn in between."""
    first = source(np.random.default_rng(7), SIZES[0])
    source(np.random.default_rng(8), SIZES[1])
    again = source(np.random.default_rng(7), SIZES[0])
    return None if np.array_equal(first, again) else "drew two different images with the same seed"


def varies(source: SampleSource) -> str | None:
    """With the seed."""
    images = {source(np.random.default_rng(seed), SIZES[0]).tobytes() for seed in SEEDS}
    return f"drew the same image with {len(SEEDS)} seeds" if len(images) == 1 else None


def has_no_effects(source: SampleSource) -> str | None:
    """Of any size."""
    with effects.watched() as found:
        for size in SIZES:
            source(np.random.default_rng(1), size)
    return " and ".join(found) or None


CHECKS: tuple[Check[SampleSource], ...] = (
    Check("draws images of any size", draws_images, "return a uint8 array [size, size, 3]"),
    Check("shows something", shows_something, "draw a product that differs from its background"),
    Check("repeats an image with its seed", repeats_itself, "draw only from `rng`, and keep no state between calls"),
    Check("draws other images with other seeds", varies, "make the image depend on `rng`"),
    Check("has no side effects", has_no_effects, effects.REMEDY),
)
