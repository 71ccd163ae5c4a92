from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from mendkit.bench.runner import silent
from mendkit.cli.extend import extend
from mendkit.cli.train import train
from mendkit.config import RunConfig
from mendkit.errors import ConfigError
from mendkit.training.checkpoint import read_index
from mendkit.training.run import start_run

KNOWN, NEW = "background.watermark", "background.non_white"


@pytest.fixture
def base(tiny_config: Callable[..., RunConfig], tmp_path: Path) -> Path:
    config = tiny_config(images=40).model_copy(update={"tasks": (KNOWN,)})
    start_run(config, tmp_path / "base", silent)
    return tmp_path / "base"


@pytest.fixture
def call() -> Callable[..., Any]:
    app = typer.Typer()
    app.command()(extend)
    return lambda *arguments: CliRunner().invoke(app, [*map(str, arguments)], env={"COLUMNS": "120"})


def test_an_extension_takes_the_settings_of_its_run_and_a_tenth_of_its_budget(
    base: Path, call: Callable[..., Any], tmp_path: Path
) -> None:
    result = call(base, "--tasks", "background", "--out", tmp_path / "grown", "--set", "training.learning_rate=1e-4")
    assert result.exit_code == 0, result.exception
    index, old = read_index(tmp_path / "grown"), read_index(base).config
    assert (index.tasks, index.known, index.images) == ((KNOWN, NEW), (KNOWN,), 4)
    assert index.config.tasks == ("background",)
    assert index.config.training == old.training.model_copy(update={"images": 4, "learning_rate": 1e-4})
    assert (index.config.model, index.config.data, index.config.losses) == (old.model, old.data, old.losses)


def test_unfreezing_says_what_the_others_lost(base: Path, call: Callable[..., Any], tmp_path: Path) -> None:
    result = call(base, "--tasks", NEW, "--out", tmp_path / "grown", "--unfreeze", "--images", 8)
    assert result.exit_code == 0, result.exception
    assert "What the other tasks lost" in result.stdout
    assert KNOWN in result.stdout and NEW not in result.stdout
    both = json.loads((tmp_path / "grown" / "forgetting.json").read_text())
    assert [list(both[when]["tasks"]) for when in ("before", "after")] == [[KNOWN], [KNOWN]]
    assert read_index(tmp_path / "grown").known == ()


def test_what_the_others_lost_is_said_when_a_resumed_run_ends(
    base: Path, call: Callable[..., Any], tmp_path: Path
) -> None:
    call(base, "--tasks", NEW, "--out", tmp_path / "grown", "--unfreeze", "--images", 8)
    (tmp_path / "grown" / "forgetting.json").unlink()
    app = typer.Typer()
    app.command()(train)
    resumed = CliRunner().invoke(app, ["--resume", str(tmp_path / "grown")], env={"COLUMNS": "120"})
    assert "What the other tasks lost" in resumed.stdout
    assert (tmp_path / "grown" / "forgetting.json").exists()

    shutil.rmtree(base)
    resumed = CliRunner().invoke(app, ["--resume", str(tmp_path / "grown")], env={"COLUMNS": "120"})
    assert resumed.exit_code == 0
    assert "cannot be measured" in resumed.stderr and str(base) in resumed.stderr.replace("\n", "")


def test_a_task_that_is_known_is_refused(base: Path, call: Callable[..., Any], tmp_path: Path) -> None:
    result = call(base, "--tasks", KNOWN, "--out", tmp_path / "grown")
    assert isinstance(result.exception, ConfigError)
    assert "already knows background.watermark" in str(result.exception)
    assert not (tmp_path / "grown").exists()


def test_images_of_another_folder_can_teach_the_task(
    base: Path, clean_folder: Path, call: Callable[..., Any], tmp_path: Path
) -> None:
    other = clean_folder.rename(tmp_path / "other")
    assert "clean" in str(call(base, "--tasks", NEW, "--out", tmp_path / "grown").exception)
    assert call(base, "--tasks", NEW, "--clean", other, "--out", tmp_path / "grown").exit_code == 0
