from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest

from mendkit.contracts import Image, Photo, Resources
from mendkit.errors import ConfigError
from mendkit_background.non_white import NonWhiteSynthesizer
from mendkit_background.scenes.scenery import WEIGHTS

PLAIN = NonWhiteSynthesizer(camera=0, spill=0)
"""Leaves each pixel of the product as it is."""
ONLY_PHOTOS = {name: float(name == "photo") for name in WEIGHTS}


def test_the_target_is_pure_white_outside_the_product(product: Image, no_resources: Resources) -> None:
    product = product.copy()
    product[:5] = 252  # the noise of a photo's background
    for seed in range(20):
        target = NonWhiteSynthesizer()(Photo(product), np.random.default_rng(seed), no_resources).target
        edge = np.concatenate([target[0], target[-1], target[:, 0], target[:, -1]])
        # A product that grew may touch the edge, but then with its own colour; near-white noise is gone.
        assert not ((edge > 245) & (edge < 255)).any()


def test_inside_the_product_source_and_target_are_equal(product: Image, no_resources: Resources) -> None:
    for seed in range(20):
        defect = PLAIN(Photo(product), np.random.default_rng(seed), no_resources)
        brown = (np.abs(defect.target.astype(int) - (140, 90, 50)) <= 2).all(axis=2)
        # The outline may be soft.
        inside = cv2.erode(np.where(brown, 1, 0).astype(np.uint8), np.ones((3, 3), np.uint8)) == 1
        assert inside.sum() > 250
        np.testing.assert_array_equal(defect.source[inside], defect.target[inside])


def test_the_matte_is_one_where_the_photo_is_kept_and_zero_where_the_target_is_white(
    product: Image, no_resources: Resources
) -> None:
    for seed in range(20):
        pair = PLAIN(Photo(product), np.random.default_rng(seed), no_resources)
        matte = pair.truths["matte"]
        assert matte.dtype == np.float32 and matte.shape == product.shape[:2]
        assert 0.05 < (matte == 1).mean() < (matte > 0).mean() < 0.95
        assert (pair.source == pair.target)[matte == 1].all() and (pair.target == 255)[matte == 0].all()


def test_the_product_keeps_every_pixel_when_it_stays(product: Image, no_resources: Resources) -> None:
    targets = [NonWhiteSynthesizer()(Photo(product), np.random.default_rng(s), no_resources).target for s in range(40)]
    stayed = [np.array_equal(target, product) for target in targets]
    assert 4 <= sum(stayed) <= 24  # three in ten


def test_scaling_and_moving_keep_the_whole_product_in_the_frame(product: Image, no_resources: Resources) -> None:
    area = (product < 255).any(axis=2).sum()
    for seed in range(40):
        target = NonWhiteSynthesizer()(Photo(product), np.random.default_rng(seed), no_resources).target
        share = (target < 255).any(axis=2).sum() / area
        assert 0.5 < share < 1.4  # 0.75 ** 2 to 1.1 ** 2, and soft edges
        assert (target[0] == 255).all() and (target[:, 0] == 255).all()


def test_scenes_come_from_the_data_if_it_brings_any(product: Image, blue_scenes: Resources) -> None:
    corners = [PLAIN(Photo(product), np.random.default_rng(seed), blue_scenes).source[0, 0] for seed in range(60)]
    blue = sum(int(corner[2]) > int(corner[0]) + 60 for corner in corners)
    assert 15 <= blue < 50  # many, but not all: some scenes are still generated


def test_a_photo_that_is_filled_becomes_a_product_on_a_scene(no_resources: Resources) -> None:
    filled = np.full((48, 48, 3), (60, 120, 40), np.uint8)
    for seed in range(10):
        defect = NonWhiteSynthesizer()(Photo(filled), np.random.default_rng(seed), no_resources)
        white = (defect.target == 255).all(axis=2).mean()
        assert 0.2 < white < 0.5  # scaled by 0.75 to 0.85


def test_a_shadow_darkens_the_scene_and_never_the_product(product: Image, blue_scenes: Resources) -> None:
    for seed in range(20):
        bright, dark = (
            NonWhiteSynthesizer(scenes=ONLY_PHOTOS, objects=0, shadows=share, reflections=0, spill=0, camera=0)(
                Photo(product), np.random.default_rng(seed), blue_scenes
            )
            for share in (0, 1)
        )
        assert (dark.source <= bright.source).all()
        assert (dark.source < bright.source).any() and (dark.source == bright.source)[dark.truths["matte"] == 1].all()


@pytest.mark.parametrize("name", ["objects", "shadows", "reflections", "spill", "camera"])
def test_no_option_changes_the_truths(name: str, product: Image, no_resources: Resources) -> None:
    shares = dict.fromkeys(("objects", "shadows", "reflections", "spill", "camera"), 0.0)
    for seed in range(10):
        without, with_it = (
            NonWhiteSynthesizer(**options)(Photo(product), np.random.default_rng(seed), no_resources)
            for options in (shares, shares | {name: 1.0})
        )
        np.testing.assert_array_equal(with_it.target, without.target)
        np.testing.assert_array_equal(with_it.truths["matte"], without.truths["matte"])


@pytest.mark.parametrize("name", ["objects", "shadows", "reflections"])
def test_what_is_in_the_scene_never_changes_the_product(name: str, product: Image, no_resources: Resources) -> None:
    synthesizer = NonWhiteSynthesizer(camera=0, spill=0, **{name: 1.0})
    for seed in range(20):
        pair = synthesizer(Photo(product), np.random.default_rng(seed), no_resources)
        np.testing.assert_array_equal(pair.source[pair.truths["matte"] == 1], pair.target[pair.truths["matte"] == 1])


@pytest.mark.parametrize("name", ["spill", "camera"])
def test_light_and_camera_change_the_product_only_a_little(name: str, product: Image, no_resources: Resources) -> None:
    synthesizer = NonWhiteSynthesizer(**{"camera": 0.0, "spill": 0.0, name: 1.0})
    for seed in range(20):
        pair = synthesizer(Photo(product), np.random.default_rng(seed), no_resources)
        inside = cv2.erode((pair.truths["matte"] == 1).astype(np.uint8), np.ones((5, 5), np.uint8)) == 1
        change = np.abs(pair.source.astype(int) - pair.target)
        assert change[inside].mean() < 6
        assert pair.mask is not None and change[pair.mask == 0].max(initial=0) <= 2


def test_only_the_kinds_of_scenes_that_have_a_weight_are_drawn(product: Image, blue_scenes: Resources) -> None:
    studio = NonWhiteSynthesizer(scenes={n: float(n == "studio") for n in WEIGHTS}, objects=0, shadows=0, reflections=0)
    for seed in range(20):
        corner = studio(Photo(product), np.random.default_rng(seed), blue_scenes).source[0, 0].astype(int)
        assert corner.min() > 120 and np.ptp(corner) < 25  # light and nearly grey


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scenes": {"beach": 1.0}}, r"no scene is called 'beach'; there are photo, room"),
        ({"scenes": {"room": -1.0}}, r"at least 0"),
        ({"scenes": {"room": float("nan")}}, r"finite"),
        ({"scenes": dict.fromkeys(WEIGHTS, 0.0)}, r"not all 0"),
        ({"shadows": 1.5}, r"shadows must lie in 0 to 1, got 1\.5"),
        ({"camera": float("nan")}, r"camera must lie in 0 to 1, got nan"),
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        NonWhiteSynthesizer(**options)
