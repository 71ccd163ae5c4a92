import re

import numpy as np
import pytest

from mendkit_price_stickers.sticker import (
    centred,
    draw_bars,
    draw_disc,
    draw_label,
    draw_sticker,
    draw_text,
    fitted,
    random_price,
)


def test_a_disc_touches_the_edges_and_leaves_the_corners_free() -> None:
    assert draw_disc(4).tolist() == [[0, 255, 255, 0], [255] * 4, [255] * 4, [0, 255, 255, 0]]


def test_a_label_has_round_corners() -> None:
    label = draw_label(20, 40)
    missing = np.argwhere(label == 0).tolist()
    assert [0, 0] in missing and [19, 39] in missing
    assert all(min(row, 19 - row) + min(column, 39 - column) < 2 for row, column in missing)


@pytest.mark.parametrize("height", [6, 13, 40, 300])
def test_a_sticker_has_print_in_its_middle_that_stands_out_from_its_paper(height: int) -> None:
    for seed in range(30):
        sticker = draw_sticker(np.random.default_rng(seed), height)
        rows, columns = sticker.outline.shape
        assert rows == height <= columns <= 2.3 * height + 1 and sticker.pixels.shape == (rows, columns, 3)
        inner = sticker.pixels[rows // 8 : -(rows // 8) or None, columns // 8 : -(columns // 8) or None].astype(int)
        assert np.ptp(inner.sum(axis=2)) > 60 or height < 10
        assert np.ptp(sticker.pixels[:, 0].astype(int), axis=0).max() == 0  # nothing but paper at the edge


def test_a_price_looks_like_one() -> None:
    prices = {random_price(np.random.default_rng(seed)) for seed in range(200)}
    assert all(re.fullmatch(r"\$?\d{1,3}\.\d\d|\d{1,3},\d\d|\$\d{1,3}|-\d{2}%", price) for price in prices)
    assert len(prices) > 150


def test_text_has_no_margin_and_is_as_high_as_its_font() -> None:
    small, large = draw_text("$5", 16), draw_text("$5", 64)
    for text in (small, large):
        assert text[0].any() and text[-1].any() and text[:, 0].any() and text[:, -1].any()
    assert len(large) == pytest.approx(4 * len(small), abs=4)


def test_the_ends_of_a_bar_code_are_black() -> None:
    bars = draw_bars(np.random.default_rng(0))
    assert bars.shape == (11, 44) and (bars[:, [0, -1]] == 255).all() and (bars == 0).any()


def test_a_stamp_is_fitted_into_the_middle_of_its_room() -> None:
    stamp = np.full((10, 20), 255, np.uint8)
    wide, narrow = fitted(stamp, height=20, width=100), fitted(stamp, height=20, width=10)
    assert np.argwhere(wide).min(axis=0).tolist() == [1, 33] and np.argwhere(wide).max(axis=0).tolist() == [17, 66]
    assert np.argwhere(narrow).min(axis=0).tolist() == [7, 0] and np.argwhere(narrow).max(axis=0).tolist() == [11, 9]


def test_what_is_centred_lies_in_the_middle_of_zeros() -> None:
    assert centred(np.full((1, 2), 7, np.uint8), 3, 4).tolist() == [[0] * 4, [0, 7, 7, 0], [0] * 4]
