from __future__ import annotations

import numpy as np
import pytest

from mendkit.contracts import Pair, Photo
from mendkit_color.cast import CastSynthesizer
from mendkit_color.light import to_linear, to_srgb

GREY = 120
COUNT = 60


class NoResources:
    def draw(self, kind: str, rng: np.random.Generator, height: int, width: int) -> None:
        return None


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    """Casts on a grey board in the middle of a white photo."""
    pixels = np.full((32, 40, 3), 255, np.uint8)
    pixels[8:24, 10:30] = GREY
    photo = Photo(pixels)
    return [CastSynthesizer()(photo, np.random.default_rng(seed), NoResources()) for seed in range(COUNT)]


def board(pair: Pair) -> np.ndarray:
    return pair.source[8:24, 10:30].astype(int)


def test_linear_light_is_that_of_the_standard_and_comes_back() -> None:
    values = np.arange(256, dtype=np.uint8)
    light = to_linear(values)
    assert light[[0, 10, 118, 255]] == pytest.approx([0, 10 / 255 / 12.92, 0.1812, 1], abs=1e-4)
    assert np.array_equal(to_srgb(light), values)


def test_a_cast_tints_what_is_grey_so_that_it_can_be_seen(pairs: list[Pair]) -> None:
    spreads = [np.ptp(board(pair), axis=2).max() for pair in pairs]
    assert min(spreads) > 3 and np.mean(spreads) > 15
    warm = [bool(board(pair)[..., 0].mean() > board(pair)[..., 2].mean()) for pair in pairs]
    assert 0.25 < np.mean(warm) < 0.75


def test_half_of_the_backgrounds_are_white_as_if_the_product_was_cut_out(pairs: list[Pair]) -> None:
    white = [bool((pair.source[:4] == 255).all()) for pair in pairs]
    assert 0.3 < np.mean(white) < 0.75
    assert all((pair.target[:4] == 255).all() for pair in pairs)


def test_mixed_light_is_not_the_same_everywhere(pairs: list[Pair]) -> None:
    uneven = [np.ptp(board(pair), axis=(0, 1)).max() > 5 for pair in pairs]
    assert 0.15 < np.mean(uneven) < 0.65


def test_the_mask_is_where_the_photo_differs_and_the_target_is_the_photo(pairs: list[Pair]) -> None:
    for pair in pairs:
        assert pair.mask is not None
        assert np.array_equal(pair.mask > 0, (pair.source != pair.target).any(axis=2))
        assert (pair.target[8:24, 10:30] == GREY).all()
