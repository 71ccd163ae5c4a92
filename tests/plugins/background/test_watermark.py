from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest

from mendkit.contracts import Image, Pair, Photo, Resources
from mendkit.errors import ConfigError
from mendkit_background.compression import compressed
from mendkit_background.marks.typefaces import EMBEDDED
from mendkit_background.watermark import NOISE, WatermarkSynthesizer


def pair_of(pixels: Image, seed: int, resources: Resources, **options: float) -> Pair:
    return WatermarkSynthesizer(**options)(Photo(pixels), np.random.default_rng(seed), resources)


def differences(pair: Pair) -> np.ndarray:
    return np.abs(pair.source.astype(int) - pair.target).max(axis=2)


def test_the_target_is_the_photo_itself(product: Image, no_resources: Resources) -> None:
    for seed in range(10):
        np.testing.assert_array_equal(pair_of(product, seed, no_resources, printed=0, compressed=0).target, product)


@pytest.mark.parametrize("printed", [0, 1])
def test_the_truths_of_a_pair_are_those_of_its_mark(product: Image, no_resources: Resources, printed: float) -> None:
    for seed in range(20):
        pair = pair_of(product, seed, no_resources, printed=printed, compressed=0)
        assert {name: (truth.dtype, truth.shape) for name, truth in pair.truths.items()} == {
            "alpha": (np.float32, product.shape[:2]),
            "ink": (np.float32, product.shape),
        }
        alpha = pair.truths["alpha"][..., None]
        assert np.abs((1 - alpha) * pair.target + alpha * pair.truths["ink"] * 255 - pair.source).max() < 0.51
        assert pair.mask is not None and not pair.mask[pair.truths["alpha"] == 0].any()


def test_what_is_printed_on_the_product_is_in_source_and_target(product: Image, no_resources: Resources) -> None:
    found = 0
    for seed in range(20):
        pair = pair_of(product, seed, no_resources, printed=1, compressed=0)
        printed = (pair.target != product).any(axis=2)
        unmarked = pair.truths["alpha"] == 0
        np.testing.assert_array_equal(pair.source[unmarked], pair.target[unmarked])
        found += (printed & unmarked).any()
    assert found > 10


def test_source_and_target_are_compressed_alike_and_differ_only_near_the_mark(no_resources: Resources) -> None:
    page = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8), (9, 9), 0)
    for seed in range(20):
        exact, pair = (pair_of(page, seed, no_resources, printed=0, compressed=share) for share in (0, 1))
        assert not pair.truths
        assert np.abs(pair.target.astype(int) - page).max() > 0
        marked = exact.truths["alpha"] > 0
        near = cv2.dilate(marked.astype(np.uint8), np.ones((35, 35))) > 0  # within a block of 16 px, and its border
        assert not differences(pair)[~near].any()
        np.testing.assert_array_equal(pair.mask == 255, differences(pair) > NOISE)


def test_a_share_of_the_pairs_is_compressed(product: Image, no_resources: Resources) -> None:
    without = [not pair_of(product, seed, no_resources, compressed=0.5).truths for seed in range(40)]
    assert 10 < sum(without) < 30


def test_compression_keeps_the_colours_apart() -> None:
    red = np.full((32, 32, 3), (200, 30, 10), np.uint8)
    assert np.abs(compressed(red, 90).astype(int) - red).max() <= 4


@pytest.mark.parametrize("level", [0, 128, 252, 255])
def test_a_mark_is_seen_on_every_flat_photo(level: int, no_resources: Resources) -> None:
    page = np.full((64, 64, 3), level, np.uint8)
    for seed in range(40):
        change = differences(pair_of(page, seed, no_resources, compressed=0))
        assert change.max() >= 14
        assert 0.005 < (change >= 6).mean() < 0.7


def test_fonts_of_a_folder_change_the_marks_and_repeat_them(
    product: Image, no_resources: Resources, tmp_path: Path
) -> None:
    data = EMBEDDED.at(20).path
    assert isinstance(data, io.BytesIO)
    (tmp_path / "one.ttf").write_bytes(data.getvalue())
    first, again = (WatermarkSynthesizer(fonts=tmp_path) for _ in range(2))
    for seed in range(5):
        pairs = [each(Photo(product), np.random.default_rng(seed), no_resources) for each in (first, again)]
        np.testing.assert_array_equal(pairs[0].source, pairs[1].source)


@pytest.mark.parametrize("name", ["printed", "compressed"])
@pytest.mark.parametrize("share", [-0.1, 1.5, float("nan")])
def test_shares_outside_of_0_to_1_are_refused(name: str, share: float) -> None:
    with pytest.raises(ConfigError, match=rf"watermark: {name} must lie in 0 to 1, got"):
        WatermarkSynthesizer(**{name: share})


def test_fonts_that_are_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not a folder"):
        WatermarkSynthesizer(fonts=tmp_path / "none")
