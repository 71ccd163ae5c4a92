from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mendkit.contracts import Photo, Resources, Synthesizer
from mendkit.data.tensors import to_tensor
from mendkit.errors import ConfigError
from mendkit.networks.pixels import pixel_centres
from mendkit.networks.transforms.flow import warp
from mendkit_registry import SynthesizerSpec, build, load
from mendkit_viewpoint.tilt import Pose, TiltSynthesizer, fitting_scale, homography, in_units, turn

DrawProduct = Callable[[int, int], Photo]


class Nothing:
    def draw(self, kind: str, rng: np.random.Generator, height: int, width: int) -> None:
        return None


def seen_at(matrix: NDArray[np.float64], x: float, y: float) -> tuple[float, float]:
    u, v, w = matrix @ (x, y, 1.0)
    return u / w, v / w


def test_a_quarter_roll_takes_the_right_of_the_image_to_its_bottom() -> None:
    matrix = homography(5, 5, Pose(roll=90))
    assert seen_at(matrix, 4, 2) == pytest.approx((2, 4))
    assert seen_at(matrix, 2, 4) == pytest.approx((0, 2))
    assert seen_at(matrix, 2, 2) == pytest.approx((2, 2))


def test_a_roll_by_30_degrees_turns_by_cosine_and_sine_about_the_centre_of_any_frame() -> None:
    # The centre of 11 x 21 pixels is (10, 5); 8 to its right lies at 8 (cos 30, sin 30) = (6.928, 4) from it.
    assert seen_at(homography(11, 21, Pose(roll=30)), 18, 5) == pytest.approx((16.9282, 9.0), abs=1e-4)


def test_yaw_brings_the_right_side_nearer_and_so_makes_it_larger() -> None:
    # 10 px right of the centre, yaw 30: X = 10 cos 30 = 8.660, Z = -10 sin 30 = -5; the camera is 2 x 21 px away.
    # Seen at 8.660 / (1 - 5 / 42) = 9.8306; the left side, farther away, at -8.660 / (1 + 5 / 42) = -7.7389.
    matrix = homography(21, 21, Pose(yaw=30, distance=2))
    assert seen_at(matrix, 20, 10) == pytest.approx((19.8306, 10), abs=1e-4)
    assert seen_at(matrix, 0, 10) == pytest.approx((10 - 7.7389, 10), abs=1e-4)


def test_pitch_brings_the_upper_side_nearer() -> None:
    matrix = homography(21, 21, Pose(pitch=30, distance=2))
    assert seen_at(matrix, 10, 0) == pytest.approx((10, 10 - 9.8306), abs=1e-4)
    assert seen_at(matrix, 10, 20) == pytest.approx((10, 10 + 7.7389), abs=1e-4)


def test_scale_shrinks_about_the_centre() -> None:
    assert seen_at(homography(21, 21, Pose(), scale=0.5), 20, 0) == pytest.approx((15, 5))


def test_no_turn_is_the_identity() -> None:
    np.testing.assert_allclose(homography(48, 64, Pose()), np.eye(3), atol=1e-12)


def test_a_square_that_fills_the_frame_must_shrink_by_the_square_root_of_two_to_turn_by_45_degrees() -> None:
    corners = np.array([(0, 0), (20, 0), (20, 20), (0, 20)], np.float64)
    assert fitting_scale(corners, 21, 21, Pose(roll=45)) == pytest.approx(0.5**0.5)


def test_a_small_product_keeps_its_scale() -> None:
    assert fitting_scale(np.array([(8.0, 8.0), (12.0, 12.0)]), 21, 21, Pose(roll=45)) == 1.0


def test_a_quarter_roll_of_a_square_photo_only_moves_pixels(draw_product: DrawProduct) -> None:
    pixels = draw_product(64, 64).pixels
    np.testing.assert_array_equal(turn(pixels, Pose(roll=90)), np.rot90(pixels, k=-1))


