"""The benchmarks still run: the fastest of them do a little, the others say what they take."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mendkit.data.images import read_image, write_image

FOLDER = Path(__file__).parents[1] / "benchmarks"
TINY = ("--size", "32", "--width", "4", "--batch", "4", "--repeats", "1", "--device", "cpu")


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(FOLDER / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_throughput_has_a_line_for_each_preset() -> None:
    done = run("throughput.py", *TINY)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == [
        "composite",
        "cyclegan",
        "hierarchical",
        "monce",
        "pix2pix",
        "pretrained",
        "ws_i2i",
    ]


@pytest.mark.parametrize("script", ["bad_pairs.py", "contrast.py", "correction.py", "lite_weights.py", "scale.py"])
def test_a_benchmark_says_what_it_takes(script: str) -> None:
    done = run(script, "--help")
    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout


def test_open_data_cuts_out_what_mask_and_photo_agree_on(tmp_path: Path) -> None:
    y, x = np.mgrid[:96, :120]
    disc = (x - 60) ** 2 + (y - 48) ** 2 < 26**2
    photo = np.where(disc[..., None], (200, 30, 30), (30, 90, 160)).astype(np.uint8)
    for name, mask in (("good", disc), ("wrong", np.roll(disc, 30, axis=1))):
        write_image(tmp_path / "photos" / "hat" / f"{name}.jpg", photo)
        write_image(tmp_path / "photos" / "hat" / f"{name}.mask.png", (mask * 255).astype(np.uint8))
    for kind, name in (("views", "luma_a_main.jpg"), ("shelves", "b.jpg")):
        write_image(tmp_path / kind / name, photo)
    folders = [part for name in ("photos", "views", "shelves", "out") for part in (f"--{name}", str(tmp_path / name))]
    done = run("open_data.py", *folders, "--drawn", "2")
    assert done.returncode == 0, done.stderr
    clean = {path.name.split("_", 1)[1] for path in (tmp_path / "out" / "clean").rglob("*.png")}
    assert clean == {"hat_good.png", "luma_a_main.png", "00000.png", "00001.png"}
    [target] = (tmp_path / "out").rglob("target/*.png")
    cut = read_image(target)
    assert (cut[0] == 255).all() and np.abs(cut[48, 60].astype(int) - (200, 30, 30)).max() < 12
    assert (tmp_path / "out" / "backgrounds").exists()
