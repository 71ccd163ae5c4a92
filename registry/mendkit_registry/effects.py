"""Side effects that code of a plugin may have: what it prints, and which global random generators it changes."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from textwrap import shorten
from typing import Any, NamedTuple

NUMPY = "numpy.random"
UNLIKELY_SEED = 3_141_592_653
"""Of torch while it is watched for being seeded: whoever seeds it chooses another one."""


@dataclass(slots=True)
class Effects:
    """What a block of code did. Empty until the block has ended.

    Args:
        printed: the beginning of what it wrote to the standard output.
        generators: names of the global random generators whose states it changed.
    """

    printed: str = ""
    generators: tuple[str, ...] = ()


class Watch(NamedTuple):
    """A global random generator: its name, whether its state was changed since then, and what sets it back."""

    name: str
    is_changed: Callable[[], bool]
    restore: Callable[[], object]


@contextmanager
def undone(*, torch_draws: bool = False) -> Iterator[Effects]:
    """Keep what the block prints off the standard output, and global random numbers as they were; tell what it did.

    Args:
        torch_draws: to draw from torch's generator is no effect; to seed it is. It is set back all the same.
    """
    effects, printed = Effects(), StringIO()
    watches, numpy_was_there = list(_watches(torch_draws)), NUMPY in sys.modules
    try:
        with redirect_stdout(printed):
            yield effects
    finally:
        effects.generators = tuple(watch.name for watch in watches if watch.is_changed())
        effects.printed = shorten(printed.getvalue(), 60)
        for watch in watches:
            watch.restore()
        if not numpy_was_there and (numpy := sys.modules.get(NUMPY)):
            numpy.seed()  # as it is after an import that no one interferes with


def _watches(torch_draws: bool) -> Iterator[Watch]:
    """Those of the packages that are imported already: watching imports nothing."""
    yield _watch("random", random.getstate, random.setstate)
    if numpy := sys.modules.get(NUMPY):
        yield _watch(NUMPY, numpy.get_state, numpy.set_state)
    torch: Any = sys.modules.get("torch")
    if hasattr(torch, "set_rng_state"):  # not while it is imported itself
        yield _watch_seed(torch) if torch_draws else _watch("torch", torch.get_rng_state, torch.set_rng_state)


def _watch(name: str, get: Callable[[], Any], set_: Callable[[Any], object]) -> Watch:
    before = get()
    return Watch(name, lambda: _comparable(get()) != _comparable(before), lambda: set_(before))


def _watch_seed(torch: Any) -> Watch:
    before = torch.get_rng_state()
    torch.manual_seed(UNLIKELY_SEED)
    return Watch("torch", lambda: torch.initial_seed() != UNLIKELY_SEED, lambda: torch.set_rng_state(before))


def _comparable(state: Any) -> Hashable:
    """Of numpy's state an array is a part, and torch's is a tensor; neither compares as a whole."""
    if isinstance(state, tuple):
        return tuple(map(_comparable, state))
    array = state.numpy() if hasattr(state, "numpy") else state
    return array.tobytes() if hasattr(array, "tobytes") else array  # type: ignore[no-any-return]
