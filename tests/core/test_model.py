"""What a model is made of is decided by the installed plugins, never by its file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from mendkit.config import RunConfig
from mendkit.errors import CheckpointError
from mendkit.model import Model
from mendkit.training.checkpoint import save_checkpoint
from mendkit.training.loop import Silent
from mendkit.training.run import plan_run, resume_run
from mendkit.training.state import new_state

Configure = Callable[..., RunConfig]
Content = dict[str, Any]


@pytest.fixture
def run(tiny_config: Configure, tmp_path: Path) -> Path:
    """A checkpoint of all tasks, color.cast with its conditioner and extras among them."""
    plan, _ = plan_run(tiny_config())
    save_checkpoint(tmp_path / "run", new_state(plan.blueprint(), plan.registry, torch.device("cpu"), plan.terms))
    return tmp_path / "run"


def rewrite(run: Path, change: Callable[[Content], None]) -> None:
    file = run / "checkpoint" / "checkpoint.json"
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


def as_format(number: int, run: Path) -> None:
    """Rewrite a run of this format as one of an earlier format, in which the head had the flow and the tone."""
    traits = {"transform.flow": "geometric", "transform.tone": "tonal"}

    def change(content: Content) -> None:
        own = {used["name"]: used["tasks"] for used in content.pop("transforms")}
        content |= {trait: own.get(name, ()) for name, trait in traits.items()} | {"format": number}
        if number == 1:
            for key in ("learner", "balance"):
                content.pop(key)
            content["config"].pop("learner")

    rewrite(run, change)
    file = run / "checkpoint" / "average.safetensors"
    tensors = load_file(file)
    for name in traits:
        for key in [key for key in tensors if f"/{name.partition('.')[2]}." in key]:
            part = key.removeprefix(f"transforms.predictors.{name.replace('.', '/')}")
            tensors[f"head.{name.partition('.')[2]}{part}"] = tensors.pop(key)
    if "head.flow.homography.weight" not in tensors:
        tensors["head.flow.homography.weight"] = torch.zeros(8, 128)  # there was one, whether a task had it or not
    save_file(tensors, file)


def new_run(config: RunConfig, tasks: tuple[str, ...], run: Path) -> Path:
    """A checkpoint of some tasks, with noise on the weights, so that what starts at zero does something."""
    plan, _ = plan_run(config.model_copy(update={"tasks": tasks}))
    state = new_state(plan.blueprint(), plan.registry, torch.device("cpu"), plan.terms)
    torch.manual_seed(0)
    for weight in state.average.parameters():
        weight.add_(0.05 * torch.randn_like(weight))
    save_checkpoint(run, state)
    return run


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("task", ["background.watermark", "viewpoint.wrong_angle"])
def test_a_model_of_an_earlier_format_mends_as_before_and_cannot_be_resumed(
    tiny_config: Configure, tmp_path: Path, number: int, task: str
) -> None:
    run = new_run(tiny_config(), (task,), tmp_path / "run")
    images, tasks = torch.rand(2, 3, 32, 32) * 2 - 1, [task] * 2
    before = Model.load(run).mend(images, tasks)
    as_format(number, run)
    after = Model.load(run).mend(images, tasks)
    assert torch.equal(before.image, after.image)
    assert list(before.transforms) == list(after.transforms) == ["transform.flow"] * task.startswith("viewpoint")
    with pytest.raises(CheckpointError, match=rf"format {number}, and only runs of format 3 can be resumed"):
        resume_run(run, lambda: nullcontext(Silent()))


def test_a_run_of_an_earlier_format_with_conditioners_is_refused_with_the_remedy(run: Path) -> None:
    as_format(2, run)
    with pytest.raises(CheckpointError, match=r"format 2 that has conditioners cannot be read; train it again"):
        Model.load(run)


@pytest.mark.parametrize("kind", ["conditioners", "extras", "transforms"])
def test_code_that_a_file_names_is_never_imported(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    (tmp_path / "evil_module.py").write_text(f"open({str(tmp_path / 'was_here')!r}, 'w')\nThing = dict\n")
    monkeypatch.syspath_prepend(tmp_path)
    evil = {"name": "evil.thing", "tasks": ["color.cast"], "options": {}, "factory": "evil_module:Thing"}
    evil |= {"component": "evil_module:Thing"}

    def poison(content: Content) -> None:
        content[kind] = [*content[kind], evil]

    rewrite(run, poison)
    with pytest.raises(CheckpointError, match=r"evil.*no installed plugin contributes; install"):
        Model.load(run)
    assert "evil_module" not in sys.modules and not (tmp_path / "was_here").exists()


def test_a_learner_that_is_not_installed_is_named(run: Path) -> None:
    rewrite(run, lambda content: content.update(learner="torch.hub"))
    with pytest.raises(CheckpointError, match=r"'torch\.hub', which no installed plugin contributes; install"):
        Model.load(run)


def test_a_conditioner_that_now_steers_at_other_sites_is_refused(run: Path) -> None:
    def move(content: Content) -> None:
        content["conditioners"][0]["sites"] = ["encoded", "middle"]

    rewrite(run, move)
    with pytest.raises(CheckpointError, match=r"at encoded and middle, and its plugin now says decoded"):
        Model.load(run)
