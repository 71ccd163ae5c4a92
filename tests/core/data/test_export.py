from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from mendkit.config import DataConfig
from mendkit.data.catalogue import SPLITS
from mendkit.data.check import check_catalogue
from mendkit.data.export import export_pairs
from mendkit.data.images import write_image
from mendkit.data.making import MadePairs, made_pairs
from mendkit.data.opening import open_catalogue
from mendkit.errors import DataError, UnreadableImageError
from mendkit_registry import Registry, load

TASK = "background.watermark"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load()


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    """Three images in train, one in val, one in test."""
    for grey, name in enumerate(("train/a", "train/b", "train/c", "val/d", "test/e")):
        write_image(tmp_path / "clean" / f"{name}.png", np.full((32, 32, 3), 60 + 30 * grey, np.uint8))
    return tmp_path / "clean"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def pairs_of(clean: Path, registry: Registry, task: str = TASK, seed: int = 0) -> MadePairs:
    return made_pairs(open_catalogue(DataConfig(clean=clean), registry.tasks), registry, task, size=32, seed=seed)


def bytes_in(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_pairs_of_one_product_are_one_group(tmp_path: Path, out: Path, registry: Registry) -> None:
    for grey, name in enumerate(("bag_front", "bag_back", "shoe")):
        write_image(tmp_path / "views" / "train" / f"{name}.png", np.full((32, 32, 3), 60 + 30 * grey, np.uint8))
    config = DataConfig(clean=tmp_path / "views", product="(?P<product>.+)_[^_]+")
    pairs = made_pairs(open_catalogue(config, registry.tasks), registry, TASK, size=32, seed=0)
    export_pairs(out, pairs, count=6)
    with (out / "manifest.csv").open(encoding="utf-8", newline="") as file:
        groups = Counter(line["group"] for line in csv.DictReader(file))
    assert set(groups) <= {"bag", "train/shoe", "val/shoe"} and groups["bag"] == 4


def test_what_is_written_is_a_data_root_with_the_splits_of_the_images(
    clean: Path, out: Path, registry: Registry
) -> None:
    assert export_pairs(out, pairs_of(clean, registry), count=10) == (10, 0, ())
    catalogue = open_catalogue(DataConfig(root=out), registry.tasks)
    files = {split: catalogue[split].of(TASK) for split in SPLITS}
    assert {split: len(own.pairs) for split, own in files.items()} == {"train": 6, "val": 2, "test": 2}
    assert all(pair.source.name == pair.target.name for own in files.values() for pair in own.pairs)
    (first, *_), own = files["test"].pairs, np.full((32, 32, 3), 180, np.uint8)
    assert np.array_equal(first.target.read(), own) and not np.array_equal(first.source.read(), own)
    assert check_catalogue(catalogue).ok


def test_pairs_of_one_image_are_in_one_split_even_where_val_is_cut_out_of_train(
    tmp_path: Path, out: Path, registry: Registry
) -> None:
    for index in range(6):
        write_image(tmp_path / "few" / "train" / f"{index}.png", np.full((32, 32, 3), 40 * index, np.uint8))
    export_pairs(out, pairs_of(tmp_path / "few", registry), count=30)
    report = check_catalogue(open_catalogue(DataConfig(root=out), registry.tasks))
    assert report.ok and sum(report.holdings[0].counts.values()) == 30


def test_a_second_call_adds_what_is_missing_and_overwrites_nothing(clean: Path, out: Path, registry: Registry) -> None:
    export_pairs(out, pairs_of(clean, registry), count=4)
    before = bytes_in(out)
    (out / TASK / "source" / "00001.png").write_bytes(b"touched by hand")
    (out / TASK / "target" / "00002.png").unlink()
    assert export_pairs(out, pairs_of(clean, registry), count=5) == (2, 3, ())
    after = bytes_in(out)
    assert after.pop(f"{TASK}/source/00001.png") == b"touched by hand"
    assert after[f"{TASK}/target/00002.png"] == before[f"{TASK}/target/00002.png"]
    assert len(list(csv.DictReader((out / "manifest.csv").open()))) == 5
    export_pairs(out, pairs_of(clean, registry), count=2)
    assert (out / "manifest.csv").read_bytes() == after["manifest.csv"]


def test_a_call_that_was_interrupted_can_be_repeated(
    clean: Path, out: Path, tmp_path: Path, registry: Registry
) -> None:
    def interrupted(numbers: Iterable[int], count: int) -> Iterable[int]:
        yield from list(numbers)[:3]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_pairs(out, pairs_of(clean, registry), count=6, watch=interrupted)
    assert not (out / "manifest.csv").exists() and len(list((out / TASK / "source").iterdir())) == 3
    export_pairs(out, pairs_of(clean, registry), count=6)
    export_pairs(tmp_path / "at once", pairs_of(clean, registry), count=6)
    assert bytes_in(out) == bytes_in(tmp_path / "at once")


def test_pairs_that_were_made_in_another_way_are_never_mixed(clean: Path, out: Path, registry: Registry) -> None:
    export_pairs(out, pairs_of(clean, registry), count=2)
    with pytest.raises(DataError, match=r"holds pairs of background\.watermark made with .*choose another folder"):
        export_pairs(out, pairs_of(clean, registry, seed=1), count=2)
    write_image(clean / "train" / "new.png", np.zeros((32, 32, 3), np.uint8))
    with pytest.raises(DataError, match="holds pairs"):
        export_pairs(out, pairs_of(clean, registry), count=2)


def test_several_tasks_share_a_root(clean: Path, out: Path, registry: Registry) -> None:
    for task in (TASK, "viewpoint.wrong_angle"):
        export_pairs(out, pairs_of(clean, registry, task), count=5)
    catalogue = open_catalogue(DataConfig(root=out), registry.tasks)
    assert {name: len(files.pairs) for name, files in catalogue["train"].tasks.items()} == {
        TASK: 3,
        "viewpoint.wrong_angle": 3,
    }
    assert set(json.loads((out / "made.json").read_text())) == {TASK, "viewpoint.wrong_angle"}


def test_what_somebody_else_put_there_is_left_alone(clean: Path, tmp_path: Path, registry: Registry) -> None:
    listed, folder, damaged = (tmp_path / name for name in ("listed", "folder", "damaged"))
    for path in (listed, folder / TASK, damaged):
        path.mkdir(parents=True)
    (listed / "manifest.csv").write_text("source,target,task\n")
    (damaged / "made.json").write_text("{")
    for root, fault in ((listed, "manifest.csv: already exists"), (folder, "already exists"), (damaged, "cannot be")):
        before = bytes_in(root)
        with pytest.raises(DataError, match=f"{fault}.*choose another folder"):
            export_pairs(root, pairs_of(clean, registry), count=1)
        assert bytes_in(root) == before


def test_a_root_that_is_no_folder_is_refused(clean: Path, tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(DataError, match="file: not a folder; choose another one"):
        export_pairs(tmp_path / "file", pairs_of(clean, registry), count=1)
    assert (tmp_path / "file").read_text() == "mine"


def test_an_image_that_cannot_be_read_is_reported_once_and_its_pairs_are_left_out(
    clean: Path, out: Path, registry: Registry
) -> None:
    (clean / "test" / "e.png").write_bytes(b"no image")
    done = export_pairs(out, pairs_of(clean, registry), count=10)
    (failure,) = done.failures
    assert (done.made, done.there) == (8, 0)
    assert isinstance(failure, UnreadableImageError) and failure.path == clean / "test" / "e.png"
    lines = list(csv.DictReader((out / "manifest.csv").open()))
    assert len(lines) == 8 and {line["split"] for line in lines} == {"train", "val"}
