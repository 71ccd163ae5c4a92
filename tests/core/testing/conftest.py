from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from mendkit.testing.checks import Check, run_checks
from mendkit.testing.fixtures import isolated_registry  # noqa: F401 (a fixture, also for a file that is run alone)

Problems = Callable[[Any, Sequence[Check[Any]]], dict[str, str]]


@pytest.fixture
def problems() -> Problems:
    """What is wrong with a subject, by the names of the checks that failed."""

    def find(subject: Any, checks: Sequence[Check[Any]]) -> dict[str, str]:
        findings = run_checks("it", subject, checks)
        return {finding.check: finding.problem for finding in findings if finding.problem}

    return find


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Install a plugin ``scratches`` whose package has the given modules, besides those that are there."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(**modules: str) -> None:
        package, record = tmp_path / "scratches_plugin", tmp_path / "scratches_plugin-1.2.dist-info"
        for folder in (package, record):
            folder.mkdir()
        (package / "__init__.py").touch()
        for name, code in modules.items():
            (package / f"{name}.py").write_text(code)
        (record / "METADATA").write_text("Metadata-Version: 2.1\nName: scratches-plugin\nVersion: 1.2\n")
        (record / "entry_points.txt").write_text("[mendkit]\nscratches = scratches_plugin.plugin\n")

    yield install
    for name in [name for name in sys.modules if name.partition(".")[0] == "scratches_plugin"]:
        del sys.modules[name]
