"""Forbidden side effects of components: printing, and changing global state such as random numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mendkit_registry.effects import undone

REMEDY = (
    "do not print (use `logging`), draw only from the given generator, never from a global one, "
    "and do not change global settings"
)


@contextmanager
def watched(*, torch_draws: bool = False) -> Iterator[list[str]]:
    """When the block ends, list what it printed and which global states it changed, and restore them.

    Args:
        torch_draws: allow drawing from torch's global generator, which training seeds in each step, but not seeding.
    """
    effects = list[str]()
    with undone(torch_draws=torch_draws) as seen:
        yield effects
    effects += [f"printed {seen.printed!r}"] if seen.printed else []
    effects += [f"changed {change.state.name}" for change in seen.changes]
