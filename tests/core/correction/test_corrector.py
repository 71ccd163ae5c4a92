from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import torch
from PIL.ImageCms import ImageCmsProfile, createProfile

from mendkit import Corrector
from mendkit.contracts import Image
from mendkit.errors import CheckpointError, ConfigError, MendkitError, UnreadableImageError

Noise = Callable[[int, int], Image]


def test_importing_mendkit_imports_no_torch() -> None:
    lines = "import mendkit, sys; assert 'torch' not in sys.modules; print(mendkit.__version__)"
    subprocess.run([sys.executable, "-c", lines], check=True, capture_output=True)


def test_the_package_has_no_other_names() -> None:
    import mendkit

    with pytest.raises(AttributeError, match="Correktor"):
        mendkit.Correktor  # noqa: B018


def test_a_photo_keeps_its_size_and_what_has_no_defect(whitener: Any, noise: Noise) -> None:
    photo = noise(160, 160)
    output = Corrector(whitener).correct(photo, "light.dark")
    assert output.shape == photo.shape and output.dtype == np.uint8
    assert (output[:60] == 255).all()
    np.testing.assert_array_equal(output[100:], photo[100:])


def test_a_file_an_array_and_a_pillow_image_are_all_the_same(whitener: Any, noise: Noise, tmp_path: Path) -> None:
    photo, path = noise(50, 40), tmp_path / "photo.png"
    PIL.Image.fromarray(photo).save(path)
    before = path.read_bytes(), photo.copy()
    corrector = Corrector(whitener)
    outputs = [corrector.correct(image, "light.dark") for image in (photo, path, str(path), PIL.Image.open(path))]
    for output in outputs[1:]:
        np.testing.assert_array_equal(output, outputs[0])
    assert path.read_bytes() == before[0]
    np.testing.assert_array_equal(photo, before[1])


def test_a_pillow_image_is_turned_upright_and_left_as_it_was(whitener: Any, tmp_path: Path) -> None:
    exif, profile = PIL.Image.Exif(), ImageCmsProfile(createProfile("sRGB")).tobytes()
    exif[0x0112] = 6
    PIL.Image.new("RGB", (60, 30)).save(tmp_path / "photo.jpg", exif=exif, icc_profile=profile)
    image = PIL.Image.open(tmp_path / "photo.jpg")
    assert Corrector(whitener).correct(image, "light.dark").shape == (60, 30, 3)
    assert image.size == (60, 30) and image.info["icc_profile"] == profile


def test_an_unknown_task_is_answered_with_the_nearest_and_all_that_the_model_has(whitener: Any, noise: Noise) -> None:
    with pytest.raises(MendkitError, match=r"light\.drak.*nearest: light\.dark.*light\.dark, light\.paired"):
        Corrector(whitener).correct(noise(20, 20), "light.drak")
    with pytest.raises(MendkitError, match=r"'dust' \(known: light\.dark, light\.paired\)$"):
        Corrector(whitener).correct(noise(20, 20), "dust")


@pytest.mark.parametrize("shape", [(20, 20), (20, 20, 4), (0, 20, 3)])
def test_an_array_that_is_no_image_is_refused(whitener: Any, shape: tuple[int, ...]) -> None:
    with pytest.raises(MendkitError, match=r"uint8 \[H, W, 3\], got"):
        Corrector(whitener).correct(np.zeros(shape, np.uint8), "light.dark")


def test_bytes_and_open_files_are_decoded(whitener: Any, noise: Noise, tmp_path: Path) -> None:
    photo, path = noise(50, 40), tmp_path / "photo.png"
    PIL.Image.fromarray(photo).save(path)
    corrector = Corrector(whitener)
    expected = corrector.correct(photo, "light.dark")
    with path.open("rb") as file:
        for image in (path.read_bytes(), BytesIO(path.read_bytes()), file):
            np.testing.assert_array_equal(corrector.correct(image, "light.dark"), expected)


def test_bytes_that_are_not_an_image_are_an_error_in_words(whitener: Any) -> None:
    for image in (b"text", BytesIO(b"text")):
        with pytest.raises(UnreadableImageError, match="<bytes>: cannot be read as an image"):
            Corrector(whitener).correct(image, "light.dark")


@pytest.mark.parametrize("image", [None, [1, 2], StringIO("x"), [np.zeros((20, 20, 3), np.uint8)]])
def test_what_is_not_a_photo_is_refused_with_what_is(whitener: Any, image: Any) -> None:
    with pytest.raises(MendkitError, match=f"a photo must be a path, .* got a {type(image).__name__}"):
        Corrector(whitener).correct(image, "light.dark")


def test_a_folder_is_not_a_photo_and_is_called_what_it_is(whitener: Any, tmp_path: Path) -> None:
    with pytest.raises(UnreadableImageError, match="it is a folder"):
        Corrector(whitener).correct(tmp_path, "light.dark")


