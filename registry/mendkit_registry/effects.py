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


@dataclass(slots=True)
class Effects:
    """What a block of code did. Empty until the block has ended.

    Args:
        printed: the beginning of what it wrote to the standard output.
        generators: names of the global random generators whose states it changed.
    """

    printed: str = ""
    generators: tuple[str, ...] = ()


class Generator(NamedTuple):
    """A global random generator: its name, and how its state is read and set."""

    name: str
    get: Callable[[], Any]
    set: Callable[[Any], object]


@contextmanager
def undone() -> Iterator[Effects]:
    """Keep what the block prints off the standard output, and global random numbers as they were; tell what it did."""
    effects, printed = Effects(), StringIO()
    before = [(generator, generator.get()) for generator in _imported_generators()]
    try:
        with redirect_stdout(printed):
            yield effects
    finally:
        changed = [(generator, state) for generator, state in before if _differ(generator.get(), state)]
        for generator, state in changed:
            generator.set(state)
        effects.printed = shorten(printed.getvalue(), 60)
        effects.generators = tuple(generator.name for generator, _ in changed)


def _imported_generators() -> Iterator[Generator]:
    """Those of the packages that are imported already: watching imports nothing."""
    yield Generator("random", random.getstate, random.setstate)
    if numpy := sys.modules.get("numpy.random"):
        yield Generator("numpy.random", numpy.get_state, numpy.set_state)


def _differ(state: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return _comparable(state) != _comparable(other)


def _comparable(state: tuple[Any, ...]) -> tuple[Hashable, ...]:
    """numpy's state has an array in it, which does not compare as a whole."""
    return tuple(part.tobytes() if hasattr(part, "tobytes") else part for part in state)
