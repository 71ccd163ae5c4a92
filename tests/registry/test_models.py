"""Models that plugins ship: what a spec may say, and how their folders are found."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from mendkit_registry import ModelSpec, Plugin, PluginError, compose, load, model_folder, models_in

MakePlugin = Callable[..., Plugin]
Install = Callable[..., str]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that fails when it is imported, with two models and a folder that is none."""
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("large", "base"):
        (tmp_path / "shelf" / name).mkdir(parents=True)
        (tmp_path / "shelf" / name / "card.json").touch()
    (tmp_path / "shelf" / "notes").mkdir()
    (tmp_path / "shelf" / "__init__.py").write_text("raise RuntimeError")
    return tmp_path / "shelf"


def test_each_folder_with_a_card_is_a_model_and_no_package_is_imported(package: Path) -> None:
    specs = list(models_in("shelf"))
    assert [spec.name for spec in specs] == ["base", "large"]
    assert [model_folder(spec) for spec in specs] == [package / "base", package / "large"]
    assert "shelf" not in sys.modules


def test_the_name_of_a_model_may_differ_from_its_folder(package: Path) -> None:
    assert model_folder(ModelSpec(name="first", package="shelf", folder="notes")) == package / "notes"


@pytest.mark.parametrize("place", [("shelf", "bass"), ("shlef", "base"), ("shlef.models", "base")])
@pytest.mark.usefixtures("package")
def test_a_folder_that_is_not_there_is_an_error_that_names_it(place: tuple[str, str]) -> None:
    spec = ModelSpec(name="first", package=place[0], folder=place[1])
    with pytest.raises(PluginError, match=rf"model 'first': the package '{place[0]}' has no folder '{place[1]}'"):
        model_folder(spec)
    assert list(models_in("shlef")) == []


@pytest.mark.parametrize(
    "fields",
    [{"name": "My-Model"}, {"folder": "../other"}, {"folder": "/tmp"}, {"folder": ""}, {"package": "a/b"}, {"rank": 1}],
)
def test_a_spec_names_a_folder_inside_a_package(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ModelSpec(**({"name": "base", "package": "shelf", "folder": "base"} | fields))  # type: ignore[arg-type]


def test_two_plugins_that_claim_one_name_are_both_broken(plugin: MakePlugin) -> None:
    model = ModelSpec(name="base", package="shelf", folder="base")
    found = compose([plugin("one", models=[model]), plugin("two", models=[model])]).plugins
    assert all("ModelSpec 'base' is claimed by" in str(each.error) for each in found)


def test_models_are_listed_by_a_hook(install: Install) -> None:
    install("@hookimpl\ndef mendkit_models():\n    yield ModelSpec(name='dummy', package='dummy', folder='dummy')")
    assert load()[ModelSpec]["dummy"].folder == "dummy"