def test_a_broken_pillow_image_is_an_error_in_words(whitener: Any, noise: Noise, tmp_path: Path) -> None:
    PIL.Image.fromarray(noise(50, 40)).save(tmp_path / "photo.png")
    whole = (tmp_path / "photo.png").read_bytes()
    (tmp_path / "photo.png").write_bytes(whole[: len(whole) // 2])
    for file, name in ((tmp_path / "photo.png", r"photo\.png"), (BytesIO(whole[: len(whole) // 2]), "<Pillow image>")):
        with PIL.Image.open(file) as image, pytest.raises(UnreadableImageError, match=f"{name}: cannot be read as an"):
            Corrector(whitener).correct(image, "light.dark")


@pytest.mark.parametrize("references", [None, "other.png", Path("other.png"), np.zeros((20, 20, 3), np.uint8), b"x"])
def test_references_that_are_not_a_list_are_refused(whitener: Any, noise: Noise, references: Any) -> None:
    remedy = "leave them out" if references is None else "put it in a list"
    with pytest.raises(MendkitError, match=f"references must be a list of photos, got .*; {remedy}"):
        Corrector(whitener).correct(noise(20, 20), "light.dark", references)


def test_articles_suit_what_they_stand_before(whitener: Any, noise: Noise) -> None:
    with pytest.raises(MendkitError, match="got an int; leave them out"):
        Corrector(whitener).correct(noise(20, 20), "light.dark", 3)  # type: ignore[arg-type]


def test_a_reference_that_is_not_a_photo_is_refused(whitener: Any, noise: Noise) -> None:
    with pytest.raises(MendkitError, match="a photo must be a path"):
        Corrector(whitener).correct(noise(20, 20), "light.dark", [None])  # type: ignore[list-item]


def test_a_photo_that_was_overwritten_in_place_is_read_again(whitener: Any, tmp_path: Path) -> None:
    corrector, path = Corrector(whitener), tmp_path / "photo.png"
    for level in (10, 20):
        PIL.Image.new("RGB", (20, 20), (level, level, level)).save(path)
        assert corrector.correct(path, "light.dark")[-1, -1, 0] == level


@pytest.mark.parametrize("task", [None, 3])
def test_a_task_is_a_name(whitener: Any, noise: Noise, task: Any) -> None:
    with pytest.raises(MendkitError, match=f"no task named '{task}'"):
        Corrector(whitener).correct(noise(20, 20), task)


@pytest.mark.parametrize("model", [3, ["runs/first"]])
def test_a_model_is_loaded_by_its_path_or_name(model: Any) -> None:
    with pytest.raises(MendkitError, match="load a model by the path of its run, or by its name; got a"):
        Corrector.load(model)


def test_an_installed_model_is_loaded_by_its_name_or_as_the_default(ship: Callable[..., Path], noise: Noise) -> None:
    ship(rank=-1000)
    ship("second", rank=1000)
    photo = noise(20, 20)
    named, default = Corrector.load("tiny"), Corrector.load()
    assert named.tasks == default.tasks == Corrector.load(task="turn.tilted").tasks == ("stain.paired", "turn.tilted")
    np.testing.assert_array_equal(named.correct(photo, "stain.paired"), default.correct(photo, "stain.paired"))
    with pytest.raises(CheckpointError, match="no installed model named 'tinny'"):
        Corrector.load("tinny")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize("device", ["cuda", "cuda:1", "hpu"])
def test_a_device_that_is_not_there_is_refused_with_a_remedy(run: Path, device: str) -> None:
    with pytest.raises(ConfigError, match=f"device '{device}' cannot be used: .*; choose another, such as cpu"):
        Corrector.load(run, device)


def test_floats_are_refused(whitener: Any) -> None:
    with pytest.raises(MendkitError, match="float64"):
        Corrector(whitener).correct(np.zeros((20, 20, 3)), "light.dark")  # type: ignore[arg-type]


def test_a_missing_file_is_an_error_that_names_it(whitener: Any, tmp_path: Path) -> None:
    with pytest.raises(UnreadableImageError, match=r"gone\.jpg"):
        Corrector(whitener).correct(tmp_path / "gone.jpg", "light.dark")


def test_a_trained_run_corrects_and_explains(run: Path, noise: Noise) -> None:
    corrector = Corrector.load(run)
    assert corrector.tasks == ("stain.paired", "turn.tilted")
    photo = noise(70, 45)
    assert corrector.correct(photo, "stain.paired").shape == (70, 45, 3)
    maps = corrector.explain(photo, "stain.paired").maps()
    assert set(maps) == {"mask", "group_attention", "type_attention"}
    assert {image.shape for image in maps.values()} == {(70, 45, 3)}
    assert "flow" in corrector.explain(photo, "turn.tilted").maps()


def test_a_folder_without_a_checkpoint_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="mendkit train"):
        Corrector.load(tmp_path)


@pytest.mark.parametrize("device", ["gpu", "", "cuda:first"])
def test_what_is_not_a_device_is_refused_with_what_is(run: Path, device: str) -> None:
    with pytest.raises(ConfigError, match=f"device '{device}' is not known; use auto, cpu, cuda, cuda:1"):
        Corrector.load(run, device)
