"""Side effects that no component may have: printing, and changing global states, such as random numbers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mendkit_registry.effects import undone

REMEDY = (
    "print nothing (use `logging`), draw only from the generator that is given, never from a global one, "
    "and leave global settings as they are"
)


@contextmanager
def watched(*, torch_draws: bool = False) -> Iterator[list[str]]:
    """List, when the block has ended, what it printed and which global states it changed, and restore those.

    Args:
        torch_draws: drawing from torch's global generator is fine, as training seeds it in each step; seeding is not.
    """
    effects = list[str]()
    with undone(torch_draws=torch_draws) as seen:
        yield effects
    effects += [f"printed {seen.printed!r}"] if seen.printed else []
    effects += [f"changed {change.state.name}" for change in seen.changes]
