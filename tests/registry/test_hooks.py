"""Every hook is documented, implemented by a shipped plugin, and has a kind of spec."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendkit_registry import load
from mendkit_registry.hookspecs import HOOKS
from mendkit_registry.kinds import KINDS

ALL_HOOKS = sorted(vars(HOOKS))


@pytest.mark.parametrize("name", ALL_HOOKS)
def test_a_hook_has_a_docstring_and_its_spec_has_one(name: str) -> None:
    assert (getattr(HOOKS, name).__doc__ or "").startswith("Yield ")
    assert KINDS[name.removeprefix("mendkit_")].spec.__doc__


@pytest.mark.parametrize(("page", "entry"), [("tasks-and-plugins.md", "| `{}` |"), ("reference.md", "### {}\n")])
@pytest.mark.parametrize("name", ALL_HOOKS)
def test_a_hook_is_explained_and_in_the_reference(name: str, page: str, entry: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    assert text.count(entry.format(name)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_hook_yields_is_in_the_registry(kind: str) -> None:
    registry = load(strict=True)
    names = {name for plugin in registry.plugins for name in plugin.names(kind)}
    assert set(registry[KINDS[kind].spec]) == names
    assert names or kind == "models"  # which may ship apart from the code
