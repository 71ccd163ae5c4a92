"""What every synthesizer of this plugin promises, whatever photo it is given."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mendkit.contracts import Image, Photo, Resources, Synthesizer
from mendkit_background.cutout import CutoutSynthesizer
from mendkit_background.non_white import NonWhiteSynthesizer
from mendkit_background.watermark import WatermarkSynthesizer

SYNTHESIZERS = [NonWhiteSynthesizer(), WatermarkSynthesizer(compressed=0), CutoutSynthesizer()]


@st.composite
def photos(draw: st.DrawFn) -> Image:
    """Photos of 16 to 200 px a side: flat white, black or nearly white, noise, or a block of colour on white."""
    shape = draw(st.tuples(st.integers(16, 200), st.integers(16, 200)))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    kind = draw(st.sampled_from(["white", "black", "near white", "noise", "block"]))
    if kind == "noise":
        return rng.integers(0, 256, (*shape, 3), np.uint8)
    if kind == "near white":
        return rng.integers(246, 256, (*shape, 3), np.uint8)
    photo = np.full((*shape, 3), 0 if kind == "black" else 255, np.uint8)
    if kind == "block":
        top, left = shape[0] // 4, shape[1] // 4
        photo[top:-top, left:-left] = rng.integers(0, 256, 3)
    return photo


class Scenes:
    """Noise, as large as it is asked for."""

    def draw(self, kind: str, rng: np.random.Generator, height: int, width: int) -> Image:
        return rng.integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize("synthesizer", SYNTHESIZERS, ids=lambda s: type(s).__name__)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(pixels=photos(), seed=st.integers(0, 10**6))
def test_any_photo_becomes_a_pair_of_its_size_and_the_mask_covers_what_differs(
    synthesizer: Synthesizer, pixels: Image, seed: int
) -> None:
    before = pixels.copy()
    defect = synthesizer(Photo(pixels), np.random.default_rng(seed), Scenes())
    assert defect.source.shape == defect.target.shape == pixels.shape
    assert defect.source.dtype == defect.target.dtype == np.uint8
    assert defect.mask is not None and defect.mask.dtype == np.uint8
    difference = np.abs(defect.source.astype(int) - defect.target).max(axis=2)
    assert (difference[defect.mask == 255] > 0).all() and (difference[defect.mask == 0] <= 2).all()
    assert set(np.unique(defect.mask)) <= {0, 255}
    np.testing.assert_array_equal(pixels, before)


@pytest.mark.parametrize("synthesizer", SYNTHESIZERS, ids=lambda s: type(s).__name__)
def test_a_seed_gives_the_same_pair_again_and_global_randomness_is_left_alone(
    synthesizer: Synthesizer, product: Image
) -> None:
    random.seed(7)
    np.random.seed(7)
    states = random.getstate(), str(np.random.get_state())
    pairs = [synthesizer(Photo(product), np.random.default_rng(3), Scenes()) for _ in range(2)]
    assert (random.getstate(), str(np.random.get_state())) == states
    np.testing.assert_array_equal(pairs[0].source, pairs[1].source)
    np.testing.assert_array_equal(pairs[0].target, pairs[1].target)


@pytest.mark.parametrize("synthesizer", SYNTHESIZERS[:2], ids=lambda s: type(s).__name__)
def test_other_seeds_give_other_defects(synthesizer: Synthesizer, product: Image, no_resources: Resources) -> None:
    sources = {
        synthesizer(Photo(product), np.random.default_rng(seed), no_resources).source.tobytes() for seed in range(8)
    }
    assert len(sources) == 8


@pytest.mark.parametrize("synthesizer", SYNTHESIZERS[:2], ids=lambda s: type(s).__name__)
def test_a_normal_product_always_gets_a_defect(
    synthesizer: Synthesizer, product: Image, no_resources: Resources
) -> None:
    for seed in range(30):
        defect = synthesizer(Photo(product), np.random.default_rng(seed), no_resources)
        assert defect.mask is not None and (defect.mask > 0).mean() > 0.008
        assert np.abs(defect.source.astype(int) - defect.target)[defect.mask > 0].mean() > 3  # a studio is nearly white


@pytest.mark.parametrize("synthesizer", SYNTHESIZERS[:2], ids=lambda s: type(s).__name__)
@pytest.mark.parametrize("side", [32, 1200])
def test_the_size_of_the_photo_does_not_matter(synthesizer: Synthesizer, side: int, no_resources: Resources) -> None:
    pixels = np.full((side, side, 3), 255, np.uint8)
    pixels[side // 3 : -side // 3, side // 4 : -side // 4] = (200, 30, 30)
    defect = synthesizer(Photo(pixels), np.random.default_rng(1), no_resources)
    assert defect.source.shape == pixels.shape
    assert defect.mask is not None and defect.mask.any()
