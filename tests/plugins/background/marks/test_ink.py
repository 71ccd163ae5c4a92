from __future__ import annotations

import numpy as np
import pytest

from mendkit.contracts import Image
from mendkit_background.marks.ink import BLENDS, Blend, Overlay, contrasting, draw_overlay, is_visible, lay_on
from mendkit_background.marks.kinds import draw_mark
from mendkit_background.marks.layers import Layer, inked
from mendkit_background.marks.typefaces import EMBEDDED


def overlay(level: float, opacity: float, coverage: list[list[int]] | np.ndarray, blend: Blend = "normal") -> Overlay:
    return Overlay(inked(np.asarray(coverage, np.uint8), np.full(3, level, np.float32)), opacity, blend)


def patch(rows: int, columns: int) -> np.ndarray:
    coverage = np.zeros((20, 20), np.uint8)
    coverage[5 : 5 + rows, 2 : 2 + columns] = 255
    return coverage


@pytest.mark.parametrize(
    ("blend", "expected"),
    [
        ("normal", 150),  # 100 + 0.5 * (200 - 100)
        ("multiply", 89),  # 100 + 0.5 * (100 * 200 / 255 - 100) = 89.2
        ("screen", 161),  # 100 + 0.5 * (255 - 155 * 55 / 255 - 100) = 160.8
    ],
)
def test_blending_half_of_a_light_grey_over_a_darker_one(blend: Blend, expected: int) -> None:
    laid, _ = lay_on(np.full((1, 2, 3), 100, np.uint8), overlay(200, 0.5, [[255, 0]], blend))
    assert laid[0, 0].tolist() == [expected] * 3
    assert laid[0, 1].tolist() == [100] * 3  # what is not covered does not change


def test_half_covered_pixels_get_half_of_the_mark() -> None:
    laid, truths = lay_on(np.zeros((1, 1, 3), np.uint8), overlay(200, 0.5, [[51]]))
    assert laid[0, 0].tolist() == [20] * 3  # 200 * 0.5 * 51 / 255
    assert truths["alpha"].item() == pytest.approx(0.1)


def test_the_opacity_may_fade_along_the_photo() -> None:
    fading = Overlay(overlay(255, 1, [[255, 255]]).layer, np.array([[1, 0.5]], np.float32), "normal")
    assert lay_on(np.zeros((1, 2, 3), np.uint8), fading)[1]["alpha"].tolist() == [[1, 0.5]]


def test_a_white_mark_on_white_is_not_visible_and_a_grey_one_is() -> None:
    page = np.full((20, 20, 3), 255, np.uint8)
    assert not is_visible(page, overlay(255, 0.9, patch(5, 10)))
    assert is_visible(page, overlay(120, 0.5, patch(5, 10)))


@pytest.mark.parametrize(("rows", "columns"), [(1, 2), (15, 18)])
def test_a_mark_that_covers_nearly_nothing_or_nearly_all_is_no_good(rows: int, columns: int) -> None:
    assert not is_visible(np.full((20, 20, 3), 255, np.uint8), overlay(0, 0.5, patch(rows, columns)))


@pytest.mark.parametrize("level", [0, 90, 127, 128, 200, 255])
def test_the_last_resort_can_be_seen_on_any_grey(level: int) -> None:
    page = np.full((8, 8, 3), level, np.uint8)
    laid, _ = lay_on(page, contrasting(page, overlay(level, 0.1, np.full((8, 8), 255, np.uint8))))
    assert abs(int(laid[0, 0, 0]) - level) >= 40


@pytest.mark.parametrize("blend", BLENDS)
def test_alpha_and_ink_make_the_marked_photo_in_each_blend_mode(product: Image, blend: Blend) -> None:
    for seed in range(10):
        layer, _ = draw_mark(np.random.default_rng(seed), (EMBEDDED,), *product.shape[:2])
        laid, truths = lay_on(product, Overlay(layer, 0.7, blend))
        alpha, ink = truths["alpha"][..., None], truths["ink"]
        assert ink.min() >= 0 and ink.max() <= 1 and alpha.max() <= 0.7 + 1e-6
        assert np.abs((1 - alpha) * product + alpha * ink * 255 - laid).max() < 0.51  # it is rounded


def test_large_marks_let_the_product_through() -> None:
    layer: Layer = overlay(0, 1, np.full((16, 16), 255, np.uint8)).layer
    for seed in range(20):
        assert np.max(draw_overlay(np.random.default_rng(seed), layer, (0.8, 1.0)).opacity) <= 0.6
