from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from mendkit.cli.console import stdout
from mendkit.cli.show import show
from mendkit.config import RunConfig
from mendkit.errors import CheckpointError
from mendkit.evaluation.report import Conditions, Evaluation
from mendkit.networks.blueprint import Blueprint, UsedComponent
from mendkit.training.checkpoint import save_checkpoint
from mendkit.training.state import new_state
from mendkit_registry import load


@pytest.fixture(autouse=True)
def wide_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")


@pytest.fixture
def run(tmp_path: Path) -> Path:
    config = RunConfig.model_validate(
        {"model": {"width": 4, "blocks": 2, "type_label": False}, "training": {"size": 32, "images": 500, "seed": 7}}
    )
    flow = UsedComponent(name="transform.flow", component="transform.flow", tasks=("turn.tilted",))
    state = new_state(
        Blueprint(config=config, tasks=("stain.paired", "turn.tilted"), transforms=(flow,)),
        load(),
        torch.device("cpu"),
    )
    state.images, state.step = 128, 16
    save_checkpoint(tmp_path / "run", state)
    return tmp_path / "run"


def test_tasks_sizes_and_progress_are_shown(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(run)
    shown = " ".join(capsys.readouterr().out.split())
    assert "stain.paired turn.tilted (transform.flow)" in shown
    assert "32 px, preset composite, width 4, without eta" in shown
    assert "128 of 500 images, 16 steps" in shown and "seed 7" in shown
    assert "not evaluated yet" in shown


def test_traits_and_what_a_run_comes_from_are_shown(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = run / "checkpoint" / "checkpoint.json"
    tone = {"name": "light.tone", "component": "transform.tone", "tasks": ["stain.paired"]}
    origin = {"transforms": [tone], "extends": "runs/other", "learned_from": ["eyes", "ears"]}
    file.write_text(json.dumps(json.loads(file.read_text()) | origin))
    show(run)
    shown = " ".join(capsys.readouterr().out.split())
    assert "stain.paired (light.tone) turn.tilted" in shown
    assert "extends runs/other" in shown
    assert "learnt from features of eyes and ears" in shown


def test_a_checkpoint_is_shown_as_its_run(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(run)
    as_run = capsys.readouterr().out
    show(run / "checkpoint")
    assert capsys.readouterr().out == as_run


def test_a_report_that_cannot_be_read_is_said_beside_the_rest(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (run / "evaluation").mkdir()
    (run / "evaluation" / "test.json").write_text('{"conditions": {}}')
    show(run)
    shown = capsys.readouterr().out
    assert "test.json" in shown and "cannot be read" in shown and "stain.paired" in shown


def test_a_report_of_an_earlier_version_is_to_be_made_again(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    conditions = Conditions(
        model="", images_seen=1, size=32, device="cpu", split="test", seed=0, limit=None, features=None
    )
    task = {"metrics": {"count": 3, "l1_in": 0.2}, "detection": None, "evaluators": {}, "distances": "not computed"}
    file = run / "evaluation" / "test.json"
    Evaluation(conditions=conditions, tasks={}, skipped={}, unreadable={}).write(file)
    file.write_text(json.dumps(json.loads(file.read_text()) | {"tasks": {"stain.paired": task}}))
    show(run)
    assert f"{file}: cannot be read; evaluate again with this version of mendkit" in capsys.readouterr().out


def test_a_report_on_files_whose_names_are_not_utf8_is_shown(run: Path) -> None:
    conditions = Conditions(
        model="caf\udce9", images_seen=1, size=32, device="cpu", split="test", seed=0, limit=None, features=None
    )
    left_out = {"stain.paired": ("[bold]caf\udce9.png: damaged",)}
    evaluation = Evaluation(conditions=conditions, tasks={}, skipped={}, unreadable=left_out)
    evaluation.write(run / "evaluation" / "test.json")
    with stdout.capture() as capture:
        show(run)
    assert "left out of stain.paired: [bold]caf\udce9.png: damaged\n" in capture.get()


def test_a_folder_that_is_no_run_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="mendkit train"):
        show(tmp_path)
