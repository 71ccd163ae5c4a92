from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mendkit.config import RunConfig

Configure = Callable[..., RunConfig]

TINY = ["--size", "32", "--width", "4", "--images", "8", "--batch", "4", "--set", "model.blocks=2"]


@pytest.fixture
def mendkit() -> Callable[..., subprocess.CompletedProcess[str]]:
    def call(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "mendkit", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    return call


def test_a_run_is_trained_from_flags_and_resumed_from_its_directory(
    mendkit: Callable[..., subprocess.CompletedProcess[str]], clean_folder: Path, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    trained = mendkit("train", "--clean", clean_folder, "--tasks", "background.*", "--out", run, *TINY)
    assert trained.returncode == 0, trained.stderr
    config = json.loads((run / "config.json").read_text())
    assert (config["tasks"], config["training"]["size"], config["model"]["blocks"]) == (["background.*"], 32, 2)

    again = mendkit("train", "--clean", clean_folder, "--out", run, *TINY)
    assert again.returncode == 1 and "--resume" in again.stderr and "Traceback" not in again.stderr
    assert mendkit("train", "--resume", run).returncode == 0
    other = mendkit("train", "--resume", run, "--batch", "2")
    assert other.returncode == 2 and "batch" in other.stderr


def test_bad_settings_are_one_clear_message(
    mendkit: Callable[..., subprocess.CompletedProcess[str]], clean_folder: Path, tmp_path: Path
) -> None:
    typo = mendkit("train", "--clean", clean_folder, "--out", tmp_path / "run", "--set", "training.sede=1")
    assert typo.returncode == 1 and "training.sede" in typo.stderr and "Traceback" not in typo.stderr
    assert not (tmp_path / "run").exists()
