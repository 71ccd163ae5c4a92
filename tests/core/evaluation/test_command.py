from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import mendkit.data.opening
import mendkit.model
import mendkit_registry
from mendkit.cli.evaluate import evaluate
from mendkit.config import DataConfig, RunConfig
from mendkit.data.catalogue import Catalogue
from mendkit.errors import CheckpointError
from mendkit_registry import Registry

SAVED = DataConfig(root=Path("saved/root"), clean=Path("saved/clean"), resources={"rooms": Path("rooms")})


class Command:
    """``mendkit evaluate`` on a model that changes nothing, and the data configurations that it asked for."""

    def __init__(self, mender: Any, catalogue: Catalogue, registry: Registry, patch: pytest.MonkeyPatch) -> None:
        self.opened: list[DataConfig] = []
        model = mender(lambda images: images)
        model.config = RunConfig(data=SAVED)
        patch.setattr(mendkit.model, "load_model", lambda path, device: model)
        patch.setattr(mendkit_registry, "load", lambda strict: registry)
        patch.setattr(mendkit.data.opening, "open_catalogue", self._open)
        self._catalogue = catalogue
        self._app = typer.Typer()
        self._app.command()(evaluate)

    def _open(self, config: DataConfig, tasks: object, datasets: object) -> Catalogue:
        self.opened.append(config)
        return self._catalogue

    def __call__(self, *arguments: object) -> Any:
        return CliRunner().invoke(self._app, list(map(str, arguments)))


@pytest.fixture
def command(
    mender: Any, catalogue: Catalogue, registry: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Command:
    (tmp_path / "run" / "checkpoint").mkdir(parents=True)
    return Command(mender, catalogue, registry, monkeypatch)


def test_the_report_is_on_screen_and_in_the_run(command: Command, tmp_path: Path) -> None:
    run = tmp_path / "run"
    result = command(run, "--limit", 2)
    assert result.exit_code == 0, result.output
    assert "light.paired" in result.stdout and "100.0%" in result.stdout
    written = json.loads((run / "evaluation" / "test.json").read_text())
    assert written["tasks"]["light.dark"]["count"] == 2
    assert written["conditions"]["model"] == str(run)
    assert (run / "evaluation" / "test" / "index.html").is_file()
    assert len(list((run / "evaluation" / "test").rglob("*.before.png"))) == 4


def test_json_is_the_only_thing_on_standard_output(command: Command, tmp_path: Path) -> None:
    result = command(tmp_path / "run", "--json", "--no-gallery", "--tasks", "light.dark", "--seed", 3)
    printed = json.loads(result.stdout)
    assert list(printed["tasks"]) == ["light.dark"]
    assert printed["conditions"]["seed"] == 3
    assert not (tmp_path / "run" / "evaluation" / "test").exists()


def test_an_unreadable_image_makes_the_exit_status_one_after_everything_is_written(
    command: Command, catalogue: Catalogue, tmp_path: Path
) -> None:
    broken = catalogue["test"].clean[0].path
    broken.write_bytes(b"")
    result = command(tmp_path / "run")
    assert result.exit_code == 1
    assert "left out of light.dark" in result.stdout
    assert (tmp_path / "run" / "evaluation" / "test" / "index.html").is_file()


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ((), SAVED),
        (("--data", "new"), DataConfig(root=Path("new"), resources={"rooms": Path("rooms")})),
        (("--clean", "new"), DataConfig(clean=Path("new"), resources={"rooms": Path("rooms")})),
        (
            ("--resource", "rooms=others", "--resource", "logos=marks"),
            SAVED.model_copy(
                update={"resources": {"rooms": Path("others").absolute(), "logos": Path("marks").absolute()}}
            ),
        ),
        (("--reverse", "color.a"), SAVED.model_copy(update={"reverse": ("color.a",)})),
        (
            ("--data", "new", "--reverse", "color.a"),
            DataConfig(root=Path("new"), resources={"rooms": Path("rooms")}, reverse=("color.a",)),
        ),
    ],
    ids=["as the run", "other root", "other clean images", "other resources", "other direction", "direction of others"],
)
def test_data_is_that_of_the_run_unless_other_data_is_named(
    command: Command, tmp_path: Path, flags: tuple[str, ...], expected: DataConfig
) -> None:
    assert command(tmp_path / "run", "--no-gallery", *flags).exit_code == 0
    assert command.opened == [expected]


def test_the_report_on_a_checkpoint_lies_in_its_run(command: Command, tmp_path: Path) -> None:
    command(tmp_path / "run" / "checkpoint", "--no-gallery")
    assert (tmp_path / "run" / "evaluation" / "test.json").is_file()
    assert not list((tmp_path / "run" / "checkpoint").iterdir())


def test_the_report_on_a_model_that_ships_is_not_written_into_it(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = tmp_path / "run"
    (model / "card.json").touch()
    before = sorted(model.rglob("*"))
    monkeypatch.chdir(tmp_path)
    command(model, "--no-gallery")
    assert (tmp_path / "evaluation" / "run" / "test.json").is_file()
    assert sorted(model.rglob("*")) == before


def test_weights_that_are_not_there_stop_it_before_anything_is_written(command: Command, tmp_path: Path) -> None:
    result = command(tmp_path / "run", "--features", tmp_path / "none.safetensors")
    assert isinstance(result.exception, CheckpointError)
    assert not (tmp_path / "run" / "evaluation").exists()


def test_an_unknown_split_is_a_usage_error(command: Command, tmp_path: Path) -> None:
    assert command(tmp_path / "run", "--split", "tests").exit_code == 2
