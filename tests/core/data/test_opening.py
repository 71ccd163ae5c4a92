from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import PIL.Image
import pytest

from mendkit.config import DataConfig
from mendkit.data.catalogue import SPLITS, Catalogue
from mendkit.data.opening import left_out, open_catalogue
from mendkit.errors import DataError
from mendkit_registry import DefectType

Put = Callable[..., list[Path]]
TASKS = ("background.watermark", "viewpoint.wrong_angle")

# By their hash, p3 is test and p5 val; p1, p2 and p4 are train.


def opened(root: Path | None = None, **settings: Any) -> Catalogue:
    return open_catalogue(DataConfig(root=root, **settings), TASKS)


def clean_names(catalogue: Catalogue) -> dict[str, list[str]]:
    return {split: [ref.name for ref in catalogue[split].clean] for split in SPLITS}


def resource_names(catalogue: Catalogue, kind: str = "backgrounds") -> dict[str, list[str]]:
    return {split: [ref.name for ref in catalogue[split].resources.get(kind, ())] for split in SPLITS}


def test_clean_images_are_split_by_their_names(root: Path, put: Put) -> None:
    put(*(f"clean/p{i}.png" for i in range(1, 6)))
    assert clean_names(opened(root)) == {"train": ["p1", "p2", "p4"], "val": ["p5"], "test": ["p3"]}


def test_what_no_part_of_the_catalogue_takes_is_counted(root: Path, put: Put) -> None:
    put(
        "clean/p1.png",
        "clean/deep/p2.png",
        "background/watermark/source/p1.png",
        "old/p9.png",
        "p8.png",
        "backgrounds/b.png",
    )
    put("views/front.png", "views/side.png")
    for name in ("clean/p3.heic", "clean/p1.mask.png", "clean/gone.mask.png", "notes.txt", "clean/.hidden"):
        (root / name).touch()
    (root / "manifest.csv").write_text(
        "source,target,task\nviews/../views/side.png,views/front.png,viewpoint.wrong_angle\n"
    )
    config = DataConfig(root=root, clean=root / "clean")
    assert left_out(config, open_catalogue(config, TASKS)) == {
        "images outside the layout": 2,
        ".heic": 1,
        "*.mask.png": 1,
        ".txt": 1,
    }


def test_links_to_themselves_stop_nothing(root: Path, put: Put) -> None:
    put("clean/p1.png", "background/watermark/source/p1.png")
    for name in ("loop", "background/loop", "background/watermark/source/loop.png", "clean/loop"):
        (root / name).symlink_to((root / name).name)
    catalogue = opened(root)
    assert clean_names(catalogue)["train"] == ["p1"]
    assert {path.name for path in catalogue.paths()} == {"p1.png", "loop.png"}


def test_split_folders_state_the_splits(root: Path, put: Put) -> None:
    put("clean/train/p3.png", "clean/val/p1.png", "clean/test/p2.png")
    assert clean_names(opened(root)) == {"train": ["p3"], "val": ["p1"], "test": ["p2"]}


def test_val_is_cut_out_of_train_if_no_folder_states_it(root: Path, put: Put) -> None:
    put(*(f"clean/train/p{i}.png" for i in range(1, 6)), "clean/test/p18.png")
    assert clean_names(opened(root)) == {"train": ["p1", "p2", "p3", "p4"], "val": ["p5"], "test": ["p18"]}


def test_one_product_is_in_one_split_in_all_places_of_the_root(root: Path, put: Put) -> None:
    put("clean/p3.jpg", "background/watermark/target/p3.png", "background/watermark/source/p3.png")
    catalogue = opened(root)
    assert len(catalogue["test"].clean) == len(catalogue["test"].of("background.watermark").pairs) == 1


def test_a_root_may_mix_folders_manifests_and_clean_images(root: Path, put: Put) -> None:
    put("clean/p1.png", "background/watermark/source/p1.png", "views/front.png", "views/side.png")
    put("viewpoint/wrong_angle/side_by_side/p2.png")
    (root / "manifest.csv").write_text(
        "source,target,task,split\nviews/side.png,views/front.png,viewpoint.wrong_angle,train\n"
    )
    (root / "manifest.jsonl").write_text(
        '{"target": "views/front.png", "task": "background.watermark", "split": "test"}'
    )
    catalogue = opened(root)
    assert [pair.name for pair in catalogue["train"].of("viewpoint.wrong_angle").pairs] == ["p2", "side"]
    assert [ref.name for ref in catalogue["train"].of("background.watermark").sources] == ["p1"]
    assert [ref.name for ref in catalogue["test"].of("background.watermark").targets] == ["front"]
    assert list(catalogue["test"].tasks) == ["background.watermark"]
    assert list(catalogue["val"].tasks) == []


