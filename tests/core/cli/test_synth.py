"""``mendkit synth``: sheets and data roots of made pairs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from mendkit.cli.app import app
from mendkit.data.images import read_image, write_image
from mendkit.errors import DataError
from mendkit_registry import UnknownNameError

CELL, GAP, LABEL = 128, 8, 21
"""Of a contact sheet: images of 64 px are doubled."""


def run(*arguments: object) -> Any:
    result = CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "200"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def cells(sheet: Path, row: int) -> list[np.ndarray[Any, Any]]:
    """The images of one row: clean, defective, mask."""
    image, top = read_image(sheet), LABEL + row * (LABEL + CELL + GAP) + LABEL
    lefts = (GAP + column * (CELL + GAP) for column in range(3))
    return [image[top : top + CELL, left : left + CELL].astype(int) for left in lefts]


def test_a_sheet_has_a_row_for_each_pair(clean_folder: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheets" / "marks.png"
    result = run(
        "synth", "preview", "background.watermark", "--clean", clean_folder, "--seeds", 3, "--size", 64, "--out", sheet
    )
    assert result.exit_code == 0 and f"3 pairs of background.watermark: {sheet}" in result.stdout
    assert read_image(sheet).shape == (LABEL + 3 * (LABEL + CELL + GAP), GAP + 3 * (CELL + GAP), 3)
    for row in range(3):
        clean, defective, mask = cells(sheet, row)
        differs = (clean != defective).any(axis=2)
        assert differs.any() and np.array_equal(differs, mask[..., 0] == 255)
    assert not np.array_equal(cells(sheet, 0)[1], cells(sheet, 1)[1])


def test_the_sheet_is_the_same_again_and_another_with_another_seed(clean_folder: Path, tmp_path: Path) -> None:
    def drawn(name: str, seed: int) -> bytes:
        sheet = tmp_path / f"{name}.png"
        flags = ("--clean", clean_folder, "--seeds", 1, "--size", 32, "--seed", seed, "--out", sheet)
        run("synth", "preview", "viewpoint.wrong_angle", *flags)
        return sheet.read_bytes()

    assert drawn("first", 0) == drawn("again", 0) != drawn("other", 1)


def test_defective_images_are_mended_where_a_synthesizer_starts_from_them(tmp_path: Path) -> None:
    scene = np.full((64, 64, 3), (90, 120, 60), np.uint8)
    scene[16:48, 20:44] = (200, 30, 30)
    write_image(tmp_path / "root" / "background" / "non_white" / "source" / "train" / "room.png", scene)
    sheet = tmp_path / "sheet.png"
    flags = ("--data", tmp_path / "root", "--seeds", 1, "--size", 64, "--out", sheet)
    assert run("synth", "preview", "background.non_white", *flags).exit_code == 0
    clean, defective, _ = cells(sheet, 0)
    assert np.array_equal(defective[::2, ::2], scene) and (clean[:8, :8] == 255).all()


def test_resources_are_drawn_from(clean_folder: Path, tmp_path: Path) -> None:
    write_image(tmp_path / "rooms" / "train" / "green.png", np.full((64, 64, 3), (0, 255, 0), np.uint8))
    flags = ("--clean", clean_folder, "--seeds", 12, "--size", 64, "--out", tmp_path / "sheet.png")
    task = ("synth", "preview", "background.non_white")
    run(*task, *flags, "--resource", f"backgrounds={tmp_path / 'rooms'}")
    with_rooms = read_image(tmp_path / "sheet.png")
    run(*task, *flags)
    assert not np.array_equal(with_rooms, read_image(tmp_path / "sheet.png"))


def test_an_image_that_cannot_be_read_is_reported_and_the_others_are_drawn(clean_folder: Path, tmp_path: Path) -> None:
    (clean_folder / "train" / "bad.png").write_bytes(b"no image")
    sheet = tmp_path / "sheet.png"
    flags = ("--clean", clean_folder, "--seeds", 13, "--size", 32, "--out", sheet)
    result = run("synth", "preview", "background.watermark", *flags)
    assert result.exit_code == 1 and "12 pairs of" in result.stdout and sheet.exists()
    assert result.stderr.count("left out: ") == 1 and "bad.png" in result.stderr


@pytest.mark.parametrize(
    "command", [("preview", "--out", "{}/sheet.png"), ("export", "--count", "2", "--out", "{}/new")]
)
def test_nothing_is_written_among_the_images_that_are_read(clean_folder: Path, command: tuple[str, ...]) -> None:
    before = sorted(clean_folder.rglob("*"))
    name, *flags = (part.format(clean_folder) for part in command)
    with pytest.raises(DataError, match=r"is among the images of .*; choose another --out"):
        run("synth", name, "background.watermark", "--clean", clean_folder, *flags)
    assert sorted(clean_folder.rglob("*")) == before


def test_an_unknown_task_has_the_nearest_names(clean_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"nearest: background\.watermark"):
        run("synth", "preview", "background.watermak", "--clean", clean_folder, "--out", tmp_path / "sheet.png")


def test_what_is_exported_passes_the_check_and_can_be_trained_on(clean_folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "made"
    flags = ("--clean", clean_folder, "--count", 24, "--size", 32, "--out", root)
    for said in ("24 made, 0 already there", "0 made, 24 already there"):
        exported = run("synth", "export", "background.watermark", *flags)
        assert exported.exit_code == 0 and f"pairs of background.watermark: {said}: {root}. Next" in exported.stdout
    checked = run("data", "check", root)
    assert checked.exit_code == 0 and "left out" not in checked.stdout
    row = next(line.split() for line in checked.stdout.splitlines() if line.startswith("background.watermark"))
    assert row[:5] == ["background.watermark", "pairs", "12", "6", "6"]
    planned = run("train", "--data", root, "--tasks", "background.watermark", "--plan")
    assert "background.watermark" in planned.stdout


def test_listing_the_command_is_light() -> None:
    program = "import sys, mendkit.cli.synth; print([m for m in ('torch', 'cv2', 'numpy', 'PIL') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
