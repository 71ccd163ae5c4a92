"""Each way to be a bad extra is found, by the check that is for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mendkit.contracts import Photo, Siblings, Stack
from mendkit.testing.extras import CHECKS

Problems = Callable[..., dict[str, str]]


class Corners:
    """The upper left pixel of a few siblings."""

    def __call__(self, photo: Photo, siblings: Siblings, rng: np.random.Generator) -> Stack:
        corners = [sibling.pixels[:1, :1] for sibling in siblings.draw(rng, 3)]
        return np.stack(corners) if corners else np.zeros((0, 1, 1, 3), np.uint8)


class GivesAList(Corners):
    def __call__(self, photo: Photo, siblings: Siblings, rng: np.random.Generator) -> Any:
        return list(super().__call__(photo, siblings, rng))


class GivesFloats(Corners):
    def __call__(self, photo: Photo, siblings: Siblings, rng: np.random.Generator) -> Any:
        return super().__call__(photo, siblings, rng) / 255


class KeepsTheirSizes(Corners):
    def __call__(self, photo: Photo, siblings: Siblings, rng: np.random.Generator) -> Stack:
        return photo.pixels[None]


class HasNoSizeForNone(Corners):
    def __call__(self, photo: Photo, siblings: Siblings, rng: np.random.Generator) -> Stack:
        return super().__call__(photo, siblings, rng) if len(siblings) else np.zeros((0, 9, 9, 3), np.uint8)


class HasItsOwnDice(Corners):
    rng = np.random.default_rng(0)

    def __call__(self, photo: Photo, siblings: Siblings, rng: np.random.Generator) -> Stack:
        return self.rng.integers(0, 255, (1, 1, 1, 3), np.uint8)


class Scribbles(Corners):
    def __call__(self, photo: Photo, siblings: Siblings, rng: np.random.Generator) -> Stack:
        for sibling in siblings.draw(rng, 1):
            sibling.pixels[:4] //= 2
        return super().__call__(photo, siblings, rng)


class Prints(Corners):
    def __call__(self, photo: Photo, siblings: Siblings, rng: np.random.Generator) -> Stack:
        print("drawing")
        return super().__call__(photo, siblings, rng)


BAD = {
    GivesAList: ("gives images of any photo", "returned a list, not uint8 [K, H, W, C]"),
    GivesFloats: ("gives images of any photo", "returned float64 [0, 1, 1, 3], not uint8"),
    KeepsTheirSizes: ("keeps one size", "[33, 35, 3]"),
    HasNoSizeForNone: ("keeps one size", "[[1, 1, 3], [9, 9, 3]]"),
    HasItsOwnDice: ("repeats its images with a seed", "different images with the same seed"),
    Scribbles: ("leaves photos as they are", "changed a"),
    Prints: ("has no side effects", "printed 'drawing"),
}


@pytest.mark.parametrize("extra", BAD, ids=lambda extra: extra.__name__)
def test_a_bad_extra_fails_the_check_that_is_for_it_and_no_other(extra: Any, problems: Problems) -> None:
    check, problem = BAD[extra]
    found = problems(extra(), CHECKS)
    assert list(found) == [check]
    assert problem in found[check]


def test_a_good_extra_passes(problems: Problems) -> None:
    assert problems(Corners(), CHECKS) == {}
