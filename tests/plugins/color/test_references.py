from __future__ import annotations

import numpy as np
import pytest

from mendkit.contracts import Photo
from mendkit.data.extras import LazySiblings
from mendkit_color.references import Itself, References

PHOTO = Photo(np.zeros((8, 8, 3), np.uint8))


def siblings(*levels: int) -> LazySiblings[int]:
    return LazySiblings(levels, lambda level: Photo(np.full((20, 12, 3), level, np.uint8)))


def test_the_photo_itself_is_made_small() -> None:
    photo = Photo(np.full((40, 20, 3), 7, np.uint8))
    stack = Itself(size=16)(photo, siblings(10, 20), np.random.default_rng(0))
    assert stack.shape == (1, 16, 16, 3) and (stack == 7).all()


@pytest.mark.parametrize(("most", "number"), [(3, 3), (9, 4), (0, 0)])
def test_references_are_at_most_so_many_different_siblings(most: int, number: int) -> None:
    stack = References(most, size=16)(PHOTO, siblings(10, 20, 30, 40), np.random.default_rng(0))
    assert stack.shape == (number, 16, 16, 3)
    assert len(np.unique(stack)) == number and set(np.unique(stack)) <= {10, 20, 30, 40}


def test_a_photo_that_is_alone_has_no_reference() -> None:
    assert References(size=16)(PHOTO, siblings(), np.random.default_rng(0)).shape == (0, 16, 16, 3)
