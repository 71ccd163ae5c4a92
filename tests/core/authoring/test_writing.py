from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mendkit.authoring import writing
from mendkit.authoring.names import AuthoringError
from mendkit.authoring.writing import TEMPLATE, rendered, write_plugin
from mendkit_registry import EvaluatorSpec, LossSpec, Plugin, Registry, SynthesizerSpec, compose, plugin_from

NAMES = [("scratches", "marks"), ("x", "y"), ("price_stickers", "on_the_box_with_a_very_long_name")]


@pytest.fixture
def registry() -> Registry:
    return compose([])


def files_in(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_plugin_is_a_distribution_with_a_package_and_tests(tmp_path: Path, registry: Registry) -> None:
    folder = write_plugin("scratches", "hairline", tmp_path / "new", registry)
    assert folder == tmp_path / "new" / "mendkit-scratches"
    assert files_in(tmp_path / "new") == {
        f"mendkit-scratches/{name}"
        for name in (
            "pyproject.toml",
            "README.md",
            *(f"mendkit_scratches/{part}.py" for part in ("__init__", "plugin", "synthesizer", "loss", "evaluator")),
            "mendkit_scratches/py.typed",
            *(f"tests/test_{part}.py" for part in ("conformance", "synthesizer", "loss", "evaluator")),
        )
    }


def test_its_entry_point_is_in_the_group_of_mendkits_own_plugins(tmp_path: Path, registry: Registry) -> None:
    folder = write_plugin("scratches", "hairline", tmp_path, registry)
    project = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    assert project["name"] == "mendkit-scratches"
    assert project["entry-points"] == {"mendkit": {"scratches": "mendkit_scratches.plugin"}}


@pytest.mark.parametrize(("name", "type_"), NAMES)
def test_its_module_contributes_one_task_with_all_that_is_for_it(name: str, type_: str) -> None:
    source = dict(rendered(name, type_))[Path(f"mendkit_{name}/plugin.py")]
    module = type(sys)(f"mendkit_{name}.plugin")
    exec(compile(source, module.__name__, "exec"), vars(module))
    registry = compose([plugin_from(module, name)])
    assert [plugin.status for plugin in registry.plugins] == ["ok"]
    assert list(registry.groups) == [name] and list(registry.tasks) == [f"{name}.{type_}"]
    for components in (registry[SynthesizerSpec], registry[LossSpec], registry[EvaluatorSpec]):
        assert [spec.tasks for spec in components.values()] == [(f"{name}.{type_}",)]


@pytest.mark.parametrize(("name", "type_"), NAMES)
def test_its_code_is_as_ruff_would_have_it(tmp_path: Path, registry: Registry, name: str, type_: str) -> None:
    folder = write_plugin(name, type_, tmp_path, registry)
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", folder], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_no_file_of_the_template_is_left_out() -> None:
    assert len(list(rendered("scratches", "marks"))) == sum(path.is_file() for path in TEMPLATE.rglob("*"))


def test_a_bad_or_taken_name_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    taken = compose([Plugin("scratches", "scratched", "1", "scratched")])
    for name, type_, registry in (("Scratches", "a", taken), ("moire", "a-b", taken), ("scratches", "a", taken)):
        with pytest.raises(AuthoringError):
            write_plugin(name, type_, tmp_path, registry)
    assert list(tmp_path.iterdir()) == []


def test_what_exists_is_never_overwritten(tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_late(name: str, type_: str) -> Iterator[tuple[Path, str]]:
        raise AssertionError("work began before the folder was refused")

    monkeypatch.setattr(writing, "rendered", too_late)
    (tmp_path / "mendkit-empty").mkdir()
    (tmp_path / "mendkit-file").write_text("mine")
    (tmp_path / "mendkit-link").symlink_to("nowhere")
    for name in ("empty", "file", "link"):
        with pytest.raises(AuthoringError, match=f"mendkit-{name} already exists and is not overwritten"):
            write_plugin(name, "marks", tmp_path, registry)
    assert (tmp_path / "mendkit-file").read_text() == "mine" and len(list(tmp_path.iterdir())) == 3


def test_a_plugin_is_written_as_a_whole_or_not_at_all(
    tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(name: str, type_: str) -> Iterator[tuple[Path, str]]:
        yield Path("README.md"), "half of it"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing, "rendered", full)
    with pytest.raises(AuthoringError, match="mendkit-scratches cannot be written: No space left on device"):
        write_plugin("scratches", "marks", tmp_path, registry)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_no_folder_is_refused(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(AuthoringError, match=r"cannot be written: .*; choose another --out"):
        write_plugin("scratches", "marks", tmp_path / "file", registry)