def test_what_the_configuration_names_is_instead_of_what_the_root_has(root: Path, put: Put) -> None:
    put("clean/p1.png", "elsewhere/p2.png", "backgrounds/p1.png", "rooms/p4.png")
    (root / "other.csv").write_text("source,task\nelsewhere/p2.png,background.watermark\n")
    catalogue = opened(
        root, clean=root / "elsewhere", manifest=root / "other.csv", resources={"backgrounds": root / "rooms"}
    )
    assert clean_names(catalogue)["train"] == ["p2"]
    assert resource_names(catalogue)["train"] == ["p4"]
    assert len(catalogue["train"].of("background.watermark").sources) == 1


def test_resources_lie_in_the_root_by_their_kind(root: Path, put: Put) -> None:
    put("clean/p1.png", "backgrounds/p1.png", "resources/backgrounds/p2.png", "resources/logos/p4.png")
    catalogue = opened(root)
    assert sorted(resource_names(catalogue)["train"]) == ["p1", "p2"]
    assert resource_names(catalogue, "logos")["train"] == ["p4"]


def test_a_split_without_resources_never_borrows_those_of_another(root: Path, put: Put) -> None:
    put("clean/p1.png", "backgrounds/test/p1.png")
    catalogue = opened(root)
    assert resource_names(catalogue) == {"train": [], "val": [], "test": ["p1"]}
    assert "backgrounds" not in catalogue["train"].resources


def test_opening_reads_no_image(root: Path, put: Put) -> None:
    put("clean/p1.png", "backgrounds/p1.png", "background/watermark/source/p1.png")
    with patch.object(PIL.Image, "open", side_effect=AssertionError("an image was opened")):
        assert len(opened(root)["train"].clean) == 1


def test_an_empty_file_is_found_by_name_and_left_for_the_check(root: Path) -> None:
    (root / "clean").mkdir()
    (root / "clean" / "p1.png").touch()
    assert clean_names(opened(root))["train"] == ["p1"]


def test_nothing_named_is_an_error_with_a_remedy() -> None:
    with pytest.raises(DataError, match="give a data root"):
        opened()


@pytest.mark.parametrize("setting", ["root", "clean"])
def test_a_missing_folder_is_named(tmp_path: Path, setting: str) -> None:
    with pytest.raises(DataError, match="gone: no such folder"):
        opened(**{setting: tmp_path / "gone"})


def test_a_missing_resource_folder_is_named(root: Path, put: Put) -> None:
    put("clean/p1.png")
    with pytest.raises(DataError, match="rooms: no such folder"):
        opened(root, resources={"backgrounds": root / "rooms"})


def test_an_empty_root_is_an_error_with_a_remedy(root: Path) -> None:
    with pytest.raises(DataError, match=r"root: no clean images .*put images in `clean/`, `<group>/<type>/source/`"):
        opened(root)


def test_images_in_the_root_itself_are_pointed_to(root: Path, put: Put) -> None:
    put("shoes/p1.png")
    with pytest.raises(DataError, match=r"If .*p1\.png is a clean image, give its folder"):
        opened(root)


@pytest.mark.parametrize("empty", ["backgrounds", "resources/logos", "background/watermark/source"])
def test_an_empty_folder_that_was_laid_out_is_named(root: Path, put: Put, empty: str) -> None:
    put("clean/p1.png")
    (root / empty).mkdir(parents=True)
    with pytest.raises(DataError, match=f"{empty.removesuffix('/source')}: no images"):
        opened(root)


def test_an_empty_clean_folder_that_was_named_is_an_error(root: Path, put: Put) -> None:
    put("background/watermark/source/p1.png", "elsewhere/notes.png")
    (root / "elsewhere" / "notes.png").rename(root / "elsewhere" / "notes.txt")
    with pytest.raises(DataError, match="elsewhere: no images for 'clean'"):
        opened(root, clean=root / "elsewhere")


def test_a_folder_of_an_unknown_task_is_an_error_with_the_nearest_names(root: Path, put: Put) -> None:
    put("background/watermrk/source/p1.png")
    with pytest.raises(
        DataError, match=r"watermrk: no task named 'background\.watermrk' \(nearest: background\.watermark"
    ):
        opened(root)


def test_a_folder_of_a_renamed_task_is_an_error_with_the_new_name(root: Path, put: Put) -> None:
    put("tint/cast/source/p1.png")
    task = DefectType(name="tone.cast", title="", supervision="paired", formerly=("tint.cast",))
    with pytest.raises(DataError, match=r"cast: no task named 'tint\.cast' \('tint\.cast' is now 'tone\.cast'\)"):
        open_catalogue(DataConfig(root=root), {task.name: task})


def test_other_folders_are_left_alone(root: Path, put: Put) -> None:
    put("clean/p1.png", "notes/2024/p1.png", ".cache/x/source/p1.png", "source/p1/x.png")
    assert list(opened(root)["train"].tasks) == []
