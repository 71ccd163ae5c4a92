from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, runtime_checkable

import pytest
import torch

from mendkit_registry import FactoryError, SynthesizerSpec, build, import_factory


@runtime_checkable
class Barker(Protocol):
    def bark(self) -> str: ...


class Dog:
    def __init__(self, volume: int = 1) -> None:
        self.volume = volume

    def bark(self) -> str:
        return "wuff" * self.volume


class Mute:
    pass


def growl(volume: int) -> Dog:
    raise ValueError("too loud")


@pytest.fixture(autouse=True)
def kennel(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("kennel")
    module.Dog, module.Mute, module.growl, module.number = Dog, Mute, growl, 3  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "kennel", module)


def spec(factory: str, **options: Any) -> SynthesizerSpec:
    return SynthesizerSpec(name="test.dog", tasks=("*",), factory=factory, options=options)


def test_a_component_is_built_with_its_options() -> None:
    assert build(spec("kennel:Dog", volume=2), Barker).bark() == "wuffwuff"


@pytest.mark.parametrize(
    ("factory", "options", "fault"),
    [
        ("kennels:Dog", {}, "does not import: ModuleNotFoundError: No module named 'kennels'"),
        ("kennel:Cat", {}, "'kennel' has no 'Cat'"),
        ("kennel:Dogg", {}, "has no 'Dogg', the factory; did you mean 'Dog'?"),
        ("kennel:number", {}, "is an int, not a callable"),
        ("kennel:Dog", {"loudness": 2}, "kennel:Dog(loudness) raised TypeError: "),
        ("kennel:growl", {"volume": 2}, "kennel:growl(volume) raised ValueError: too loud (test_factories.py:"),
        ("kennel:Mute", {}, "returned a Mute, which lacks members of Barker"),
    ],
)
def test_a_factory_that_does_not_serve_is_an_error_that_names_the_component(
    factory: str, options: dict[str, Any], fault: str
) -> None:
    with pytest.raises(FactoryError) as raised:
        build(spec(factory, **options), Barker)
    assert "test.dog" in str(raised.value) and fault in str(raised.value)


def test_importing_a_factory_does_not_call_it() -> None:
    assert import_factory(spec("kennel:Dog")) is Dog


def test_what_the_import_of_a_factory_changes_is_undone_and_logged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "noisy_kennel.py").write_text(
        "import torch\ntorch.set_default_dtype(torch.float64)\nprint('wuff')\nDog = dict\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "noisy_kennel", raising=False)
    assert import_factory(spec("noisy_kennel:Dog")) is dict
    assert torch.get_default_dtype() is torch.float32
    prints, changes = caplog.messages
    assert prints == "test.dog: the import of its factory prints 'wuff'; remove it, or use `logging`"
    assert "changes the default dtype of torch, which was undone" in changes
