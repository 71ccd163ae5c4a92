"""Each way to be a bad source of samples is found, by the check that is for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mendkit.contracts import Image
from mendkit.testing.samples import CHECKS

Problems = Callable[..., dict[str, str]]
GLOBAL = np.random.default_rng(0)


def disc(rng: np.random.Generator, size: int) -> Image:
    """A disc of a random colour on white."""
    y, x = np.mgrid[:size, :size] - size / 2
    image = np.full((size, size, 3), 255, np.uint8)
    image[x**2 + y**2 < size**2 / 9] = rng.integers(0, 200, 3)
    return image


def is_too_large(rng: np.random.Generator, size: int) -> Image:
    return disc(rng, size + size % 2)


def is_blank(rng: np.random.Generator, size: int) -> Image:
    return np.full((size, size, 3), rng.integers(0, 255), np.uint8)


def has_its_own_randomness(rng: np.random.Generator, size: int) -> Image:
    return disc(GLOBAL, size)


def never_changes(rng: np.random.Generator, size: int) -> Image:
    return disc(np.random.default_rng(0), size)


def prints(rng: np.random.Generator, size: int) -> Image:
    print(size)
    return disc(rng, size)


BAD = {
    is_too_large: ("draws images of any size", "drew uint8 [66, 66, 3], not uint8 [65, 65, 3]"),
    is_blank: ("shows something", "has one colour"),
    has_its_own_randomness: ("repeats an image with its seed", "with the same seed"),
    never_changes: ("draws other images with other seeds", "the same image"),
    prints: ("has no side effects", "printed '32 48 65'"),
}


@pytest.mark.parametrize("source", BAD, ids=lambda source: source.__name__)
def test_a_bad_source_fails_the_check_that_is_for_it_and_no_other(source: Any, problems: Problems) -> None:
    check, problem = BAD[source]
    found = problems(source, CHECKS)
    assert list(found) == [check]
    assert problem in found[check]


def test_a_good_source_passes(problems: Problems) -> None:
    assert problems(disc, CHECKS) == {}
