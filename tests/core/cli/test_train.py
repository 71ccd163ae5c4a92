from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from mendkit.cli.train import train
from mendkit.config import RunConfig
from mendkit.data.images import write_image
from mendkit.reporting.progress import TrainingProgress
from mendkit.training.loop import Status

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
    assert "without perceptual_y: training.features names no weights" in " ".join(trained.stderr.split())
    config = json.loads((run / "config.json").read_text())
    assert (config["tasks"], config["training"]["size"], config["model"]["blocks"]) == (["background.*"], 32, 2)

    again = mendkit("train", "--clean", clean_folder, "--out", run, *TINY)
    assert again.returncode == 1 and "--resume" in again.stderr and "Traceback" not in again.stderr
    resumed = mendkit("train", "--resume", run)
    assert resumed.returncode == 0 and resumed.stderr.startswith(f"already complete: {run}.")
    other = mendkit("train", "--resume", run, "--batch", "2")
    assert other.returncode == 2 and "batch" in other.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_ends_with_status_130_and_one_whose_minutes_are_over_with_0(
    clean_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def update(bar: TrainingProgress, status: Status) -> None:
        if status.losses:
            signal.raise_signal(number)

    monkeypatch.setattr(TrainingProgress, "update", update)
    app = typer.Typer()
    app.command()(train)
    given = ["--clean", str(clean_folder), "--tasks", "background.*", *TINY, "--set", "training.log_images=4"]
    stopped = CliRunner().invoke(app, [*given, "--out", str(tmp_path / "stopped")])
    assert stopped.exit_code == 130 and "Continue with: mendkit train --resume" in stopped.stderr
    assert CliRunner().invoke(app, [*given, "--minutes", "1e-6", "--out", str(tmp_path / "over")]).exit_code == 0


def test_the_best_is_kept_and_named_and_serves_like_a_run(
    mendkit: Callable[..., subprocess.CompletedProcess[str]], clean_folder: Path, tmp_path: Path
) -> None:
    run, task = tmp_path / "run", "background.watermark"
    trained = mendkit("train", "--clean", clean_folder, "--tasks", task, "--keep-best", "--out", run, *TINY)
    said = "".join(trained.stderr.split())
    assert trained.returncode == 0, trained.stderr
    assert f"best:{run}/best,after8images(bestonvalidation:L1" in said
    assert f"Next:mendkitevaluate{run}/best" in said
    assert mendkit("evaluate", run / "best").returncode == 0
    assert (run / "best" / "evaluation" / "test.json").exists()
    corrected = mendkit(
        "correct", clean_folder / "test", "--task", task, "--model", run / "best", "--out", tmp_path / "corrected"
    )
    assert corrected.returncode == 0, corrected.stderr
    assert mendkit("train", "--resume", run).returncode == 0


def test_published_sets_take_part_if_they_are_named_in_the_direction_that_is_asked_for(tmp_path: Path) -> None:
    for name in ("horse2zebra/trainA/1.png", "horse2zebra/trainB/2.png", "horse2zebra/trainB/3.png"):
        write_image(tmp_path / name, np.full((32, 32, 3), 9, np.uint8))
    app = typer.Typer()
    app.command()(train)

    def planned(*flags: str) -> Any:
        return CliRunner().invoke(app, ["--data", str(tmp_path), "--plan", *flags], env={"COLUMNS": "150"})

    assert "no task has training data" in str(planned().exception)
    assert re.search(r"color\.horse2zebra .* 1 / 2 ", planned("--tasks", "color").stdout)
    reversed_ = planned("--tasks", "color", "--reverse", "color.horse2zebra")
    assert re.search(r"color\.horse2zebra .* 2 / 1 ", reversed_.stdout)
    assert "cannot reverse style.monet2photo" in str(planned("--reverse", "style.monet2photo").exception)


def test_bad_settings_are_one_clear_message(
    mendkit: Callable[..., subprocess.CompletedProcess[str]], clean_folder: Path, tmp_path: Path
) -> None:
    typo = mendkit("train", "--clean", clean_folder, "--out", tmp_path / "run", "--set", "training.sede=1")
    assert typo.returncode == 1 and "training.sede" in typo.stderr and "Traceback" not in typo.stderr
    assert not (tmp_path / "run").exists()
