from __future__ import annotations

import numpy as np
import pytest

from mendkit_background.marks.badges import draw_badge
from mendkit_background.marks.finishes import finished
from mendkit_background.marks.kinds import KINDS, Kind, draw_mark
from mendkit_background.marks.layers import blended_inks, centred, fitted, inked, over
from mendkit_background.marks.lettering import draw_block, draw_text, plain_text, ring_text
from mendkit_background.marks.logos import LOGOS, draw_logo
from mendkit_background.marks.placement import placed, tiled
from mendkit_background.marks.seals import draw_seal
from mendkit_background.marks.typefaces import EMBEDDED

RED, BLUE = np.array([255, 0, 0], np.float32), np.array([0, 0, 255], np.float32)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.draw.__name__)
@pytest.mark.parametrize(("height", "width"), [(16, 40), (96, 64)])
def test_every_kind_of_mark_has_the_size_of_its_photo_and_covers_a_part(kind: Kind, height: int, width: int) -> None:
    for seed in range(12):
        layer = kind.draw(np.random.default_rng(seed), EMBEDDED, height, width)
        assert layer.shape == (height, width, 4) and layer.dtype == np.uint8
        assert 0 < (layer[..., 3] > 0).mean() <= 1
        assert (layer[..., :3].max(axis=2).astype(int) <= layer[..., 3].astype(int) + 2).all()  # premultiplied


def test_marks_differ_in_kind_and_place() -> None:
    drawn = [draw_mark(np.random.default_rng(seed), (EMBEDDED,), 64, 64)[0][..., 3] for seed in range(80)]
    shares = [(coverage > 127).mean() for coverage in drawn]
    touches = [coverage[0].any() and coverage[-1].any() for coverage in drawn]
    assert min(shares) < 0.05 and max(shares) > 0.2
    assert 8 < sum(touches) < 50  # the tiled ones, and frames
    assert any(coverage[:32].sum() == 0 for coverage in drawn)


def test_a_top_layer_hides_what_is_below_as_far_as_it_covers() -> None:
    below = inked(np.array([[255, 255]], np.uint8), BLUE)
    laid = over(inked(np.array([[255, 51]], np.uint8), RED), below)
    assert laid[0, 0].tolist() == [255, 0, 0, 255]
    assert laid[0, 1].tolist() == [51, 0, 204, 255]


def test_a_gradient_goes_from_one_colour_to_the_other() -> None:
    layer = blended_inks(np.full((3, 5), 255, np.uint8), RED, BLUE, down=False)
    assert layer[1, 0].tolist() == [255, 0, 0, 255] and layer[1, 4].tolist() == [0, 0, 255, 255]


def test_what_is_centred_has_its_margin_or_is_cut() -> None:
    assert centred(np.full((1, 2), 9, np.uint8), 3, 4).tolist() == [[0] * 4, [0, 9, 9, 0], [0] * 4]
    assert centred(np.full((5, 5), 9, np.uint8), 3, 7).tolist() == [[0, 9, 9, 9, 9, 9, 0]] * 3
    assert fitted(np.full((10, 40), 255, np.uint8), 20, 20).shape == (5, 20)


@pytest.mark.parametrize("angle", [0, 30, 90, 135])
def test_a_placed_mark_is_entirely_inside(angle: float) -> None:
    mark = inked(np.full((10, 30), 255, np.uint8), RED)
    for seed in range(10):
        layer = placed(np.random.default_rng(seed), mark, 60, 50, scales=(0.8, 0.8), angle=angle)
        scale = 0.8 * 50 / (30 * abs(np.cos(np.radians(angle))) + 10 * abs(np.sin(np.radians(angle))))
        scale = min(scale, 0.8 * 60 / (10 * abs(np.cos(np.radians(angle))) + 30 * abs(np.sin(np.radians(angle)))))
        assert layer[..., 3].sum() / 255 == pytest.approx(300 * scale**2, rel=0.12)


def test_a_tiled_mark_repeats_all_over_the_photo() -> None:
    mark = inked(np.full((10, 20), 255, np.uint8), RED)
    coverage = tiled(np.random.default_rng(0), mark, 90, 90, scales=(0.2, 0.2))[..., 3]
    assert all(part.any() for row in np.split(coverage, 3) for part in np.split(row, 3, axis=1))


def test_words_are_drawn_as_high_as_asked() -> None:
    for seed in range(10):
        stamp = draw_text(np.random.default_rng(seed), EMBEDDED, "Hxg", 40)
        assert 30 <= len(stamp) <= 60 and stamp.max() == 255


def test_texts_have_one_line_or_several() -> None:
    heights = [len(draw_block(np.random.default_rng(seed), EMBEDDED, 32)) for seed in range(40)]
    assert min(heights) < 45 and max(heights) > 80


def test_hollow_letters_cover_less_than_bold_ones() -> None:
    bold, hollow = (plain_text(EMBEDDED, "SALE", 40, 2, hollow=hollow) for hollow in (False, True))
    assert bold.shape == hollow.shape and 0 < hollow.sum() < 0.7 * bold.sum()


def test_ring_text_stays_between_its_radii() -> None:
    ring = ring_text(EMBEDDED, "Handmade", 100, 0.6, 0.9)
    y, x = np.nonzero(ring)
    radii = np.hypot(x + 0.5 - 50, y + 0.5 - 50) / 50
    assert radii.min() > 0.57 and radii.max() < 0.93
    assert all(part.any() for row in np.split(ring, 2) for part in np.split(row, 2, axis=1))


@pytest.mark.parametrize("logo", range(len(LOGOS)))
def test_logos_are_square_and_neither_empty_nor_full(logo: int) -> None:
    for seed in range(8):
        canvas = np.zeros((48, 48), np.uint8)
        LOGOS[logo](np.random.default_rng(seed), canvas)
        assert 0.02 < (canvas > 127).mean() < 0.95
    assert draw_logo(np.random.default_rng(logo), 48).shape == (48, 48)


def test_badges_have_letters_on_a_ground_of_another_colour() -> None:
    for seed in range(20):
        badge = draw_badge(np.random.default_rng(seed), EMBEDDED, 32)
        colours = badge[..., :3][badge[..., 3] == 255].reshape(-1, 3).astype(int)
        assert np.ptp(colours, axis=0).max() > 60


def test_finishes_keep_the_letters_and_add_at_most_a_margin() -> None:
    stamp = plain_text(EMBEDDED, "SALE", 40)
    for seed in range(30):
        layer = finished(np.random.default_rng(seed), stamp)
        assert 0 <= len(layer) - len(stamp) < 0.5 * len(stamp)
        assert layer[..., 3].astype(int).sum() > 0.1 * stamp.sum()


def test_seals_are_antialiased() -> None:
    for seed in range(8):
        seal = draw_seal(np.random.default_rng(seed), EMBEDDED, 96)
        assert ((seal > 20) & (seal < 235)).any() and seal.max() > 200
