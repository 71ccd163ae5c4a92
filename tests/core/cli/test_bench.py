from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import mendkit.bench.runner
from mendkit.bench.cell import RESULT, Cell, CellResult
from mendkit.cli.bench import bench
from mendkit.errors import CheckpointError, ConfigError, DivergedError
from mendkit.evaluation.report import Conditions, Evaluation, TaskEvaluation
from mendkit_registry import UnknownNameError

Invoke = Callable[..., Any]
TASKS = ["background.non_white", "background.watermark"]


def result_of(cell: Cell) -> CellResult:
    """What a cell would have come to; L1 is its seed in hundredths."""
    numbers = {"l1": cell.seed / 100, "l1_input": 0.5, "l1_ratio": cell.seed / 50}
    conditions = Conditions(
        model="", images_seen=8, size=32, device="cpu", split="test", seed=0, limit=cell.limit, features=None
    )
    scored = {task: TaskEvaluation(count=3, true_count=3, numbers={"mendkit.pixels": numbers}) for task in cell.tasks}
    evaluation = Evaluation(conditions=conditions, tasks=scored, skipped={}, unreadable={})
    return CellResult(
        **{name: getattr(cell, name) for name in ("model", "title", "seed", "tasks", "command", "settings")},
        images=cell.config.training.images,
        seconds=60,
        chosen_images=1,
        chosen_as="best",
        validation=None,
        device="cpu",
        threads=1,
        evaluation=evaluation,
    )


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[Cell]:
    """The cells that were made; each takes no time, and seed 13 diverges."""
    cells: list[Cell] = []

    def run(cell: Cell, folder: Path, progress: object) -> CellResult:
        cells.append(cell)
        if cell.seed == 13:
            raise DivergedError("step 7: the loss is NaN")
        result = result_of(cell)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RESULT).write_text(result.model_dump_json())
        return result

    monkeypatch.setattr(mendkit.bench.runner, "run_cell", run)
    return cells


@pytest.fixture
def invoke(made: list[Cell], clean_folder: Path) -> Invoke:
    app = typer.Typer()
    app.command("bench")(bench)
    common = ["--clean", clean_folder, *(word for task in TASKS for word in ("--tasks", task)), "--size", 32]

    def call(*words: object, common: list[Any] = common) -> Any:
        return CliRunner().invoke(app, [str(word) for word in (*words, *common)])

    return call


def names(cells: list[Cell]) -> list[str]:
    return [cell.name for cell in cells]


def test_a_table_is_filled_written_and_not_made_twice(invoke: Invoke, made: list[Cell], tmp_path: Path) -> None:
    out = tmp_path / "out"
    flags = ["defects", "--out", out, "--models", "composite,ws_i2i", "--seeds", "1,3", "--images", 8]
    assert invoke(*flags).exit_code == 0
    assert names(made) == [
        "composite/1",
        "composite/3",
        *(f"ws_i2i/{seed}/{task}" for seed in (1, 3) for task in TASKS),
    ]
    assert [cell.config.training.images for cell in made] == [8, 8, 4, 4, 4, 4]
    table = json.loads((out / "table.json").read_text())
    l1 = next(metric for metric in table["metrics"] if metric["name"] == "l1")
    assert l1["scores"]["composite"][TASKS[0]]["mean"] == pytest.approx(0.02)
    assert l1["inputs"] == dict.fromkeys(TASKS, 0.5)
    assert "0.0200 ± 0.0141" in (out / "table.md").read_text()
    assert invoke(*flags).exit_code == 0
    assert len(made) == 6


def test_the_command_of_a_cell_makes_the_same_cell_anywhere(invoke: Invoke, made: list[Cell], tmp_path: Path) -> None:
    flags = ["--set", "training.batch=2", "--seeds", "0,5", "--limit", 3]
    invoke("defects", "--out", tmp_path / "out", "--models", "ws_i2i,composite", *flags)
    wanted = next(cell for cell in made if cell.name == f"ws_i2i/5/{TASKS[1]}")
    made.clear()
    command = shlex.split(wanted.command)
    assert command[:2] == ["mendkit", "bench"]
    elsewhere = [str(tmp_path / "new") if word == str(tmp_path / "out") else word for word in command[2:]]
    assert invoke(*elsewhere, common=[]).exit_code == 0
    [again] = made
    assert (again.settings, again.limit, again.tasks) == (wanted.settings, wanted.limit, wanted.tasks)


def test_rows_that_were_asked_for_before_stay_in_the_table(invoke: Invoke, made: list[Cell], tmp_path: Path) -> None:
    for model in ("composite", "hierarchical"):
        assert invoke("defects", "--out", tmp_path / "out", "--models", model, "--seeds", "2").exit_code == 0
    assert names(made) == ["composite/2", "hierarchical/2"]
    table = json.loads((tmp_path / "out" / "table.json").read_text())
    assert [cell["state"] for cell in table["cells"]] == ["done", "done"]


def test_a_cell_that_fails_makes_the_exit_status_one_and_the_others_are_in_the_table(
    invoke: Invoke, made: list[Cell], tmp_path: Path
) -> None:
    result = invoke("defects", "--out", tmp_path / "out", "--models", "composite", "--seeds", "13,4")
    assert result.exit_code == 1
    assert names(made) == ["composite/13", "composite/4"]
    markdown = (tmp_path / "out" / "table.md").read_text()
    assert "| `composite/13` | **failed**: step 7: the loss is NaN |" in markdown
    assert "0.0400 (1 of 2 seeds)" in markdown


def test_what_cannot_be_is_said_before_anything_is_made(invoke: Invoke, made: list[Cell], tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert isinstance(invoke("defect", "--out", out).exception, UnknownNameError)
    assert isinstance(invoke("defects", "--out", out, "--models", "composit").exception, UnknownNameError)
    assert isinstance(invoke("defects", "--out", out, "--cell", "composite/0/nothing").exception, UnknownNameError)
    for seeds in ("one", "-1", "0,,1", "4294967296", "9" * 5000):
        assert invoke("defects", "--out", out, f"--seeds={seeds}").exit_code == 2
    missing = tmp_path / "missing.safetensors"
    assert isinstance(invoke("defects", "--out", out, "--features", missing).exception, CheckpointError)
    assert isinstance(invoke("defects", "--out", out, "--set", "training.sede=1").exception, ConfigError)
    assert not made and not out.exists()
