"""Imports point one way: plugins -> core -> registry, and no plugin imports another one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REGISTRY, CORE = "mendkit_registry", "mendkit"
PLUGINS = sorted(folder.name for folder in (ROOT / "plugins").iterdir() if (folder / "plugin.py").is_file())
OURS = {REGISTRY, CORE, *PLUGINS}


def imported_packages(file: Path) -> Iterator[str]:
    """The top-level packages that a file imports, also within functions and for types; "." is its own."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." if node.level else str(node.module).partition(".")[0]


def packages_of(package: Path) -> set[str]:
    return {name for file in package.rglob("*.py") for name in imported_packages(file)}


def test_the_plugins_that_are_checked_are_those_that_are_shipped() -> None:
    shipped = ("background", "benchmarks", "color", "models", "samples", "viewpoint")
    assert [f"mendkit_{name}" for name in shipped] == PLUGINS


def test_the_registry_imports_neither_core_nor_plugins_nor_torch() -> None:
    imported = packages_of(ROOT / "registry" / REGISTRY)
    assert "pluggy" in imported  # the files were found
    assert imported & (OURS - {REGISTRY}) == set()
    assert imported & {"torch", "numpy", "cv2", "PIL"} == set()


def test_the_core_imports_no_plugin() -> None:
    imported = packages_of(ROOT / "core" / CORE)
    assert REGISTRY in imported
    assert imported & set(PLUGINS) == set()


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_imports_no_other_plugin(plugin: str) -> None:
    imported = packages_of(ROOT / "plugins" / plugin)
    assert REGISTRY in imported
    assert imported & (set(PLUGINS) - {plugin}) == set()


@pytest.mark.parametrize("plugin", PLUGINS)
def test_a_plugin_module_imports_only_the_registry(plugin: str) -> None:
    imported = set(imported_packages(ROOT / "plugins" / plugin / "plugin.py"))
    assert imported <= {"__future__", "collections", REGISTRY}
