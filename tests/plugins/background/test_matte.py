from __future__ import annotations

from io import BytesIO

import cv2
import numpy as np
import PIL.Image
import pytest

from mendkit.contracts import Image
from mendkit_background.matte import lay_over, matte_on_white


def white(side: int = 40) -> Image:
    return np.full((side, side, 3), 255, np.uint8)


def test_a_dark_product_is_opaque_and_its_surround_is_not() -> None:
    photo = white()
    photo[10:30, 12:28] = (30, 90, 60)
    expected = np.zeros((40, 40))
    expected[10:30, 12:28] = 1
    np.testing.assert_array_equal(matte_on_white(photo), expected)


def test_a_mixed_pixel_of_the_outline_is_as_opaque_as_its_share_of_the_product() -> None:
    photo = white()
    photo[10:30, 12:28] = 55
    photo[10:30, 11] = 155  # half product, half white: 155 = (55 + 255) / 2
    assert matte_on_white(photo)[20, 10:14].tolist() == [0, 0.5, 1, 1]


def test_over_black_a_mixed_pixel_keeps_only_the_products_half() -> None:
    photo, matte = np.full((1, 1, 3), 155, np.uint8), np.full((1, 1), 0.5, np.float32)
    assert lay_over(photo, matte, np.zeros((1, 1, 3), np.uint8)).ravel().tolist() == [28, 28, 28]


def test_laid_over_a_scene_the_inside_is_the_product_and_the_outside_is_the_scene() -> None:
    photo, scene = white(), np.full((40, 40, 3), (10, 200, 70), np.uint8)
    photo[10:30, 12:28] = (30, 90, 60)
    laid = lay_over(photo, matte_on_white(photo), scene)
    assert (laid[10:30, 12:28] == (30, 90, 60)).all()
    assert (laid[:10] == (10, 200, 70)).all()


def test_a_near_white_product_is_opaque_inside_its_outline() -> None:
    photo = white()
    photo[8:32, 8:32] = 225
    photo[10:30, 10:30] = 252
    assert (matte_on_white(photo)[10:30, 10:30] == 1).all()


def test_the_background_does_not_leak_through_a_gap_of_two_pixels_in_the_outline() -> None:
    photo = white()
    photo[8:32, 8:32] = 200
    photo[10:30, 10:30] = 252
    photo[8:10, 19:21] = 255
    assert (matte_on_white(photo)[11:29, 11:29] == 1).all()


def test_the_background_shows_through_the_hole_of_a_handle_but_not_through_a_shaded_dial() -> None:
    handle, dial = white(64), white(64)
    cv2.circle(handle, (32, 32), 20, (40, 40, 40), 5)
    cv2.circle(dial, (32, 32), 20, (252, 251, 252), -1)
    cv2.circle(dial, (32, 32), 20, (40, 40, 40), 5)
    assert matte_on_white(handle)[32, 32] == 0
    assert matte_on_white(dial)[32, 32] == 1


def test_the_ringing_of_jpeg_around_a_product_is_background() -> None:
    photo = white(128)
    photo[40:88, 40:88] = (20, 30, 60)
    file = BytesIO()
    PIL.Image.fromarray(photo).save(file, "JPEG", quality=80)
    decoded = np.asarray(PIL.Image.open(file))
    assert (decoded[30:40] < 255).any()  # there is ringing
    matte = matte_on_white(decoded)
    assert (matte[:37] < 0.1).all() and (matte[91:] < 0.1).all()
    assert (matte[42:86, 42:86] == 1).all()


def over_black(photo: Image) -> Image:
    return lay_over(photo, matte_on_white(photo), np.zeros_like(photo))


@pytest.mark.parametrize("side", [96, 160, 256])
def test_the_soft_edge_of_a_dark_product_is_dark_over_black(side: int) -> None:
    photo = white(4 * side)
    cv2.circle(photo, (2 * side, 2 * side), side, (40, 25, 30), -1)
    photo = cv2.resize(photo, (side, side), interpolation=cv2.INTER_AREA)  # mixes product and white
    laid = over_black(photo)
    assert ((photo > 45) & (photo < 250)).any()
    assert laid.max() <= 45


def test_the_shadow_of_a_photo_is_dark_over_black_and_not_a_white_fringe() -> None:
    photo = white(128)
    photo[40:84, 30:98] = (30, 30, 40)
    photo[84:89, 30:98] = np.array([230, 235, 240, 244, 248], np.uint8)[:, None, None]
    laid = over_black(photo)
    assert laid[84:89].max() <= 40  # it was a white line
    assert laid[40:84, 30:98].mean() > 25


def test_a_wide_white_sole_is_a_product_although_it_is_beside_a_dark_one() -> None:
    photo = white(128)
    photo[30:70, 20:108] = (30, 30, 40)
    photo[70:92, 20:108] = 232
    assert (matte_on_white(photo)[72:90, 22:106] == 1).all()


def test_a_thin_dark_line_is_a_product() -> None:
    photo = white()
    photo[5:35, 20] = 60
    assert (matte_on_white(photo)[5:35, 20] == 1).all()


def test_a_white_photo_has_no_product_and_a_black_one_nothing_else() -> None:
    assert (matte_on_white(white()) == 0).all()
    assert (matte_on_white(0 * white()) == 1).all()
