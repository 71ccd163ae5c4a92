from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from mendkit.cli.data import app
from mendkit.data.images import read_image, write_image
from mendkit.errors import DataError
from mendkit_registry import UnknownNameError


def run(*arguments: object) -> Any:
    result = CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "200"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for index, split in enumerate(("train", "val", "test")):
        write_image(tmp_path / "root" / "clean" / split / f"{split}.png", np.full((6, 5, 3), index, np.uint8))
    return tmp_path / "root"


def test_a_good_root_is_counted_and_the_exit_status_is_0(root: Path) -> None:
    result = run("check", root)
    assert result.exit_code == 0
    row = next(line for line in result.stdout.splitlines() if line.startswith("clean"))
    assert row.split() == ["clean", "images", "1", "1", "1", *["5", "x", "6"] * 3]
    assert "none is in two splits" in result.stdout


def test_an_unreadable_image_is_listed_and_the_exit_status_is_1(root: Path) -> None:
    (root / "clean" / "train" / "bad.png").write_bytes(b"no image")
    result = run("check", root)
    assert result.exit_code == 1
    assert "1 cannot be read" in result.stdout and "clean/train/bad.png: damaged, or not in" in result.stdout


def test_a_leak_is_listed_and_the_exit_status_is_1(root: Path) -> None:
    shutil.copy(root / "clean/train/train.png", root / "clean/test/copy.png")
    result = run("check", root)
    assert result.exit_code == 1
    assert "1 in two splits" in result.stdout and "clean/test/copy.png" in result.stdout


def test_namesakes_are_pointed_out_with_exit_status_0(root: Path) -> None:
    write_image(root / "clean" / "test" / "train.png", np.full((6, 5, 3), 99, np.uint8))
    result = run("check", root)
    assert result.exit_code == 0 and "1 with one name in two splits" in result.stdout


def test_tasks_that_have_nothing_to_train_on_are_named(tmp_path: Path) -> None:
    for task in ("non_white", "watermark"):  # pairs can be made of the sources of one of them
        write_image(tmp_path / "background" / task / "source" / "train" / "a.png", np.zeros((4, 4, 3), np.uint8))
    result = run("check", tmp_path)
    assert "Nothing to train on: background.watermark, color.cast, viewpoint.wrong_angle" in result.stdout
    assert "sources only" in result.stdout


def put_pair(root: Path, name: str, source: tuple[int, int], target: tuple[int, int], task: str = "watermark") -> None:
    for side, (width, height) in (("source", source), ("target", target)):
        pixels = np.full((height, width, 3), 40 if side == "source" else 200, np.uint8)
        write_image(root / "background" / task / side / "train" / f"{name}.png", pixels)


def test_pairs_of_different_proportions_are_counted_and_shown_whole(tmp_path: Path) -> None:
    root = tmp_path / "[red]" / ("a-long-folder-" * 12)
    put_pair(root, "equal", (30, 20), (60, 40))
    put_pair(root, "turned", (30, 20), (20, 30))
    result = run("check", root)
    assert result.exit_code == 0 and "1 with sides of different proportions" in result.stdout
    source, target = (
        root / "background" / "watermark" / side / "train" / "turned.png" for side in ("source", "target")
    )
    assert f"  background.watermark: {source} (30 x 20) and {target} (20 x 30)\n" in result.stdout
    (misfit,) = json.loads(run("check", root, "--json").stdout)["misfits"]
    assert (misfit["target"], misfit["target_size"]) == (str(target), [20, 30])


def test_single_images_in_the_place_of_two_halves_are_pointed_out(tmp_path: Path) -> None:
    for name, width in (("two", 16), ("one", 8)):
        write_image(tmp_path / "background/watermark/side_by_side" / f"{name}.png", np.zeros((8, width, 3), np.uint8))
    result = run("check", tmp_path)
    assert "1 to be cut into two halves, but not wider than high" in result.stdout
    assert "side_by_side/one.png\n" in result.stdout and "side_by_side/two.png" not in result.stdout
    assert json.loads(run("check", tmp_path, "--json").stdout)["single"] == [
        str(tmp_path / "background/watermark/side_by_side/one.png")
    ]


def test_sides_without_a_common_name_are_pointed_out(tmp_path: Path) -> None:
    for number in range(3):
        for name in (f"source/p{number}", f"target/p{number}_clean"):
            write_image(tmp_path / "background/watermark" / f"{name}.png", np.full((4, 4, 3), number, np.uint8))
    result = run("check", tmp_path)
    folder = tmp_path / "background/watermark"
    assert "no name is on both sides" in result.stdout
    assert (
        f"3 sources, such as {folder}/source/p0.png; 3 targets, such as {folder}/target/p0_clean.png" in result.stdout
    )
    (unmatched,) = json.loads(run("check", tmp_path, "--json").stdout)["unmatched"]
    assert (unmatched["task"], unmatched["sources"], unmatched["targets"]) == ("background.watermark", 3, 3)


