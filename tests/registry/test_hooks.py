"""Every hook is documented, implemented by a shipped plugin or a test's, and has a kind of spec."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mendkit_registry import hookspecs, load
from mendkit_registry.discovery import HOOKS, KINDS

ALL_HOOKS = sorted(name for name in vars(hookspecs) if name.startswith("mendkit_"))

UNSHIPPED = {
    "losses": "LossSpec(name='dummy.loss', tasks=('*',), factory='m:C', weight=1)",
}
"""Hooks that no shipped plugin needs yet, each with a spec that a test yields."""


def test_every_hook_has_a_kind_of_spec_and_every_kind_a_hook() -> None:
    assert set(ALL_HOOKS) == HOOKS and len(HOOKS) == len(KINDS)


@pytest.mark.parametrize("name", ALL_HOOKS)
def test_a_hook_has_a_docstring_and_its_spec_has_one(name: str) -> None:
    assert (getattr(hookspecs, name).__doc__ or "").startswith("Yield ")
    spec = KINDS[name.removeprefix("mendkit_")]
    assert spec.__doc__


@pytest.mark.parametrize(("page", "entry"), [("tasks-and-plugins.md", "| `{}` |"), ("reference.md", "### {}\n")])
@pytest.mark.parametrize("name", ALL_HOOKS)
def test_a_hook_is_explained_and_in_the_reference(name: str, page: str, entry: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    assert text.count(entry.format(name)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_hook_yields_is_in_the_registry(kind: str, install: Callable[..., str]) -> None:
    if kind in UNSHIPPED:
        install(f"@hookimpl\ndef mendkit_{kind}():\n    yield {UNSHIPPED[kind]}")
    registry = load(strict=True)
    assert any(plugin.names(kind) for plugin in registry.plugins)
    assert set(getattr(registry, kind)) == {name for plugin in registry.plugins for name in plugin.names(kind)}
