from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mendkit_registry import DefectGroup, DefectType, Plugin
from mendkit_registry.specs import Spec

Install = Callable[..., str]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a distribution of one plugin, whose module holds ``code``, next to those that are there already."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(code: str, *, name: str = "dummy", distribution: str = "", version: str = "1.2") -> str:
        distribution = distribution or f"{name}-plugin"
        module = distribution.replace("-", "_")
        (tmp_path / f"{module}.py").write_text(f"from mendkit_registry import *\n{code}")
        record = tmp_path / f"{module}-{version}.dist-info"
        record.mkdir()
        (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        (record / "entry_points.txt").write_text(f"[mendkit]\n{name} = {module}\n")
        return module

    yield install
    for module, found in list(sys.modules.items()):
        if str(getattr(found, "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[module]


@pytest.fixture
def plugin() -> Callable[..., Plugin]:
    """A working plugin that contributes ``specs``, by kind; ``groups`` and ``tasks`` may be names alone."""

    def make(name: str, *, groups: str = "", tasks: str = "", **specs: list[Spec]) -> Plugin:
        contributions = {
            "groups": tuple(DefectGroup(name=word, title=word) for word in groups.split()),
            "tasks": tuple(DefectType(name=word, title=word, supervision="paired") for word in tasks.split()),
            **{kind: tuple(found) for kind, found in specs.items()},
        }
        return Plugin(name, f"{name}-dist", "1.2", f"{name}_module", contributions)

    return make