@pytest.mark.parametrize("size", [(64, 64), (48, 96), (200, 120)])
def test_a_product_that_fills_the_photo_touches_the_frame_with_its_corners_only(
    size: tuple[int, int], no_resources: Resources
) -> None:
    photo = Photo(np.full((*size, 3), 255, np.uint8))
    photo.pixels[1:-1, 1:-1] = 60
    for seed in range(5):
        source = TiltSynthesizer()(photo, np.random.default_rng(seed), no_resources).source
        edge = np.concatenate([source[0], source[-1], source[:, 0], source[:, -1]])
        assert (edge < 200).all(axis=1).sum() <= 8
        assert (source < 200).any()


def test_a_wrong_angle_is_always_seen(draw_product: DrawProduct, no_resources: Resources) -> None:
    photo = draw_product(64, 64)
    for seed in range(30):
        source = TiltSynthesizer()(photo, np.random.default_rng(seed), no_resources).source
        assert np.abs(source.astype(int) - photo.pixels).mean() > 5


def test_both_signs_and_the_whole_range_of_the_roll_appear() -> None:
    synthesizer, rng = TiltSynthesizer(min_roll=8, max_roll=30), np.random.default_rng(0)
    rolls = np.array([synthesizer.draw_pose(rng).roll for _ in range(200)])
    assert np.abs(rolls).min() >= 8
    assert np.abs(rolls).max() <= 30
    assert rolls.min() < -28
    assert rolls.max() > 28
    assert (np.abs(rolls) < 10).any()


def test_the_target_is_the_photo_and_there_is_no_mask(draw_product: DrawProduct, no_resources: Resources) -> None:
    photo = draw_product(40, 56)
    before = photo.pixels.copy()
    defect = TiltSynthesizer()(photo, np.random.default_rng(1), no_resources)
    np.testing.assert_array_equal(defect.target, before)
    np.testing.assert_array_equal(photo.pixels, before)
    assert defect.mask is None


@pytest.mark.parametrize("size", [(96, 96), (64, 120)])
def test_the_homography_says_where_in_the_source_each_place_of_the_target_is(
    size: tuple[int, int], draw_product: DrawProduct, no_resources: Resources
) -> None:
    photo = draw_product(*size)
    for seed in range(5):
        pair = TiltSynthesizer(max_roll=15)(photo, np.random.default_rng(seed), no_resources)
        source, target = to_tensor([pair.source]), to_tensor([pair.target])
        rows, columns = (pixel_centres(count, source) for count in size)
        places = torch.stack([columns.expand(size), rows[:, None].expand(size), torch.ones(size)], dim=-1)
        moved = places @ torch.from_numpy(pair.truths["homography"]).T
        flow = (moved[..., :2] / moved[..., 2:] - places[..., :2]).permute(2, 0, 1)[None]
        error, before = (float((image - target).abs().mean()) for image in (warp(source, flow), source))
        assert error < 0.2 * before


def test_of_no_turn_the_homography_is_the_identity_in_units_as_well() -> None:
    np.testing.assert_allclose(in_units(homography(48, 64, Pose()), 48, 64), np.eye(3), atol=1e-6)


def test_pixels_become_places_from_edge_to_edge() -> None:
    # A shift by 16 of 64 columns is half of the half-width; pixel 0 of 64 lies at -1 + 1 / 64.
    units = in_units(np.array([[1.0, 0, 16], [0, 1, 0], [0, 0, 1]]), 48, 64)
    assert seen_at(units.astype(np.float64), -1 + 1 / 64, 0.25) == pytest.approx((-0.5 + 1 / 64, 0.25), abs=1e-6)


