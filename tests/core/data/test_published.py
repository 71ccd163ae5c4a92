from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mendkit.config import DataConfig
from mendkit.data.catalogue import SPLITS, Catalogue, ImageRef
from mendkit.data.images import write_image
from mendkit.data.opening import open_catalogue
from mendkit.data.published import lacking, sides
from mendkit.errors import DataError
from mendkit_registry import DatasetSpec

Put = Callable[..., list[Path]]

# By their hash, p3 is test and p5 val; p1, p2 and p4 are train.

URL = "https://example.org/sets"
MAPS = DatasetSpec(name="maps", task="view.maps", source="maps/{split}", source_half="left", url=URL)
ZEBRAS = DatasetSpec(
    name="zebras", task="color.zebras", source="zebras/{split}A", target="zebras/{split}B", url=f"{URL}/z"
)
PHOTOS = DatasetSpec(
    name="photos", task="back.photos", source="real/{split}", target="white/{split}", reversible=False, url=URL
)
DATASETS = (MAPS, ZEBRAS, PHOTOS)
TASKS = ("back.photos", "color.zebras", "view.maps", "view.tilted")


def opened(root: Path, *reverse: str) -> Catalogue:
    return open_catalogue(DataConfig(root=root, reverse=reverse), TASKS, DATASETS)


def pairs(catalogue: Catalogue, task: str = "view.maps") -> dict[str, list[str]]:
    return {split: [pair.name for pair in catalogue[split].of(task).pairs] for split in SPLITS}


def domains(catalogue: Catalogue, task: str) -> dict[str, tuple[list[str], list[str]]]:
    def names(refs: tuple[ImageRef, ...]) -> list[str]:
        return [ref.path.relative_to(ref.path.parents[1]).as_posix() for ref in refs]

    files = {split: catalogue[split].of(task) for split in SPLITS}
    assert not any(each.pairs for each in files.values())
    return {split: (names(each.sources), names(each.targets)) for split, each in files.items()}


def test_published_splits_are_kept(root: Path, put: Put) -> None:
    put("maps/train/p3.png", "maps/val/p1.png", "maps/test/p2.png")
    assert pairs(opened(root)) == {"train": ["p3"], "val": ["p1"], "test": ["p2"]}


def test_if_train_and_val_were_published_val_is_the_test(root: Path, put: Put) -> None:
    put(*(f"maps/train/p{i}.png" for i in range(1, 6)), "maps/val/p1.png", "maps/val/p5.png")
    assert pairs(opened(root)) == {"train": ["p1", "p2", "p3", "p4"], "val": ["p5"], "test": ["p1", "p5"]}


def test_if_train_and_test_were_published_val_is_cut_out_of_train(root: Path, put: Put) -> None:
    put(*(f"maps/train/p{i}.png" for i in range(1, 6)), "maps/test/p4.png")
    assert pairs(opened(root)) == {"train": ["p1", "p2", "p3", "p4"], "val": ["p5"], "test": ["p4"]}


def test_two_domains_are_no_pairs_even_with_equal_names(root: Path, put: Put) -> None:
    put("zebras/trainA/p1.png", "zebras/trainA/p5.png", "zebras/trainB/p1.png")
    put("zebras/testA/p2.png", "zebras/testB/p2.png")
    assert domains(opened(root), "color.zebras") == {
        "train": (["trainA/p1.png"], ["trainB/p1.png"]),
        "val": (["trainA/p5.png"], []),
        "test": (["testA/p2.png"], ["testB/p2.png"]),
    }


def test_the_sides_may_lie_in_two_folders_with_classes_and_masks(root: Path, put: Put) -> None:
    put("real/train/hats/p1.png", "real/val/hats/p2.png", "real/test/p3.png")
    write_image(root / "real/train/hats/p1.mask.png", np.full((3, 4), 9, np.uint8))
    put(*(f"white/{split}/{split}.png" for split in SPLITS))
    catalogue = opened(root)
    assert domains(catalogue, "back.photos") == {
        "train": (["hats/p1.png"], ["train/train.png"]),
        "val": (["hats/p2.png"], ["val/val.png"]),
        "test": (["test/p3.png"], ["test/test.png"]),
    }
    (source,) = catalogue["train"].of("back.photos").sources
    assert (foreground := source.photo().foreground) is not None and foreground.max() == 9


