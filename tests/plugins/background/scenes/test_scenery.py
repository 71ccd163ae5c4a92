from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mendkit.contracts import Image, Resources
from mendkit_background.scenes.camera import photographed
from mendkit_background.scenes.objects import KINDS, Draw, put_objects
from mendkit_background.scenes.patterns import SMOOTH, TEXTURED, Pattern
from mendkit_background.scenes.scenery import GENERATED, draw_scene, generate_scene
from mendkit_background.scenes.shadows import cast_shadow, reflect


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


@pytest.mark.parametrize("kind", GENERATED)
def test_generated_scenes_differ_from_white_and_from_each_other(kind: str) -> None:
    scenes = [generate_scene(np.random.default_rng(seed), 24, 40, kind) for seed in range(40)]
    assert all((scene.min(axis=2) <= 251).all() for scene in scenes)
    assert len({scene.tobytes() for scene in scenes}) == 40


@pytest.mark.parametrize("kind", GENERATED)
@settings(max_examples=15, deadline=None, derandomize=True)
@given(height=st.integers(1, 700), width=st.integers(1, 200), seed=st.integers(0, 10**6))
def test_a_scene_has_the_size_that_is_asked_for(kind: str, height: int, width: int, seed: int) -> None:
    scene = generate_scene(np.random.default_rng(seed), height, width, kind)
    assert scene.shape == (height, width, 3) and scene.dtype == np.uint8


def test_without_photos_the_other_kinds_of_scenes_are_drawn(no_resources: Resources) -> None:
    scene = draw_scene(np.random.default_rng(0), no_resources, 20, 30, {"photo": 1.0, "room": 0.0})
    assert scene.shape == (20, 30, 3)


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


def block(side: int) -> tuple[Image, np.ndarray]:
    """A dark block on white in the middle, and its matte."""
    matte = np.zeros((side, side), np.float32)
    matte[side // 4 : side // 2, side // 4 : 3 * side // 4] = 1
    return np.where(matte[..., None] > 0, np.uint8(30), np.uint8(255)).repeat(3, axis=2), matte


def test_a_reflection_is_below_the_product_only() -> None:
    on_white, matte = block(64)
    scene = np.full((64, 64, 3), 200, np.uint8)
    mirrored = reflect(scene, on_white, matte, np.random.default_rng(0))
    assert (mirrored[:32] == 200).all() and (mirrored[32:40, 20:44] < 195).all()
    assert (mirrored[:, :15] == 200).all()


@pytest.mark.parametrize("draw", KINDS, ids=lambda draw: draw.__name__)
@settings(max_examples=25, deadline=None, derandomize=True)
@given(height=st.integers(16, 200), width=st.integers(16, 200), seed=st.integers(0, 10**6), empty=st.booleans())
def test_a_thing_has_the_size_of_the_photo(draw: Draw, height: int, width: int, seed: int, empty: bool) -> None:
    matte = np.zeros((height, width), np.float32)
    if not empty:
        matte[height // 4 : height // 2, width // 4 : width // 2] = 1
    where, thing = draw(np.random.default_rng(seed), matte, Blue())
    assert where.shape == (height, width) and thing.shape == (height, width, 3)
    assert where.dtype == thing.dtype == np.uint8


class Blue:
    """Photos of one blue."""

    def draw(self, kind: str, rng: np.random.Generator, height: int, width: int) -> Image | None:
        return np.full((height, width, 3), (20, 60, 160), np.uint8)


def test_an_arm_reaches_from_an_edge_to_the_product(no_resources: Resources) -> None:
    arm = next(draw for draw in KINDS if draw.__name__ == "arm")
    _, matte = block(96)
    for seed in range(20):
        where, _ = arm(np.random.default_rng(seed), matte, no_resources)
        edges = np.concatenate([where[0], where[-1], where[:, 0], where[:, -1]])
        assert edges.max() == 255 and where[matte == 1].max() == 255


def test_things_change_the_scene(no_resources: Resources) -> None:
    _, matte = block(64)
    scene = np.full((64, 64, 3), 200, np.uint8)
    changed = [(put_objects(scene, matte, np.random.default_rng(k), no_resources) != scene).any() for k in range(20)]
    assert sum(changed) >= 18


def test_a_camera_changes_little() -> None:
    flat = np.full((64, 48, 3), (200, 90, 40), np.uint8)
    for seed in range(20):
        seen = photographed(flat, np.random.default_rng(seed))
        assert seen.shape == flat.shape
        assert np.abs(seen.astype(int) - flat).mean() < 6
