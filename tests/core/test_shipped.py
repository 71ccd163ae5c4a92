"""Installed models: found by name, or by the task that they mend."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mendkit.errors import CheckpointError, MendkitError
from mendkit.shipped import default_model, default_tasks, find_model, folder_bytes, shipped_models, short_name
from mendkit_registry import ModelSpec, Plugin, Registry, UnknownNameError, compose, load

Ship = Callable[..., Path]


def only(*names: str) -> Registry:
    """A registry of the installed plugins of these names alone, whatever else is installed."""
    return compose([plugin for plugin in load().plugins if plugin.name in names])


def test_a_name_is_an_installed_model_unless_there_is_such_a_path(
    ship: Ship, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ship()
    assert find_model("tiny") == find_model(Path("tiny")) == folder
    assert find_model(folder) == folder
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny").mkdir()
    assert find_model("tiny") == Path("tiny")


def test_what_is_neither_path_nor_name_is_an_error_that_lists_the_models(ship: Ship) -> None:
    ship(), ship("second")
    registry = only("tiny", "second")
    with pytest.raises(CheckpointError, match=r"tinny: is not a run.*\(nearest: tiny\); installed: second, tiny$"):
        find_model("tinny", registry)
    with pytest.raises(CheckpointError, match=r"runs/one: is not a run.*'runs/one' \(known: second, tiny\)$"):
        find_model(Path("runs/one"), registry)
    with pytest.raises(CheckpointError, match=r"\(known: none\)$"):
        find_model("tiny", compose([]))


def test_the_default_is_the_model_of_the_highest_rank_that_mends_the_task(ship: Ship) -> None:
    ship(), ship("second", rank=1), ship("finder", rank=2, gives="image")
    registry = only("tiny", "second")
    assert default_model("turn.tilted", registry).name == default_model(None, registry).name == "second"
    both = shipped_models(registry)
    assert [model.name for model in both.models] == ["second", "tiny"] and both.faults == ()
    assert default_tasks(both) == {"second": ["stain.paired", "turn.tilted"], "tiny": []}
    finder = shipped_models(only("finder")).models[0]
    assert not finder._replace(card=finder.card.model_copy(update={"gives": "finding"})).mends("stain.paired")


def test_a_task_that_no_model_mends_is_an_error_that_says_what_helps(ship: Ship) -> None:
    ship()
    registry = only("tiny", "color", "background")
    with pytest.raises(MendkitError, match=r"no installed model mends color\.cast") as raised:
        default_model("color.cast", registry)
    assert "(installed: tiny (stain.paired, turn.tilted))" in str(raised.value)
    assert "train one with `mendkit train --tasks color.cast" in str(raised.value)
    with pytest.raises(UnknownNameError, match=r"nearest: color\.cast"):
        default_model("color.csat", registry)
    with pytest.raises(MendkitError, match=r"no installed model mends photos \(installed: none\)"):
        default_model(None, compose([]))


def test_a_broken_card_is_said_and_leaves_other_models_alone(ship: Ship) -> None:
    folder = ship()
    ship("second")
    (folder / "card.json").write_text("{}")
    shipped = shipped_models(only("tiny", "second"))
    assert [model.name for model in shipped.models] == ["second"]
    [fault] = shipped.faults
    assert "plugin 'tiny'" in fault and "title: Field required" in fault
    with pytest.raises(MendkitError, match=r"plugin 'tiny'.*bad card"):
        default_model("stain.paired", only("tiny"))


def test_a_folder_that_is_missing_is_said(ship: Ship) -> None:
    ship()
    missing = ModelSpec(name="gone", package="tiny_models", folder="gone")
    row = Plugin("other", "other", "1", "other", {"models": (missing,)})
    registry = compose([*only("tiny").plugins, row])
    assert "has no folder 'gone'" in shipped_models(registry).faults[0]


def test_a_model_has_a_short_name_and_a_size(ship: Ship, fresh_run: Path) -> None:
    folder = ship()
    assert short_name(folder) == "tiny"
    assert short_name(fresh_run) == f"{fresh_run.parent.name}/fresh"
    assert folder_bytes(folder) == sum(file.stat().st_size for file in folder.iterdir())
