from __future__ import annotations

import random
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mendkit.contracts import Image, SampleSource
from mendkit.errors import ConfigError
from mendkit_registry import SamplesSpec, build, load
from mendkit_samples.source import FAMILIES, ProductSource


def draws(count: int, size: int = 32, seed: int = 0, families: tuple[str, ...] = ()) -> list[Image]:
    source, rng = ProductSource(families), np.random.default_rng(seed)
    return [source(rng, size) for _ in range(count)]


def product_pixels(image: Image) -> Image:
    return image[(image < 255).any(axis=2)]


def test_the_registered_source_follows_the_protocol() -> None:
    spec = load()[SamplesSpec]["samples.products"]
    assert isinstance(build(spec, SampleSource), ProductSource)


def test_a_seed_gives_the_same_product_and_the_global_random_states_are_left_alone() -> None:
    states = random.getstate(), np.random.get_state()[1].tolist()  # type: ignore[index]
    for first, again in zip(draws(8, seed=7), draws(8, seed=7), strict=True):
        np.testing.assert_array_equal(first, again)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == states  # type: ignore[index]


@given(size=st.integers(56, 120), seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_every_product_stands_on_pure_white_with_a_margin_all_around(size: int, seed: int) -> None:
    image = ProductSource(whole=True)(np.random.default_rng(seed), size)
    assert image.shape == (size, size, 3)
    assert image.dtype == np.uint8
    for edge in (image[0], image[-1], image[:, 0], image[:, -1]):
        assert (edge == 255).all()
    assert (image[[0, 0, -1, -1], [0, -1, 0, -1]] == 255).all()


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_each_family_fills_its_photo(family: str) -> None:
    for image in draws(3, families=(family,)):
        rows, columns = np.nonzero((image < 250).any(axis=2))
        assert max(np.ptp(rows), np.ptp(columns)) >= 0.7 * 32
        assert len(np.unique(product_pixels(image), axis=0)) > 20


def test_products_are_all_different() -> None:
    images = draws(60)
    assert len({image.tobytes() for image in images}) == 60
    for family in ("bottle", "sneaker"):
        pixels = np.stack(draws(6, families=(family,))).astype(float)
        apart = [np.abs(one - other).mean() for i, one in enumerate(pixels) for other in pixels[:i]]
        assert min(apart) > 3


def test_many_families_appear(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    class Listed(dict[str, object]):
        def __getitem__(self, name: str) -> object:
            seen.append(name)
            return FAMILIES[name]

    monkeypatch.setattr("mendkit_samples.source.FAMILIES", Listed(FAMILIES))
    draws(60, size=16)
    assert len(seen) >= 60
    assert len(set(seen)) >= 35


def test_some_products_are_nearly_white_and_most_are_not() -> None:
    brightness = np.array([np.median(product_pixels(image)) for image in draws(100)])
    assert 8 <= (brightness > 215).sum() <= 30


def test_colours_cover_the_colour_circle() -> None:
    means = np.array([product_pixels(image).mean(axis=0) for image in draws(200)])
    strongest = means.argmax(axis=1)[np.ptp(means, axis=1) > 25]
    assert min(np.bincount(strongest, minlength=3)) >= 4


def test_the_same_product_is_drawn_at_every_size() -> None:
    apart = []
    for seed in range(8):
        small, large = (ProductSource()(np.random.default_rng(seed), size).astype(float) for size in (32, 96))
        apart.append(np.abs(small - large.reshape(32, 3, 32, 3, 3).mean(axis=(1, 3))).mean())
    assert np.median(apart) < 8


def test_most_products_are_whole_and_few_are_cut_off_at_the_border() -> None:
    cut = [(np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]]) < 255).any() for image in draws(150, 48)]
    assert 1 <= sum(cut) <= 20


def test_an_unknown_family_is_an_error_that_lists_those_that_there_are() -> None:
    with pytest.raises(ConfigError, match=r"no product family named boat; known: .*bottle"):
        ProductSource(["bottle", "boat"])


def test_listing_the_plugin_imports_nothing_heavy() -> None:
    code = "import sys, mendkit_samples.plugin; print(*{'torch', 'cv2', 'numpy', 'PIL', 'mendkit'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []
