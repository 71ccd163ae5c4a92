"""Pytest fixtures for the tests of plugins. Add them with this line in the conftest.py beside pyproject.toml:

``pytest_plugins = ["mendkit.testing.fixtures"]``
"""

from __future__ import annotations

from typing import Protocol

import pytest

from mendkit_registry import Registry, compose, plugin_from


class ComposeRegistry(Protocol):
    """Composes a registry of given plugins, which need not be installed."""

    def __call__(self, *plugins: object) -> Registry:
        """The registry of only these ``plugins``, each a module or another object with hooks.

        Raises:
            PluginError: one of them is broken, or they clash.
        """


@pytest.fixture
def isolated_registry() -> ComposeRegistry:
    """Composes a registry of only the given plugins, whatever is installed: ``isolated_registry(my_plugin)``."""
    return lambda *plugins: compose([plugin_from(plugin) for plugin in plugins], strict=True)
