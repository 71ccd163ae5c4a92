"""The shipped plugins keep the rules that all plugins must keep."""

from __future__ import annotations

import pytest

from mendkit.testing import assert_plugin_conforms


@pytest.mark.parametrize("name", ["background", "benchmarks", "color", "mendkit", "samples", "viewpoint"])
def test_a_shipped_plugin_conforms(name: str) -> None:
    assert_plugin_conforms(name)
