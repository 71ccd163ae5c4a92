"""Trains, resumes and reports with mendkit's own commands, as any learner does."""

import json
import signal
from pathlib import Path

import pytest
from mendkit.cli.app import app
from mendkit.cli.train import training_progress
from mendkit.errors import CheckpointError
from mendkit.model import FindingModel, Model, load_model
from mendkit.testing import assert_plugin_conforms
from mendkit.training.run import start_run
from mendkit.training.state import TrainingState
from safetensors.torch import load_file
from typer.testing import CliRunner

from mendkit_defect_classifier.plugin import LEARNER


def mendkit(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    mendkit("data", "draw", "--out", folder / "data", "--count", 40, "--size", 32)
    common = ("--learner", LEARNER, "--data", folder / "data", "--tasks", "background.watermark", "--size", 32)
    settings = ("--set", "training.learning_rate=3e-3", "--device", "cpu")
    mendkit("train", *common, *settings, "--images", 400, "--out", folder / "run")
    return folder / "run"


def test_it_conforms() -> None:
    assert_plugin_conforms("defect_classifier")


def test_it_learns_its_term_and_writes_its_network(run: Path) -> None:
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert {"images", "classifier.cross_entropy", "images_per_second"} == set(lines[0])
    files = {path.name for path in (run / "checkpoint").iterdir()}
    assert files == {"checkpoint.json", "network.safetensors", "average.safetensors", "classifier.safetensors"}


class StopOnce:
    """Presses Ctrl-C after 40 images."""

    every = 40

    def look(self, state: TrainingState, run: Path) -> None:
        if state.images == self.every:
            signal.raise_signal(signal.SIGINT)


def test_a_run_that_was_stopped_goes_on_bit_for_bit(run: Path, tmp_path: Path) -> None:
    config = load_model(run).blueprint.config
    short = config.model_copy(update={"training": config.training.model_copy(update={"images": 80})})
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    assert start_run(short, whole, training_progress)
    assert not start_run(short, parts, training_progress, lambda plan, catalogue: [StopOnce()])
    mendkit("train", "--resume", parts)
    one, two = (load_file(each / "checkpoint" / "network.safetensors") for each in (whole, parts))
    assert all(one[name].equal(two[name]) for name in one)


def test_it_finds_watermarks_on_test_images(run: Path) -> None:
    mendkit("evaluate", run, "--split", "test", "--device", "cpu")
    report = json.loads((run / "evaluation" / "test.json").read_text())
    task = report["tasks"]["background.watermark"]
    assert task["count"] == task["true_count"] > 0
    assert task["detection"]["auroc"] > 0.6
    assert task["numbers"] == {}


def test_it_answers_with_scores_and_cannot_mend(run: Path) -> None:
    model = load_model(run)
    assert isinstance(model, FindingModel) and model.tasks == ("background.watermark",)
    with pytest.raises(CheckpointError, match=r"classifier\.defects, which does not give images"):
        Model.load(run)
