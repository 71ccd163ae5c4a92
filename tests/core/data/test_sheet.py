from __future__ import annotations

import numpy as np
import pytest

from mendkit.contracts import Image
from mendkit.data.sheet import GAP, contact_sheet


def plain(red: int, green: int, blue: int, height: int = 128, width: int = 128) -> Image:
    return np.full((height, width, 3), (red, green, blue), np.uint8)


def share_of(sheet: Image, *colour: int) -> int:
    """How many pixels have exactly this colour."""
    return int((sheet == np.array(colour, np.uint8)).all(axis=-1).sum())


def test_every_image_is_on_the_sheet_whole_and_unchanged() -> None:
    sheet = contact_sheet([[plain(200, 0, 0), plain(0, 200, 0)], [plain(0, 0, 200), None]])
    assert sheet.dtype == np.uint8
    assert sheet.shape == (2 * (128 + GAP), 2 * (128 + GAP) + GAP, 3)
    assert share_of(sheet, 200, 0, 0) == share_of(sheet, 0, 200, 0) == share_of(sheet, 0, 0, 200) == 128 * 128


def test_images_lie_where_their_row_and_column_say() -> None:
    sheet = contact_sheet([[plain(200, 0, 0), plain(0, 200, 0)], [plain(0, 0, 200)]])
    assert sheet[64, GAP + 64].tolist() == [200, 0, 0]
    assert sheet[64, 2 * GAP + 128 + 64].tolist() == [0, 200, 0]
    assert sheet[128 + GAP + 64, GAP + 64].tolist() == [0, 0, 200]


def test_small_images_are_enlarged_pixel_by_pixel() -> None:
    checkers = np.zeros((2, 2, 3), np.uint8)
    checkers[0, 0] = checkers[1, 1] = (250, 100, 0)
    sheet = contact_sheet([[checkers]])
    assert share_of(sheet, 250, 100, 0) == share_of(sheet, 0, 0, 0) == 2 * 64 * 64


def test_masks_are_drawn_in_grey() -> None:
    assert share_of(contact_sheet([[np.full((128, 128), 77, np.uint8)]]), 77, 77, 77) == 128 * 128


def test_titles_are_drawn_above_columns_and_rows() -> None:
    rows = [[plain(0, 0, 200)], [plain(0, 0, 200)]]
    bare = contact_sheet(rows)
    titled = contact_sheet(rows, titles=["before"], row_titles=["background.watermark"])
    line = titled.shape[0] - bare.shape[0]
    assert line > 0
    assert share_of(titled, 0, 0, 200) == 2 * 128 * 128
    heads = titled[: line // 2], titled[line // 2 : line]
    assert all((head < 128).any() for head in heads)
    assert not np.array_equal(*heads)


def test_a_long_title_stays_within_its_column() -> None:
    sheet = contact_sheet([[plain(0, 0, 200), plain(0, 0, 200)]], titles=["a title that goes on and on and on", ""])
    head = sheet[: sheet.shape[0] - 128 - GAP]
    assert (head[:, : GAP + 128] < 128).any()
    assert (head[:, GAP + 128 :] == 255).all()


def test_a_sheet_without_images_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one image"):
        contact_sheet([[None], []])
