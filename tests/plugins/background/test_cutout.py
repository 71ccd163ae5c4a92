from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from types import ModuleType

import cv2
import numpy as np
import pytest

from mendkit.contracts import Image, Mask, Pair, Photo, Resources
from mendkit_background import foreground
from mendkit_background.cutout import CutoutSynthesizer, matte_of, on_white
from mendkit_background.foreground import SegmenterError, grabcut_foreground


@pytest.fixture
def photo() -> Image:
    """A red shirt on a wooden floor, 60 x 48 px, with some noise."""
    noise = np.random.default_rng(0).normal(0, 6, (60, 48, 3))
    image = np.full((60, 48, 3), (170, 130, 80), np.float64)
    image[14:46, 12:36] = (180, 20, 30)
    return (image + noise).clip(0, 255).astype(np.uint8)


@pytest.fixture
def without_rembg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mendkit_background.cutout.has_rembg", lambda: False)


@pytest.fixture
def rembg(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A stand-in for the package, which finds the left half of each photo."""
    module = ModuleType("rembg")
    module.__spec__ = ModuleSpec("rembg", None)
    module.calls = 0  # type: ignore[attr-defined]

    def remove(pixels: Image, *, session: object, only_mask: bool) -> Mask:
        assert session == "session" and only_mask
        module.calls += 1  # type: ignore[attr-defined]
        mask = np.zeros(pixels.shape[:2], np.uint8)
        mask[:, : pixels.shape[1] // 2] = 255
        return mask

    module.remove = remove  # type: ignore[attr-defined]
    module.new_session = lambda: "session"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "rembg", module)
    foreground._rembg_session.cache_clear()
    yield module
    foreground._rembg_session.cache_clear()


def cut(photo: Photo, resources: Resources, synthesizer: CutoutSynthesizer | None = None) -> Pair:
    return (synthesizer or CutoutSynthesizer())(photo, np.random.default_rng(0), resources)


def test_a_mask_beside_the_photo_decides(photo: Image, no_resources: Resources) -> None:
    mask = np.zeros((60, 48), np.uint8)
    mask[20:40, 10:30] = 255
    defect = cut(Photo(photo, foreground=mask), no_resources)
    np.testing.assert_array_equal(defect.source, photo)
    np.testing.assert_array_equal(defect.target[20:40, 10:30], photo[20:40, 10:30])
    assert (defect.target[mask == 0] == 255).all()


@pytest.mark.usefixtures("without_rembg")
@pytest.mark.parametrize("useless", [0, 255])
def test_an_empty_or_full_mask_is_not_believed(photo: Image, useless: int, no_resources: Resources) -> None:
    defect = cut(Photo(photo, foreground=np.full((60, 48), useless, np.uint8)), no_resources)
    np.testing.assert_array_equal(defect.target, cut(Photo(photo), no_resources).target)


@pytest.mark.usefixtures("without_rembg")
def test_grabcut_finds_a_plain_product(photo: Image, no_resources: Resources) -> None:
    white = (cut(Photo(photo), no_resources).target == 255).all(axis=2)
    truth = np.ones((60, 48), bool)
    truth[14:46, 12:36] = False
    assert (white == truth).mean() > 0.97


def test_grabcut_gives_the_same_foreground_whatever_opencv_drew_before(photo: Image) -> None:
    cv2.setRNGSeed(1)
    first = grabcut_foreground(photo)
    cv2.setRNGSeed(2)
    np.testing.assert_array_equal(grabcut_foreground(photo), first)


def test_grabcut_works_small_and_answers_in_the_size_of_the_photo() -> None:
    large = np.full((900, 700, 3), (40, 120, 60), np.uint8)
    cv2.circle(large, (350, 450), 200, (200, 180, 40), -1)
    found = grabcut_foreground(large)
    assert found.shape == (900, 700)
    assert found[450, 350] == 255 and found[30, 30] == 0


@pytest.mark.usefixtures("without_rembg")
def test_a_photo_without_a_product_is_left_as_it_is(no_resources: Resources) -> None:
    flat = np.full((40, 40, 3), 90, np.uint8)
    defect = cut(Photo(flat), no_resources)
    np.testing.assert_array_equal(defect.target, flat)
    assert defect.mask is not None and not defect.mask.any()


def test_rembg_is_used_if_it_is_installed_and_asked_once_a_photo(
    photo: Image, rembg: ModuleType, no_resources: Resources
) -> None:
    synthesizer = CutoutSynthesizer()
    for _ in range(2):
        target = cut(Photo(photo), no_resources, synthesizer).target
    np.testing.assert_array_equal(target[:, :24], photo[:, :24])
    assert (target[:, 24:] == 255).all()
    assert rembg.calls == 1


def test_a_segmenter_that_cannot_start_is_a_clear_error(
    photo: Image, rembg: ModuleType, no_resources: Resources
) -> None:
    def exits() -> None:
        raise SystemExit("no onnxruntime backend")

    rembg.new_session = exits  # type: ignore[attr-defined]
    with pytest.raises(SegmenterError, match=r"no onnxruntime backend.*pip uninstall rembg"):
        cut(Photo(photo), no_resources)


def test_opacity_rises_between_unlikely_and_likely() -> None:
    levels = np.array([[0, 76, 127.5, 179, 255]])
    assert matte_of(levels.astype(np.uint8)).round(2).tolist() == [[0, 0, 0.5, 1, 1]]


def test_half_a_product_on_white_is_half_white() -> None:
    laid = on_white(np.full((1, 1, 3), 55, np.uint8), np.full((1, 1), 0.5, np.float32))
    assert laid.ravel().tolist() == [155, 155, 155]