def put_published(root: Path) -> None:
    """Two published sets: one with files of two halves, one of two domains."""
    for index, place in enumerate(("facades/train", "facades/test", "horse2zebra/trainA", "horse2zebra/trainB")):
        write_image(root / place / "1.png", np.full((4, 8, 3), 100 + index, np.uint8))


def test_published_sets_are_listed_like_other_data_with_their_direction(root: Path) -> None:
    put_published(root)
    result = run("check", root, "--reverse", "color.horse2zebra")
    rows = [line.split() for line in result.stdout.splitlines()]
    assert ["segmentation.facades", "pairs", "1", "0", "1", *["4", "x", "4"] * 3] in rows
    assert ["color.horse2zebra", "sources", "only", "1", "0", "0", *["8", "x", "4"] * 3] in rows
    assert "segmentation.facades: source is facades/{split}, right half; target is" in result.stdout
    assert "color.horse2zebra: source is horse2zebra/{split}B; target is horse2zebra/{split}A" in result.stdout
    assert result.exit_code == 0 and "absent" not in result.stdout and "one name" not in result.stdout


def test_absent_sets_are_listed_on_request_with_the_place_to_get_them(root: Path) -> None:
    put_published(root)
    (root / "horse2zebra" / "trainA" / "1.png").unlink()
    lines = run("check", root, "--benchmarks").stdout.splitlines()
    absent = {line.partition(":")[0]: line for line in lines if ": absent, " in line}
    assert len(absent) == 9 and "segmentation.facades" not in absent
    assert "no images in horse2zebra/{split}A; get it from http://" in absent["color.horse2zebra"]


def test_benchmarks_without_data_are_no_tasks_without_data(tmp_path: Path) -> None:
    put_published(tmp_path)
    report = json.loads(run("check", tmp_path, "--json").stdout)
    defects = ["background.non_white", "background.watermark", "color.cast", "viewpoint.wrong_angle"]
    assert report["tasks_without_data"] == defects
    lacks = {each["name"]: each["lacks"] for each in report["published"]}
    assert lacks["facades"] == [] and lacks["maps"] == ["maps/{split}"] and len(lacks) == 10


def test_what_is_left_out_is_counted_by_its_kind(root: Path) -> None:
    assert "left out" not in run("check", root).stdout
    for name in ("clean/a.heic", "clean/train/b.HEIC", "notes.txt"):
        (root / name).touch()
    result = run("check", root)
    assert result.exit_code == 0 and "\n3 files left out: .heic 2, .txt 1\n" in result.stdout
    assert json.loads(run("check", root, "--json").stdout)["left_out"] == {".heic": 2, ".txt": 1}


def test_json_has_all_that_was_found(root: Path) -> None:
    (root / "clean" / "train" / "bad.png").write_bytes(b"no image")
    result = run("check", root, "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 1 and report["ok"] is False
    assert report["unreadable"][0]["path"] == str(root / "clean/train/bad.png")
    assert report["tasks_without_data"] == []


def test_folders_may_be_named_without_a_root(root: Path, tmp_path: Path) -> None:
    write_image(tmp_path / "rooms" / "a.png", np.full((6, 5, 3), 77, np.uint8))
    result = run("check", "--clean", root / "clean", "--resource", f"backgrounds={tmp_path / 'rooms'}")
    assert result.exit_code == 0 and "\nbackgrounds  images" in result.stdout


def test_a_missing_root_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="gone: no such folder"):
        run("check", tmp_path / "gone")


def test_drawn_images_are_a_root_that_the_check_accepts(tmp_path: Path) -> None:
    result = run("draw", "--out", tmp_path / "drawn", "--count", 3, "--size", 32)
    assert result.exit_code == 0 and result.stdout.startswith("3 images in ")
    assert read_image(tmp_path / "drawn" / "clean" / "product_0002.png").shape == (32, 32, 3)
    checked = run("check", tmp_path / "drawn")
    assert checked.exit_code == 0 and "left out" not in checked.stdout


def test_an_unknown_source_of_drawn_images_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"nearest: samples\.products"):
        run("draw", "--out", tmp_path / "drawn", "--source", "samples.product")


def test_importing_the_command_is_light() -> None:
    program = "import sys, mendkit.cli.data; print([m for m in ('torch', 'cv2', 'numpy', 'PIL') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
