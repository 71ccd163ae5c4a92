from __future__ import annotations

import cv2
import numpy as np

from mendkit.contracts import Image, Photo, Resources
from mendkit_background.non_white import NonWhiteSynthesizer


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
        defect = NonWhiteSynthesizer()(Photo(product), np.random.default_rng(seed), no_resources)
        brown = (np.abs(defect.target.astype(int) - (140, 90, 50)) <= 2).all(axis=2)
        # The outline may be soft.
        inside = cv2.erode(np.where(brown, 1, 0).astype(np.uint8), np.ones((3, 3), np.uint8)) == 1
        assert inside.sum() > 250
        np.testing.assert_array_equal(defect.source[inside], defect.target[inside])


def test_the_matte_is_one_where_the_photo_is_kept_and_zero_where_the_target_is_white(
    product: Image, no_resources: Resources
) -> None:
    for seed in range(20):
        pair = NonWhiteSynthesizer()(Photo(product), np.random.default_rng(seed), no_resources)
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
    corners = [
        NonWhiteSynthesizer()(Photo(product), np.random.default_rng(seed), blue_scenes).source[0, 0]
        for seed in range(60)
    ]
    blue = sum(np.abs(corner.astype(int) - (20, 60, 160)).max() <= 12 for corner in corners)
    assert 20 <= blue < 55  # most, but not all: some scenes are still generated


def test_a_photo_that_is_filled_becomes_a_product_on_a_scene(no_resources: Resources) -> None:
    filled = np.full((48, 48, 3), (60, 120, 40), np.uint8)
    for seed in range(10):
        defect = NonWhiteSynthesizer()(Photo(filled), np.random.default_rng(seed), no_resources)
        white = (defect.target == 255).all(axis=2).mean()
        assert 0.2 < white < 0.5  # scaled by 0.75 to 0.85


def test_a_shadow_darkens_the_scene_and_never_the_product(product: Image, blue_scenes: Resources) -> None:
    darkest = []
    for seed in range(40):
        defect = NonWhiteSynthesizer()(Photo(product), np.random.default_rng(seed), blue_scenes)
        if (np.abs(defect.source[0, 0].astype(int) - (20, 60, 160)) <= 2).all():
            outside = (defect.target == 255).all(axis=2)
            darkest.append(defect.source[outside].max(axis=1).min())
    assert min(darkest) < 140 and max(darkest) >= 155  # with a shadow, and without
