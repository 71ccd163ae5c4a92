from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from mendkit.config import DataConfig
from mendkit.data.catalogue import SPLITS
from mendkit.data.check import Look, Report, check_catalogue
from mendkit.data.images import write_image
from mendkit.data.opening import open_catalogue

Put = Callable[..., list[Path]]


def checked(root: Path) -> Report:
    return check_catalogue(open_catalogue(DataConfig(root=root), ["background.watermark"]))


def test_everything_is_counted_by_part_and_split(root: Path, put: Put) -> None:
    put("clean/train/a.png", "clean/train/b.png", "clean/val/c.png", "clean/test/d.png", "backgrounds/test/e.png")
    task = "background/watermark"
    put(
        f"{task}/source/train/f.png",
        f"{task}/target/train/f.png",
        f"{task}/source/val/g.png",
        f"{task}/target/test/h.png",
    )
    report = checked(root)
    assert [(each.name, each.what, tuple(each.counts.values())) for each in report.holdings] == [
        ("clean", "images", (2, 1, 1)),
        ("background.watermark", "pairs", (1, 0, 0)),
        ("background.watermark", "sources", (0, 1, 0)),
        ("background.watermark", "targets", (0, 0, 1)),
        ("backgrounds", "images", (0, 0, 1)),
    ]
    assert report.ok


def test_sizes_are_those_of_the_smallest_the_median_and_the_largest_image(root: Path, put: Put) -> None:
    put("clean/a.png", width=30, height=10)
    put("clean/b.png", width=8, height=9)
    put("clean/c.png", "clean/d.png", width=20, height=10)
    assert checked(root).holdings[0].sizes == ((8, 9), (20, 10), (30, 10))


def test_half_a_side_by_side_file_has_half_its_width(root: Path, put: Put) -> None:
    put("background/watermark/side_by_side/a.png", width=20, height=10)
    assert checked(root).holdings[0].sizes == ((10, 10), (10, 10), (10, 10))


def test_what_cannot_be_read_is_listed_with_its_reason_and_all_else_is_counted(root: Path, put: Put) -> None:
    good, cut, _ = put("clean/good.png", "clean/cut.png", "clean/other.png")
    cut.write_bytes(good.read_bytes()[:50])
    write_image(root / "clean" / "other.mask.png", np.zeros((50, 50), np.uint8))
    (root / "clean" / "empty.jpg").touch()
    report = checked(root)
    reasons = {each.path.name: each.reason for each in report.unreadable}
    assert sorted(reasons) == ["cut.png", "empty.jpg", "other.png"]
    assert "ends early" in reasons["cut.png"]
    assert reasons["other.png"] == "other.mask.png: mask and image have different sizes: 50 x 50 and 4 x 3"
    assert report.holdings[0].sizes == ((4, 3),) * 3
    assert not report.ok


def test_identical_bytes_in_two_splits_are_a_leak_in_whatever_part(root: Path, put: Put) -> None:
    (train,) = put("clean/train/a.png")
    put("clean/test/b.png", "clean/train/c.png", grey=9)
    leaked = root / "background/watermark/target/val/other.png"
    leaked.parent.mkdir(parents=True)
    shutil.copy(train, leaked)
    report = checked(root)
    assert [dict(leak.paths) for leak in report.leaks] == [
        {"train": (root / "clean/train/a.png",), "val": (leaked,)},
        {"train": (root / "clean/train/c.png",), "test": (root / "clean/test/b.png",)},
    ]
    assert not report.ok


def test_copies_within_one_split_and_unreadable_copies_are_no_leak(root: Path, put: Put) -> None:
    put("clean/train/a.png", "clean/train/b.png", grey=9)
    for split in ("train", "test"):
        (root / "clean" / split).mkdir(exist_ok=True)
        (root / "clean" / split / f"empty_{split}.png").touch()
    assert checked(root).leaks == ()


def test_one_name_in_two_splits_is_pointed_out_and_no_fault(root: Path, put: Put) -> None:
    put("clean/train/a.png", "clean/test/a.jpg", "clean/train/x/b.png", "clean/test/y/b.png")
    report = checked(root)
    assert [dict(each.paths) for each in report.namesakes] == [
        {"train": (root / "clean/train/a.png",), "test": (root / "clean/test/a.jpg",)}
    ]
    assert report.ok


def test_names_in_published_sets_are_numbers_and_not_compared(root: Path, put: Put) -> None:
    put(*(f"{place}/{split}/1.png" for place in ("clean", "background/watermark/side_by_side") for split in SPLITS))
    catalogue = open_catalogue(DataConfig(root=root), ["background.watermark"])
    (namesake,) = check_catalogue(catalogue, numbered=["background.watermark"]).namesakes
    assert dict(namesake.paths) == {split: (root / "clean" / split / "1.png",) for split in SPLITS}


def test_every_file_is_looked_at_once(root: Path, put: Put) -> None:
    put("clean/a.png", "background/watermark/side_by_side/b.png")
    seen: list[Path] = []

    def watch(looks: Iterable[Look], count: int) -> Iterable[Look]:
        assert count == 2
        for look in looks:
            seen.append(look.path)
            yield look

    check_catalogue(open_catalogue(DataConfig(root=root), ["background.watermark"]), watch)
    assert sorted(path.name for path in seen) == ["a.png", "b.png"]


def test_a_report_is_json(root: Path, put: Put) -> None:
    put("clean/train/a.png", "clean/test/b.png", grey=9)
    report = json.loads(json.dumps(checked(root).as_json()))
    assert report["ok"] is False
    assert report["holdings"][0]["counts"] == {"train": 1, "val": 0, "test": 1}
    assert report["leaks"][0]["paths"]["test"] == [str(root / "clean/test/b.png")]
