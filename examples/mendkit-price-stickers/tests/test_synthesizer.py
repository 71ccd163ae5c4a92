import cv2
import numpy as np
import pytest
from mendkit.contracts import Image, Photo, Resources

from mendkit_price_stickers.synthesizer import PriceStickerSynthesizer, choose_pose, find_product, room_in


class NoResources:
    def draw(self, kind: str, rng: np.random.Generator, height: int, width: int) -> Image | None:
        return None


NOTHING: Resources = NoResources()


def test_the_product_is_what_is_not_white() -> None:
    pixels = np.full((8, 8, 3), 255, np.uint8)
    pixels[2:4, 3:7] = 90
    assert np.argwhere(find_product(Photo(pixels))).tolist() == [[y, x] for y in (2, 3) for x in (3, 4, 5, 6)]


def test_a_mask_beside_the_photo_says_where_the_product_is() -> None:
    mask = np.zeros((8, 8), np.uint8)
    mask[5, 6] = 255
    assert np.argwhere(find_product(Photo(np.zeros((8, 8, 3), np.uint8), foreground=mask))).tolist() == [[5, 6]]


def test_of_a_white_photo_all_is_product() -> None:
    assert find_product(Photo(np.full((4, 6, 3), 255, np.uint8))).all()


def test_room_ends_where_the_product_or_the_photo_ends() -> None:
    product = np.zeros((5, 9), np.bool_)
    product[:, :5] = True
    assert room_in(product)[2].tolist() == pytest.approx([1, 2, 3, 2, 1, 0, 0, 0, 0], abs=0.1)


def test_a_sticker_lies_on_the_product_with_room_around_it() -> None:
    product = np.zeros((100, 120), np.bool_)
    product[20:80, 30:90] = True
    for seed in range(50):
        pose = choose_pose(product, np.random.default_rng(seed))
        assert 0.13 * 60 <= pose.height <= 0.3 * 60
        for place, first, last in ((pose.middle[0], 30, 89), (pose.middle[1], 20, 79)):
            assert min(place - first, last - place) + 1 >= pose.height / 2 - 0.5


def test_on_a_thin_product_it_lies_along_the_middle() -> None:
    product = np.zeros((100, 120), np.bool_)
    product[48:53] = True
    for seed in range(20):
        pose = choose_pose(product, np.random.default_rng(seed))
        assert pose.middle[1] == 50 and pose.height >= 6


def test_a_pair_differs_where_its_mask_is_and_its_target_is_the_photo() -> None:
    pixels = np.full((64, 64, 3), 255, np.uint8)
    pixels[8:56, 8:56] = (90, 110, 140)
    for seed in range(20):
        pair = PriceStickerSynthesizer(most=1)(Photo(pixels), np.random.default_rng(seed), NOTHING)
        assert pair.mask is not None and (pair.target == pixels).all()
        assert ((pair.source != pixels).any(axis=2) == (pair.mask == 255)).all()
        assert 0.01 < (pair.mask > 0).mean() < 0.35


@pytest.mark.parametrize(("most", "counts"), [(1, {1}), (2, {1, 2})])
def test_at_most_so_many_stickers_are_stuck_on(most: int, counts: set[int]) -> None:
    photo = Photo(np.full((96, 96, 3), 128, np.uint8))
    masks = [PriceStickerSynthesizer(most)(photo, np.random.default_rng(seed), NOTHING).mask for seed in range(20)]
    assert {cv2.connectedComponents(mask)[0] - 1 for mask in masks if mask is not None} == counts


def test_none_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="most must be at least 1, got 0"):
        PriceStickerSynthesizer(most=0)
