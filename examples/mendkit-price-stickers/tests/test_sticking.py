import numpy as np
import pytest
from mendkit.contracts import Image

from mendkit_price_stickers.sticker import Sticker
from mendkit_price_stickers.sticking import Pose, corners_of, light_on, stick_on

RED_SQUARE = Sticker(np.full((40, 40, 3), (200, 20, 20), np.uint8), np.full((40, 40), 255, np.uint8))
GREY = np.full((100, 120, 3), 128, np.uint8)


def stuck(pixels: Image = GREY, middle: tuple[float, float] = (60, 50), seed: int = 0) -> Image:
    return stick_on(pixels, RED_SQUARE, Pose(middle, height=20, angle=0), np.random.default_rng(seed))


def test_the_middle_of_the_sticker_is_where_it_should_be() -> None:
    for seed in range(20):
        red = stuck(seed=seed)[..., 0] > 150
        assert np.argwhere(red).mean(axis=0) == pytest.approx([50, 60], abs=1)
        assert red.sum() == pytest.approx(20 * 20, rel=0.15)


def test_nothing_changes_but_what_sticker_and_shadow_cover() -> None:
    for seed in range(20):
        changed = np.argwhere((stuck(seed=seed) != GREY).any(axis=2))
        assert (changed.min(axis=0) >= (34, 44)).all() and (changed.max(axis=0) <= (66, 76)).all()


def test_its_shadow_darkens_what_is_beside_it() -> None:
    image = stuck().astype(int)
    beside = (image != GREY).any(axis=2) & (np.ptp(image, axis=2) == 0)
    assert beside.any() and (image[beside] < 128).all()


def test_a_sticker_at_the_edge_is_cut_off() -> None:
    image = stuck(middle=(0, 0))
    assert image.shape == GREY.shape and (image[:8, :8, 0] > 150).all() and (image[30:, 30:] == 128).all()


def test_the_photo_itself_is_left_as_it_is() -> None:
    photo = GREY.copy()
    stuck(photo)
    assert (photo == GREY).all()


@pytest.mark.parametrize(("angle", "top_left"), [(0, (-20, -10)), (90, (10, -20)), (180, (20, 10))])
def test_an_angle_turns_it_clockwise_around_its_middle(angle: float, top_left: tuple[float, float]) -> None:
    label = Sticker(np.zeros((10, 20, 3), np.uint8), np.zeros((10, 20), np.uint8))
    corners = corners_of(label, Pose((100.0, 50.0), height=20, angle=angle), np.random.default_rng(0))
    assert corners[0] - (100, 50) == pytest.approx(np.array(top_left), abs=1.1)  # seen up to 5 % askew
    assert corners.mean(axis=0) == pytest.approx(np.array([100, 50]), abs=1.1)


def test_light_is_even_on_an_even_product_and_follows_a_shade() -> None:
    cover = np.ones((40, 40), np.float32)
    assert light_on(np.full((40, 40, 3), 90, np.float32), cover) == pytest.approx(np.ones((40, 40)), abs=1e-5)
    shaded = np.broadcast_to(np.linspace(60, 180, 40, dtype=np.float32)[:, np.newaxis, np.newaxis], (40, 40, 3)).copy()
    light = light_on(shaded, cover)
    assert light[0].max() < 0.9 and light[-1].min() > 1.05 and light.min() >= 0.7 and light.max() <= 1.15
