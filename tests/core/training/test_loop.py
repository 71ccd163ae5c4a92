from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from mendkit.config import RunConfig
from mendkit.errors import CheckpointError, ConfigError, DivergedError
from mendkit.training.checkpoint import read_index
from mendkit.training.loop import Status
from mendkit.training.run import resume_run, start_run
from mendkit.training.state import TrainingState

Configure = Callable[..., RunConfig]


class Silence:
    def update(self, status: Status) -> None:
        assert 0 <= status.spent <= 1


class Interrupting(Silence):
    """Presses Ctrl-C at the first log point."""

    def update(self, status: Status) -> None:
        if status.losses:
            os.kill(os.getpid(), signal.SIGINT)


def silence() -> nullcontext[Silence]:
    return nullcontext(Silence())


def interrupting() -> nullcontext[Silence]:
    return nullcontext(Interrupting())


def weights(run: Path) -> dict[str, torch.Tensor]:
    files = sorted((run / "checkpoint").glob("*.safetensors"))
    return {f"{file.stem}.{key}": value for file in files for key, value in load_file(file).items()}


def test_stopping_and_resuming_gives_the_same_weights_bit_for_bit(tmp_path: Path, tiny_config: Configure) -> None:
    config = tiny_config()
    assert start_run(config, tmp_path / "whole", silence)
    assert not start_run(config, tmp_path / "parts", interrupting)
    assert 0 < read_index(tmp_path / "parts").images < config.training.images
    assert resume_run(tmp_path / "parts", silence)

    whole, parts = weights(tmp_path / "whole"), weights(tmp_path / "parts")
    assert whole.keys() == parts.keys()
    assert [name for name in whole if not torch.equal(whole[name], parts[name])] == []


def test_a_seed_gives_the_same_run_and_another_seed_another(tmp_path: Path, tiny_config: Configure) -> None:
    for name, seed in (("first", 1), ("again", 1), ("other", 2)):
        start_run(tiny_config(images=8, seed=seed), tmp_path / name, silence)
    first, again, other = (weights(tmp_path / name) for name in ("first", "again", "other"))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not all(torch.equal(first[name], other[name]) for name in first)


def test_a_run_leaves_its_configuration_metrics_board_and_sheets(tmp_path: Path, tiny_config: Configure) -> None:
    config = tiny_config()
    start_run(config, tmp_path / "run", silence)
    assert RunConfig.model_validate_json((tmp_path / "run" / "config.json").read_text()) == config
    lines = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    assert [line["images"] for line in lines] == [8, 16, 24]
    assert all(line["l1_y"] > 0 and line["images_per_second"] > 0 for line in lines)
    assert list((tmp_path / "run" / "tensorboard").iterdir())
    assert [sheet.name for sheet in sorted((tmp_path / "run" / "sheets").iterdir())] == [
        "000000012.png",
        "000000024.png",
    ]


def test_the_last_step_is_logged_however_rarely_others_are(tmp_path: Path, tiny_config: Configure) -> None:
    start_run(tiny_config(images=12, log_images=400), tmp_path / "run", silence)
    [line] = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert json.loads(line)["images"] == 12


def test_a_run_whose_task_is_gone_says_to_install_its_plugin(tmp_path: Path, tiny_config: Configure) -> None:
    start_run(tiny_config(images=4), tmp_path / "run", silence)
    index = tmp_path / "run" / "checkpoint" / "checkpoint.json"
    saved = json.loads(index.read_text())
    saved["config"]["tasks"] = ["dust"]
    index.write_text(json.dumps(saved))
    with pytest.raises(CheckpointError, match=r"run: no task or group named 'dust' .*; install the plugin that has it"):
        resume_run(tmp_path / "run", silence)


class Watcher:
    """Notes after how many images it was called."""

    every = 8

    def __init__(self) -> None:
        self.looks: list[int] = []

    def look(self, state: TrainingState, run: Path) -> None:
        self.looks.append(state.images)


