"""Side effects that no component may have: printing, and touching global random numbers."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from textwrap import shorten
from typing import Any

REMEDY = "print nothing (use `logging`), and draw only from the generator that is given, never from a global one"

UNLIKELY_SEED = 3_141_592_653
"""Of torch while it is watched: whoever seeds it anew chooses another one."""


@contextmanager
def watched(*, torch_draws: bool = False) -> Iterator[list[str]]:
    """List, when the block has ended, what it printed and which global random states it changed, and restore those.

    Args:
        torch_draws: drawing from torch's global generator is fine, as training seeds it in each step; seeding is not.
    """
    effects, printed, original = list[str](), StringIO(), _states()
    if torch_draws and "torch" in original:
        sys.modules["torch"].manual_seed(UNLIKELY_SEED)
    before = _states()
    try:
        with redirect_stdout(printed):
            yield effects
    finally:
        if text := printed.getvalue().strip():
            effects.append(f"printed {shorten(text, 60)!r}")
        after = _states()
        for name, state in before.items():
            same = state[0] == after[name][0] if name == "torch" and torch_draws else state == after[name]
            effects += [] if same else [f"changed the global state of {name}"]
        _restore(original)


def _states() -> dict[str, tuple[Any, ...]]:
    """The states of the global generators that are imported already; torch's begins with its seed."""
    states: dict[str, tuple[Any, ...]] = {"random": random.getstate()}
    if numpy := sys.modules.get("numpy"):
        name, keys, *rest = numpy.random.get_state()
        states["numpy.random"] = (name, tuple(keys.tolist()), *rest)
    if torch := sys.modules.get("torch"):
        states["torch"] = (torch.initial_seed(), torch.get_rng_state().tolist())
    return states


def _restore(states: dict[str, tuple[Any, ...]]) -> None:
    random.setstate(states["random"])
    if "numpy.random" in states:
        sys.modules["numpy"].random.set_state(states["numpy.random"])
    if "torch" in states:
        torch = sys.modules["torch"]
        torch.set_rng_state(torch.tensor(states["torch"][1], dtype=torch.uint8))
