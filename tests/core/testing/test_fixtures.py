"""The fixture for authors: a registry of plugins at hand, and of nothing that is installed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from mendkit_registry import DefectGroup, DefectType, PluginError, hookimpl

if TYPE_CHECKING:
    from mendkit.testing.fixtures import ComposeRegistry

pytest_plugins = ["mendkit.testing.fixtures"]


class Surface:
    @hookimpl
    def mendkit_groups(self) -> list[DefectGroup]:
        return [DefectGroup(name="surface", title="Surface")]


class Scratches:
    @hookimpl
    def mendkit_tasks(self) -> list[DefectType]:
        return [DefectType(name="surface.scratches", title="Scratches", supervision="paired")]


def test_the_registry_has_what_the_given_plugins_contribute_and_nothing_else(
    isolated_registry: ComposeRegistry,
) -> None:
    registry = isolated_registry(Scratches(), Surface())
    assert list(registry.tasks) == ["surface.scratches"] and list(registry.groups) == ["surface"]
    assert registry.plugin_of(registry.task("surface.scratches")).name == "Scratches"
    assert not isolated_registry().tasks


def test_plugins_that_do_not_go_together_are_an_error(isolated_registry: ComposeRegistry) -> None:
    with pytest.raises(PluginError, match="unknown group 'surface'"):
        isolated_registry(Scratches())
    with pytest.raises(PluginError, match="version 2"):
        isolated_registry(SimpleNamespace(MENDKIT_API=2))
