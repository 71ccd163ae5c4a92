"""What a model is made of is decided by the installed plugins, never by its file."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from mendkit.config import RunConfig
from mendkit.errors import CheckpointError
from mendkit.model import Model
from mendkit.training.checkpoint import read_index, save_checkpoint
from mendkit.training.run import plan_run
from mendkit.training.state import new_state
from mendkit_registry import ConditionerSpec, ExtraSpec, load

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


def as_format_1(content: Content) -> None:
    """Components had the place of their code, and tasks as their plugin names them."""
    registry = load()
    kinds: dict[str, Any] = {"conditioners": ConditionerSpec, "extras": ExtraSpec}
    for kind, spec in kinds.items():
        content[kind] = [registry[spec][used["component"]].model_dump(mode="json") for used in content[kind]]
        for old in content[kind]:
            old.pop("on_request", None)
    for key in ("learner", "balance"):
        content.pop(key)
    content["config"].pop("learner")
    content["format"] = 1


def test_a_model_of_the_first_format_loads_and_mends_as_before(run: Path) -> None:
    images, tasks = torch.rand(2, 3, 32, 32) * 2 - 1, ["background.watermark", "color.cast"]
    before = Model.load(run)
    rewrite(run, as_format_1)
    after = Model.load(run)
    assert [used.component for used in read_index(run).conditioners] == ["color.match_references"]
    assert [spec.name for spec in after.extras] == [spec.name for spec in before.extras]
    assert torch.equal(before.mend(images, tasks).image, after.mend(images, tasks).image)


@pytest.mark.parametrize("kind", ["conditioners", "extras"])
@pytest.mark.parametrize("format_", [1, 2])
def test_code_that_a_file_names_is_never_imported(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, format_: int
) -> None:
    (tmp_path / "evil_module.py").write_text(f"open({str(tmp_path / 'was_here')!r}, 'w')\nThing = dict\n")
    monkeypatch.syspath_prepend(tmp_path)
    evil = {"name": "evil.thing", "tasks": ["color.cast"], "options": {}, "factory": "evil_module:Thing"}
    evil |= {"component": "evil_module:Thing"} | ({"site": "encoded"} if kind == "conditioners" else {})

    def poison(content: Content) -> None:
        if format_ == 1:
            as_format_1(content)
        content[kind] = [*content[kind], evil]

    rewrite(run, poison)
    with pytest.raises(CheckpointError, match=r"evil.*no installed plugin contributes; install"):
        Model.load(run)
    assert "evil_module" not in sys.modules and not (tmp_path / "was_here").exists()


def test_a_learner_that_is_not_installed_is_named(run: Path) -> None:
    rewrite(run, lambda content: content.update(learner="torch.hub"))
    with pytest.raises(CheckpointError, match=r"'torch\.hub', which no installed plugin contributes; install"):
        Model.load(run)
