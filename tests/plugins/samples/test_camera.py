from __future__ import annotations

import numpy as np
import pytest

from mendkit_samples import curves, materials, textures
from mendkit_samples.boxes import View
from mendkit_samples.camera import Film, Pose
from mendkit_samples.materials import Material
from mendkit_samples.shapes import Ball, Cut
from mendkit_samples.studio import Studio


def studio_with_ball(x: float = 0.5) -> Studio:
    studio = Studio(np.random.default_rng(0), 64)
    studio.add(Ball(x, 0.5, 0.2), materials.matte((0.1, 0.2, 0.3)))
    return studio


def test_a_compressed_noisy_photo_stays_pure_white_around_the_product() -> None:
    photo = studio_with_ball().photograph(Pose(margin=0.2), Film(blur=0.8, noise=0.05, quality=50))
    assert (photo[:10] == 255).all()
    assert (photo[:, -10:] == 255).all()
    assert photo[32, 32].max() < 128


def test_what_goes_on_below_touches_the_lower_border_only() -> None:
    photo = studio_with_ball().photograph(Pose(margin=0.1, cut_below=True))
    assert photo[-1].min() < 200
    assert (photo[0] == 255).all()


def test_a_mirrored_pose_swaps_left_and_right() -> None:
    studio = studio_with_ball(0.4)
    studio.add(Ball(0.7, 0.5, 0.05), materials.matte((0.8, 0.1, 0.1)))
    straight, mirrored = (studio.photograph(Pose(mirrored=flag)).astype(int) for flag in (False, True))
    assert np.abs(straight - mirrored[:, ::-1]).mean() < 3


def test_a_part_shades_what_is_behind_it_but_not_the_ground() -> None:
    board = Cut(curves.rectangle(0.2, 0.2, 0.8, 0.8))
    bare, shaded = Studio(np.random.default_rng(0), 64), Studio(np.random.default_rng(0), 64)
    for studio in (bare, shaded):
        studio.add(board, Material((0.8, 0.8, 0.8), gloss=0.0))
    shaded.add(Cut(curves.rectangle(0.4, 0.4, 0.6, 0.6)), Material((0.8, 0.8, 0.8), gloss=0.0))
    assert shaded.photograph().mean() < bare.photograph().mean()
    assert (shaded.photograph()[0] == 255).all()


@pytest.mark.parametrize("texture", [*textures.CLOTHS, textures.wicker])
def test_a_texture_keeps_the_mean_brightness(texture: object) -> None:
    u, v = np.meshgrid(*[np.linspace(0, 1, 256, dtype=np.float32)] * 2)
    factors = texture(np.random.default_rng(0))(u, v)  # type: ignore[operator]
    assert factors.mean() == pytest.approx(1, abs=0.03)
    assert 0 < factors.std() < 0.3


def test_upright_edges_of_a_box_stay_upright() -> None:
    view = View(turn=0.5, height=1.0, distance=3.0)
    upper, lower = view.seen((0.2, 0.3, 0.1)), view.seen((0.2, 0.8, 0.1))
    assert upper[0] == pytest.approx(lower[0])
    seen = {name for name, _ in view.faces((0.3, 0.3, -0.2), (0.7, 0.8, 0.2))}
    assert seen in ({"top", "front", "left"}, {"top", "front", "right"})