def test_a_seed_gives_the_same_pair_and_the_global_random_states_are_left_alone(
    draw_product: DrawProduct, no_resources: Resources
) -> None:
    photo, states = draw_product(64, 64), (random.getstate(), np.random.get_state()[1].tolist())  # type: ignore[index]
    first, again, other = (
        TiltSynthesizer()(photo, np.random.default_rng(seed), no_resources).source for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert (random.getstate(), np.random.get_state()[1].tolist()) == states  # type: ignore[index]


def test_what_comes_into_view_has_the_colour_of_the_backdrop() -> None:
    pixels = np.full((64, 64, 3), (250, 248, 246), np.uint8)
    pixels[20:44, 20:44] = 90
    turned = turn(pixels, Pose(roll=20))
    assert (turned[0, 0] == (250, 248, 246)).all()
    assert (turned[-1, -1] == (250, 248, 246)).all()


def test_a_photo_without_an_even_backdrop_repeats_its_edge() -> None:
    pixels = np.random.default_rng(0).integers(40, 100, (64, 64, 3), np.uint8)
    assert turn(pixels, Pose(roll=20))[0, 0].max() <= 100


def test_a_foreground_mask_says_what_must_stay_in_the_frame() -> None:
    pixels = np.random.default_rng(0).integers(40, 100, (65, 65, 3), np.uint8)
    pixels[:, 32] = (255, 0, 0)
    line = np.zeros((65, 65), np.uint8)
    line[:, 32] = 255
    whole = turn(pixels, Pose(pitch=40, distance=1), line)
    assert whole[0, 32, 0] - int(whole[0, 32, 1]) > 100
    # The near end of the line would reach 32 cos 40 / (1 - 32 sin 40 / 65) = 35.9 px up: with the mask it just fits.
    assert fitting_scale(np.array([(32.0, 0.0), (32.0, 64.0)]), 65, 65, Pose(pitch=40, distance=1)) == pytest.approx(
        32 / 35.86, abs=1e-3
    )


def test_fine_detail_that_shrinks_turns_grey_instead_of_aliasing() -> None:
    board = np.indices((64, 64)).sum(axis=0) % 2 * 255
    pixels = np.repeat(board[..., None], 3, axis=2).astype(np.uint8)
    pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1] = (255, 255, 255, 255)
    middle = turn(pixels, Pose(roll=45))[24:40, 24:40]
    assert middle.std() < 0.2 * pixels.std()


@given(
    height=st.integers(16, 200),
    width=st.integers(16, 200),
    grey=st.sampled_from([0, 128, 255]),
    seed=st.integers(0, 99),
)
@settings(max_examples=25, deadline=None)
def test_any_size_of_an_empty_photo_keeps_shape_type_and_colour(height: int, width: int, grey: int, seed: int) -> None:
    photo = Photo(np.full((height, width, 3), grey, np.uint8))
    defect = TiltSynthesizer()(photo, np.random.default_rng(seed), Nothing())
    assert defect.source.shape == defect.target.shape == (height, width, 3)
    assert defect.source.dtype == np.uint8
    assert (defect.source == grey).all()


@given(height=st.integers(16, 120), width=st.integers(16, 120), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_any_size_of_a_noisy_photo_keeps_shape_and_type(height: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (height, width, 3), np.uint8)
    before = pixels.copy()
    defect = TiltSynthesizer()(Photo(pixels), rng, Nothing())
    assert defect.source.shape == (height, width, 3)
    assert defect.source.dtype == np.uint8
    np.testing.assert_array_equal(pixels, before)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"min_roll": 40.0}, "min_roll"),
        ({"min_roll": 0.0}, "min_roll"),
        ({"max_yaw": 90.0}, "max_yaw"),
        ({"max_pitch": -1.0}, "max_pitch"),
        ({"distance": 0.5}, "distance"),
    ],
)
def test_impossible_options_are_named(options: dict[str, float], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        TiltSynthesizer(**options)


def test_the_registered_factory_makes_a_synthesizer_that_starts_from_clean_images() -> None:
    spec = load()[SynthesizerSpec]["viewpoint.tilt"]
    assert spec.starts_from == "clean"
    assert isinstance(build(spec, Synthesizer), TiltSynthesizer)