def test_watchers_look_at_intervals_and_when_a_run_ends_but_not_where_it_is_interrupted(
    tmp_path: Path, tiny_config: Configure
) -> None:
    watcher = Watcher()
    config = tiny_config(images=20, log_images=12)
    assert not start_run(config, tmp_path / "run", interrupting, lambda plan, catalogue: [watcher])
    assert (watcher.looks, read_index(tmp_path / "run").images) == ([8], 12)
    assert resume_run(tmp_path / "run", silence, lambda plan, catalogue: [watcher])
    assert watcher.looks == [8, 16, 20]


def test_when_the_minutes_are_over_the_budget_is_spent_and_watchers_look(
    tmp_path: Path, tiny_config: Configure
) -> None:
    watcher = Watcher()
    config = tiny_config(images=400, minutes=1e-6)
    assert start_run(config, tmp_path / "run", silence, lambda plan, catalogue: [watcher])
    assert (watcher.looks, read_index(tmp_path / "run").images) == ([4], 4)
    assert resume_run(tmp_path / "run", silence, lambda plan, catalogue: [watcher])
    assert (watcher.looks, read_index(tmp_path / "run").images) == ([4], 4)


def test_seconds_count_over_all_starts(tmp_path: Path, tiny_config: Configure) -> None:
    assert not start_run(tiny_config(), tmp_path / "run", interrupting)
    before = read_index(tmp_path / "run").seconds
    assert resume_run(tmp_path / "run", silence)
    assert 0 < before < read_index(tmp_path / "run").seconds


def test_a_run_is_never_overwritten(tmp_path: Path, tiny_config: Configure) -> None:
    start_run(tiny_config(images=4), tmp_path / "run", silence)
    with pytest.raises(ConfigError, match="--resume"):
        start_run(tiny_config(images=4), tmp_path / "run", silence)


def test_resuming_with_other_data_is_refused(tmp_path: Path, tiny_config: Configure, clean_folder: Path) -> None:
    start_run(tiny_config(images=4), tmp_path / "run", silence)
    index = tmp_path / "run" / "checkpoint" / "checkpoint.json"
    content = json.loads(index.read_text())
    index.write_text(json.dumps(content | {"tasks": content["tasks"][:1]}))
    with pytest.raises(CheckpointError, match="new run"):
        resume_run(tmp_path / "run", silence)


def test_divergence_keeps_the_last_checkpoint(tmp_path: Path, tiny_config: Configure) -> None:
    config = tiny_config(checkpoint_images=4, learning_rate=1e30)
    with pytest.raises(DivergedError):
        start_run(config, tmp_path / "run", silence)
    assert read_index(tmp_path / "run").images > 0


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_killed_run_resumes_from_its_last_checkpoint(tmp_path: Path, tiny_config: Configure) -> None:
    config = tiny_config(images=100_000, checkpoint_images=4)
    (tmp_path / "run.toml").write_text("")
    (tmp_path / "config.json").write_text(config.model_dump_json())
    code = (
        "import sys; from contextlib import nullcontext; from pathlib import Path; from unittest.mock import Mock\n"
        "import torch; torch.set_num_threads(1)\n"
        "from mendkit.config import RunConfig; from mendkit.training.run import start_run\n"
        "config = RunConfig.model_validate_json(Path(sys.argv[1]).read_text())\n"
        "start_run(config, Path(sys.argv[2]), lambda: nullcontext(Mock()))\n"
    )
    run = tmp_path / "run"
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "config.json"), str(run)])
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and not (run / "checkpoint" / "checkpoint.json").exists():
        time.sleep(0.1)
    time.sleep(1)
    process.kill()
    process.wait()

    killed_at = read_index(run).images
    assert killed_at >= 4
    rest = config.model_copy(update={"training": config.training.model_copy(update={"images": killed_at + 8})})
    directory = next(path for path in (run / "checkpoint", run / "checkpoint.previous") if path.exists())
    content = json.loads((directory / "checkpoint.json").read_text())
    (directory / "checkpoint.json").write_text(json.dumps(content | {"config": rest.model_dump(mode="json")}))
    assert resume_run(run, silence)
    assert read_index(run).images == killed_at + 8
    lines = [json.loads(line)["images"] for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert lines == sorted(set(lines))  # nothing twice: what lay beyond the checkpoint was dropped
