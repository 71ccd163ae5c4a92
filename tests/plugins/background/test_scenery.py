from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mendkit.contracts import Resources
from mendkit_background.patterns import SMOOTH, TEXTURED, Pattern
from mendkit_background.scenery import draw_scene, generate_scene
from mendkit_background.shadows import cast_shadow


@pytest.mark.parametrize("pattern", [*SMOOTH, *TEXTURED], ids=lambda pattern: pattern.__name__)
@settings(max_examples=15, deadline=None, derandomize=True)
@given(height=st.integers(1, 150), width=st.integers(1, 150), seed=st.integers(0, 10**6))
def test_a_pattern_of_any_size_stays_in_its_range(pattern: Pattern, height: int, width: int, seed: int) -> None:
    drawn = pattern(np.random.default_rng(seed), height, width)
    assert drawn.shape == (height, width) and drawn.dtype == np.float32
    assert drawn.min() >= 0 and drawn.max() <= 1


@pytest.mark.parametrize("pattern", TEXTURED, ids=lambda pattern: pattern.__name__)
def test_a_texture_varies(pattern: Pattern) -> None:
    assert min(pattern(np.random.default_rng(seed), 64, 64).std() for seed in range(10)) > 0.02


def test_generated_scenes_differ_from_white() -> None:
    for seed in range(50):
        assert (generate_scene(np.random.default_rng(seed), 24, 40).min(axis=2) <= 0.95 * 255).all()


def test_a_scene_of_the_data_has_its_size(blue_scenes: Resources) -> None:
    assert {draw_scene(np.random.default_rng(seed), blue_scenes, 30, 50).shape for seed in range(10)} == {(30, 50, 3)}


@settings(max_examples=25, deadline=None, derandomize=True)
@given(height=st.integers(16, 300), width=st.integers(16, 300), seed=st.integers(0, 10**6))
def test_a_shadow_only_darkens(height: int, width: int, seed: int) -> None:
    scene = np.full((height, width, 3), 200, np.uint8)
    matte = np.zeros((height, width), np.float32)
    matte[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3] = 1
    shaded = cast_shadow(scene, matte, np.random.default_rng(seed))
    assert shaded.shape == scene.shape and (shaded <= 200).all() and shaded.min() < 190
