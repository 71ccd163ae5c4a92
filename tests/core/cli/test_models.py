"""``mendkit models``, and the commands that take a model by its name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mendkit.cli.app import import_command
from mendkit.cli.console import stdout
from mendkit.cli.models import app
from mendkit.cli.show import show
from mendkit.cli.tasks import task_details
from mendkit.training.checkpoint import read_index
from mendkit_registry import DefectGroup, DefectType, Plugin, UnknownNameError, compose, load

Ship = Callable[..., Path]
FIGURE = {
    "task": "stain.paired",
    "split": "test",
    "count": 200,
    "seed": 7,
    "pixels": 480,
    "metrics": {"l1": {"output": 0.0125, "input": 0.25}},
}


def models(*arguments: object) -> Any:
    result = CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "200"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_the_models_are_listed_with_their_tasks_and_terms(ship: Ship) -> None:
    ship(rank=1)
    ship("second")
    lines = [" ".join(line.split()) for line in models().stdout.splitlines()]
    place = next(number for number, line in enumerate(lines) if line.startswith("tiny"))
    assert lines[place].startswith("tiny stain.paired (default) 32 0.") and lines[place].endswith("for tests only")
    assert lines[place + 1] == "turn.tilted (default)"
    assert any(line.startswith("second stain.paired 32") for line in lines)


def test_the_list_is_json_for_programs(ship: Ship) -> None:
    folder = ship()
    (ship("second") / "card.json").write_text("{}")
    document = json.loads(models("--json").stdout)
    own = next(model for model in document["models"] if model["name"] == "tiny")
    assert (own["folder"], own["plugin"], own["default_for"]) == (str(folder), "tiny", ["stain.paired", "turn.tilted"])
    assert own["card"]["terms"] == "for tests only" and own["bytes"] > 10_000
    assert any("second" in fault for fault in document["faults"])


def test_a_broken_card_is_said_below_the_list(ship: Ship) -> None:
    ship()
    (ship("second") / "card.json").write_text("{}")
    result = models()
    assert "tiny" in result.stdout and "plugin 'second'" in result.stderr and "title: Field required" in result.stderr


def test_a_card_is_shown_in_full(ship: Ship) -> None:
    limits = ["Thin legs can vanish.", "Marks on products leave traces."]
    folder = ship(figures=[FIGURE], limits=limits, terms_in_full="Not for products.")
    for name in ("tiny", folder):
        shown = " ".join(models("show", name).stdout.split())
        for part in ("Stains and angles", "stain.paired: takes stains off", "Not for products.", "random pixels (CC0)"):
            assert part in shown
        assert all(limit in shown for limit in limits) and "l1 0.0125 0.25 test 200 7 480" in shown
        assert str(folder) in shown


def test_the_folder_of_a_model_is_printed_alone(ship: Ship) -> None:
    folder = ship()
    assert models("path", "tiny").stdout == f"{folder}\n"
    with pytest.raises(UnknownNameError, match=r"no model named 'tinny' \(nearest: tiny\)"):
        models("path", "tinny")


def test_a_run_is_exported(fresh_run: Path, write_card: Callable[..., Path], tmp_path: Path) -> None:
    result = models("export", fresh_run, tmp_path / "out", "--card", write_card())
    assert "Stains and angles, 0." in result.stderr and f"mendkit models show {tmp_path / 'out'}" in result.stderr
    assert read_index(tmp_path / "out").tasks == ("stain.paired", "turn.tilted")
    with pytest.raises(Exception, match="--most-mb"):
        models("export", fresh_run, tmp_path / "other", "--card", write_card(), "--most-mb", "0.01")


def test_a_model_is_shown_by_its_name_with_its_card(ship: Ship) -> None:
    folder = ship()
    with stdout.capture() as captured:
        show(Path("tiny"))
    shown = captured.get()
    assert str(folder) in shown and "640 of" in shown and "takes stains off" in shown and "not evaluated" not in shown


def test_a_task_is_shown_with_the_models_that_mend_it(ship: Ship) -> None:
    ship()
    task = DefectType(name="stain.paired", title="Stain", supervision="paired")
    own = {"groups": (DefectGroup(name="stain", title="Stains"),), "tasks": (task,)}
    both = compose([*load().plugins, Plugin("stains", "stains", "1", "stains", own)])
    with stdout.capture() as captured:
        stdout.print(task_details(both, both.task("stain.paired")))
    assert "tiny (for tests only)" in captured.get()


def test_each_command_that_takes_a_model_says_that_it_may_be_a_name() -> None:
    for command, parameter in (("evaluate", "run"), ("show", "run"), ("correct", "model"), ("train", "start")):
        helps = {each.name: each.help for each in import_command(command).params}
        assert "installed model" in helps[parameter], command