@pytest.mark.parametrize(("reverse", "source", "target"), [((), 10, 90), (("view.maps",), 90, 10)])
def test_reversing_a_side_by_side_set_swaps_the_halves(
    root: Path, reverse: tuple[str, ...], source: int, target: int
) -> None:
    columns = np.array([10, 10, 90, 90], np.uint8)
    write_image(root / "maps" / "train" / "p1.png", np.broadcast_to(columns[None, :, None], (2, 4, 3)).copy())
    (pair,) = opened(root, *reverse)["train"].of("view.maps").pairs
    assert pair.source.read().tolist() == np.full((2, 2, 3), source).tolist()
    assert pair.target.read().tolist() == np.full((2, 2, 3), target).tolist()


def test_reversing_two_domains_swaps_them_and_leaves_other_sets_alone(root: Path, put: Put) -> None:
    put("zebras/trainA/p1.png", "zebras/trainB/p2.png", "real/train/p1.png", "white/train/p2.png")
    catalogue = opened(root, "color.zebras")
    assert domains(catalogue, "color.zebras")["train"] == (["trainB/p2.png"], ["trainA/p1.png"])
    assert domains(catalogue, "back.photos")["train"] == (["train/p1.png"], ["train/p2.png"])


def test_reversing_changes_no_split(root: Path, put: Put) -> None:
    put(*(f"maps/train/p{i}.png" for i in range(1, 6)), "maps/test/p9.png")
    assert pairs(opened(root, "view.maps")) == pairs(opened(root))


def test_folders_of_a_users_own_state_their_sides_and_stay_as_they_are(root: Path, put: Put) -> None:
    put("maps/train/p1.png", "view/maps/source/p2.png", "view/maps/target/p2.png")
    own, published = opened(root, "view.maps")["train"].of("view.maps").pairs
    assert own.source.path == root / "view/maps/source/p2.png"
    assert (published.source.half, published.target.half) == ("right", "left")


@pytest.mark.parametrize(
    ("reverse", "fault"),
    [
        ("view.map", r"no task named 'view\.map' \(nearest: view\.maps"),
        ("view.tilted", r"cannot reverse view\.tilted: only published sets .*: color\.zebras, view\.maps$"),
        ("back.photos", r"cannot reverse back\.photos: only published sets"),
        ("color.zebras", r"no images in zebras/\{split\}A or zebras/\{split\}B .* https://example\.org/sets/z"),
    ],
)
def test_what_cannot_be_reversed_is_an_error_with_the_remedy(root: Path, put: Put, reverse: str, fault: str) -> None:
    put("maps/train/p1.png", "real/train/p1.png", "white/train/p1.png")
    with pytest.raises(DataError, match=fault):
        opened(root, reverse)


def test_reversing_without_a_data_root_is_an_error(root: Path, put: Put) -> None:
    put("photos/p1.png")
    with pytest.raises(DataError, match="no images in maps"):
        open_catalogue(DataConfig(clean=root / "photos", reverse=("view.maps",)), TASKS, DATASETS)


def test_a_set_of_which_one_side_is_missing_is_left_out_and_says_what_it_lacks(root: Path, put: Put) -> None:
    put("clean/p1.png", "zebras/trainA/p1.png")
    assert list(opened(root)["train"].tasks) == []
    assert lacking(root, ZEBRAS) == ("zebras/{split}B",)
    assert lacking(root, MAPS) == lacking(None, MAPS) == ("maps/{split}",)
    put("zebras/testB/p1.png")
    assert lacking(root, ZEBRAS) == ()


def test_a_folder_of_that_name_without_splits_is_no_published_set(root: Path, put: Put) -> None:
    put("clean/p1.png", "maps/p1.png", "maps/training/p1.png")
    assert list(opened(root)["train"].tasks) == []


@pytest.mark.parametrize(
    ("dataset", "reverse", "expected"),
    [
        (MAPS, False, ("maps/{split}, left half", "maps/{split}, right half")),
        (MAPS, True, ("maps/{split}, right half", "maps/{split}, left half")),
        (ZEBRAS, False, ("zebras/{split}A", "zebras/{split}B")),
        (ZEBRAS, True, ("zebras/{split}B", "zebras/{split}A")),
    ],
)
def test_the_sides_are_said_in_words(dataset: DatasetSpec, reverse: bool, expected: tuple[str, str]) -> None:
    assert sides(dataset, reverse=reverse) == expected
