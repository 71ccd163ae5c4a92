"""The shipped plugins keep the rules that all plugins must keep."""

from __future__ import annotations

import pytest

from mendkit.testing import assert_plugin_conforms
from mendkit_registry import models_in


@pytest.mark.parametrize("name", ["background", "benchmarks", "color", "mendkit", "samples", "viewpoint"])
def test_a_shipped_plugin_conforms(name: str) -> None:
    assert_plugin_conforms(name)


@pytest.mark.skipif(not list(models_in("mendkit_models")), reason="no model has been put into the package")
def test_the_shipped_models_conform() -> None:
    assert_plugin_conforms("models")
