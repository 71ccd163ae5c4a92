"""Fixtures of pytest for the tests of plugins. The conftest.py beside pyproject.toml takes them in by the line

``pytest_plugins = ["mendkit.testing.fixtures"]``
"""

from __future__ import annotations

from typing import Protocol

import pytest

from mendkit_registry import Registry, compose, plugin_from


class ComposeRegistry(Protocol):
    """Composes a registry of plugins that are at hand and need not be installed."""

    def __call__(self, *plugins: object) -> Registry:
        """The registry of ``plugins``, each a module or another object with hooks, and of nothing else.

        Raises:
            PluginError: one of them is broken, or they do not go together.
        """


@pytest.fixture
def isolated_registry() -> ComposeRegistry:
    """Composes a registry of the given plugins alone, whatever is installed: ``isolated_registry(my_plugin)``."""
    return lambda *plugins: compose([plugin_from(plugin) for plugin in plugins], strict=True)
