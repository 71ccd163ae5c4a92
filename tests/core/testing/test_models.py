"""The checks of models that ship, on one that is made for the test."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from mendkit.testing import assert_plugin_conforms, models
from mendkit.testing.checks import Check
from mendkit_registry import ModelSpec, load

Ship = Callable[..., Path]
Problems = Callable[[Any, Sequence[Check[Any]]], dict[str, str]]


@pytest.fixture
def faults(problems: Problems) -> Callable[[], dict[str, str]]:
    """What is wrong with the model ``tiny``."""

    def find() -> dict[str, str]:
        registry = load()
        return problems(models.Trial(registry[ModelSpec]["tiny"], registry), models.CHECKS)

    return find


def test_a_model_as_it_is_exported_passes(ship: Ship) -> None:
    ship()
    assert_plugin_conforms("tiny")


@pytest.mark.parametrize("change", ["more", "less"])
def test_a_model_has_its_files_and_no_others(ship: Ship, faults: Callable[[], dict[str, str]], change: str) -> None:
    folder = ship()
    if change == "more":
        (folder / "critics.safetensors").touch()
    else:
        (folder / "checkpoint.json").unlink()
    [(check, problem)] = faults().items()
    name = "critics.safetensors does not belong" if change == "more" else "checkpoint.json is missing"
    assert check == "has the files of a model" and name in problem


def edited(file: Path, **fields: object) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | fields))


def test_a_bad_card_is_found(ship: Ship, faults: Callable[[], dict[str, str]]) -> None:
    edited(ship() / "card.json", terms="")
    assert "terms: " in faults()["has a valid card"]


def test_a_card_of_another_model_is_found(ship: Ship, faults: Callable[[], dict[str, str]]) -> None:
    edited(ship() / "card.json", tasks={"stain.paired": "takes stains off"})
    assert faults().keys() == {"is what its card says"}


@pytest.mark.parametrize("place", ["/home/someone/photos", "C:\\photos"])
def test_a_path_of_another_machine_is_found(ship: Ship, faults: Callable[[], dict[str, str]], place: str) -> None:
    edited(ship() / "checkpoint.json", extends=place)
    assert faults() == {"has no paths of the machine that trained it": f"checkpoint.json has the path {place}"}


def test_weights_that_are_not_finite_or_of_another_network_are_found(
    ship: Ship, faults: Callable[[], dict[str, str]]
) -> None:
    weights = ship() / "average.safetensors"
    stored = load_file(weights)
    save_file({name: torch.full_like(value, torch.nan) for name, value in stored.items()}, weights)
    assert faults() == {"gives finite outputs": "its output for stain.paired is not finite"}
    save_file({"other": torch.zeros(2)}, weights)
    assert "does not match the network" in faults()["loads"]


def test_a_model_that_is_too_large_is_found(
    ship: Ship, faults: Callable[[], dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ship()
    monkeypatch.setattr(models, "MOST_MB", 0.01)
    assert "MB, more than 0.01" in faults()["is small enough to ship"]
