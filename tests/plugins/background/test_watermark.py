from __future__ import annotations

import numpy as np
import pytest

from mendkit.contracts import Image, Photo, Resources
from mendkit_background.coverage import draw_coverage
from mendkit_background.ink import BLENDS, Blend, Ink, contrasting_ink, is_visible, lay_on, truths_of
from mendkit_background.marks import draw_logo, draw_text, random_words
from mendkit_background.watermark import WatermarkSynthesizer


def ink(level: float, opacity: float, blend: Blend = "normal") -> Ink:
    return Ink(np.full(3, level, np.float32), opacity, blend)


@pytest.mark.parametrize(
    ("blend", "expected"),
    [
        ("normal", 150),  # 100 + 0.5 * (200 - 100)
        ("multiply", 89),  # 100 + 0.5 * (100 * 200 / 255 - 100) = 89.2
        ("screen", 161),  # 100 + 0.5 * (255 - 155 * 55 / 255 - 100) = 160.8
    ],
)
def test_blending_half_of_a_light_grey_over_a_darker_one(blend: Blend, expected: int) -> None:
    below, full = np.full((1, 2, 3), 100, np.uint8), np.array([[255, 0]], np.uint8)
    laid = lay_on(below, full, ink(200, 0.5, blend))
    assert laid[0, 0].tolist() == [expected] * 3
    assert laid[0, 1].tolist() == [100] * 3  # what is not covered does not change


def test_half_covered_pixels_get_half_of_the_mark() -> None:
    below, half = np.zeros((1, 1, 3), np.uint8), np.array([[51]], np.uint8)
    assert lay_on(below, half, ink(200, 0.5))[0, 0].tolist() == [20] * 3  # 200 * 0.5 * 51 / 255


def test_a_white_mark_on_white_is_not_visible_and_a_grey_one_is() -> None:
    page, coverage = np.full((20, 20, 3), 255, np.uint8), np.zeros((20, 20), np.uint8)
    coverage[5:10, 5:15] = 255
    assert not is_visible(page, lay_on(page, coverage, ink(255, 0.9)), coverage)
    assert is_visible(page, lay_on(page, coverage, ink(120, 0.5)), coverage)


def test_a_mark_that_covers_nearly_nothing_or_nearly_all_is_no_good() -> None:
    page = np.full((20, 20, 3), 255, np.uint8)
    for rows, columns in ((1, 2), (16, 16)):
        coverage = np.zeros((20, 20), np.uint8)
        coverage[:rows, :columns] = 255
        assert not is_visible(page, lay_on(page, coverage, ink(0, 0.5)), coverage)


@pytest.mark.parametrize("level", [0, 90, 127, 128, 200, 255])
def test_the_last_resort_can_be_seen_on_any_grey(level: int) -> None:
    page, coverage = np.full((8, 8, 3), level, np.uint8), np.full((8, 8), 255, np.uint8)
    laid = lay_on(page, coverage, contrasting_ink(page, coverage))
    assert abs(int(laid[0, 0, 0]) - level) >= 40


def test_the_target_is_the_photo_itself(product: Image, no_resources: Resources) -> None:
    defect = WatermarkSynthesizer()(Photo(product), np.random.default_rng(0), no_resources)
    np.testing.assert_array_equal(defect.target, product)


@pytest.mark.parametrize("blend", BLENDS)
def test_alpha_and_ink_make_the_marked_photo_in_each_blend_mode(product: Image, blend: Blend) -> None:
    coverage = draw_coverage(np.random.default_rng(1), *product.shape[:2])
    colour = Ink(np.array([200, 40, 90], np.float32), 0.7, blend)
    truths = truths_of(product, coverage, colour)
    alpha, opaque = truths["alpha"][..., None], truths["ink"]
    assert opaque.min() >= 0 and opaque.max() <= 1 and alpha.max() == pytest.approx(0.7)
    made = (1 - alpha) * product + alpha * opaque * 255
    assert np.abs(made - lay_on(product, coverage, colour)).max() < 0.51  # it is rounded


def test_the_truths_of_a_pair_are_those_of_its_mark(product: Image, no_resources: Resources) -> None:
    for seed in range(20):
        pair = WatermarkSynthesizer()(Photo(product), np.random.default_rng(seed), no_resources)
        assert {name: (truth.dtype, truth.shape) for name, truth in pair.truths.items()} == {
            "alpha": (np.float32, product.shape[:2]),
            "ink": (np.float32, product.shape),
        }
        alpha = pair.truths["alpha"][..., None]
        assert np.abs((1 - alpha) * product + alpha * pair.truths["ink"] * 255 - pair.source).max() < 0.51


@pytest.mark.parametrize("level", [0, 128, 252, 255])
def test_a_mark_is_seen_on_every_flat_photo(level: int, no_resources: Resources) -> None:
    page = np.full((64, 64, 3), level, np.uint8)
    for seed in range(40):
        defect = WatermarkSynthesizer()(Photo(page), np.random.default_rng(seed), no_resources)
        change = np.abs(defect.source.astype(int) - page).max(axis=2)
        assert change.max() >= 14
        assert 0.01 < (change >= 6).mean() < 0.7


def test_marks_differ_in_kind_and_place() -> None:
    coverages = [draw_coverage(np.random.default_rng(seed), 64, 64) for seed in range(60)]
    shares = [(coverage > 127).mean() for coverage in coverages]
    touches = [coverage[0].any() and coverage[-1].any() for coverage in coverages]
    assert min(shares) < 0.05 and max(shares) > 0.2
    assert 5 < sum(touches) < 40  # the tiled ones
    assert any(coverage[:32].sum() == 0 for coverage in coverages)


def test_marks_are_antialiased() -> None:
    for seed in range(20):
        coverage = draw_coverage(np.random.default_rng(seed), 128, 128)
        assert ((coverage > 20) & (coverage < 235)).any()


def test_words_are_drawn_as_high_as_asked() -> None:
    for seed in range(10):
        stamp = draw_text(np.random.default_rng(seed), "Hxg", 40)
        assert 30 <= len(stamp) <= 60 and stamp.max() == 255


def test_words_are_never_empty_and_seldom_the_same() -> None:
    words = [random_words(np.random.default_rng(seed)) for seed in range(50)]
    assert all(word.strip() for word in words) and len(set(words)) > 30


def test_logos_are_square_and_neither_empty_nor_full() -> None:
    for seed in range(60):
        logo = draw_logo(np.random.default_rng(seed), 48)
        assert logo.shape == (48, 48) and 0.02 < (logo > 127).mean() < 0.95
