"""Side effects that no component may have: printing, and touching global random numbers, torch's as well."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from mendkit_registry.effects import undone

REMEDY = "print nothing (use `logging`), and draw only from the generator that is given, never from a global one"

UNLIKELY_SEED = 3_141_592_653
"""Of torch while it is watched: whoever seeds it anew chooses another one."""


@contextmanager
def watched(*, torch_draws: bool = False) -> Iterator[list[str]]:
    """List, when the block has ended, what it printed and which global random states it changed, and restore those.

    Args:
        torch_draws: drawing from torch's global generator is fine, as training seeds it in each step; seeding is not.
    """
    effects = list[str]()
    with _torch_undone(draws=torch_draws) as torch_changed, undone() as seen:
        yield effects
    effects += [f"printed {seen.printed!r}"] if seen.printed else []
    effects += [f"changed the global state of {name}" for name in (*seen.generators, *torch_changed)]


@contextmanager
def _torch_undone(*, draws: bool) -> Iterator[list[str]]:
    """Restore torch's global generator, if torch is imported, and name it if it was changed in a way that matters."""
    changed = list[str]()
    if not (torch := sys.modules.get("torch")):
        yield changed
        return
    original = torch.get_rng_state()
    if draws:
        torch.manual_seed(UNLIKELY_SEED)
    before = torch.get_rng_state()
    try:
        yield changed
    finally:
        same = torch.initial_seed() == UNLIKELY_SEED if draws else torch.equal(torch.get_rng_state(), before)
        changed += [] if same else ["torch"]
        torch.set_rng_state(original)
