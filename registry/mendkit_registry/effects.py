"""Side effects that code of a plugin may have: what it prints, and which global states it changes."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from io import StringIO
from textwrap import shorten
from types import ModuleType
from typing import Any, NamedTuple

from .states import STATES, State

UNLIKELY_SEED = 3_141_592_653
"""Of torch while it is watched for being seeded: whoever seeds it chooses another one."""


class Change(NamedTuple):
    """A state that a block of code changed, and whether it could be restored."""

    state: State
    restored: bool

    def __str__(self) -> str:
        done = "was undone" if self.restored else "could not be undone"
        return f"changes {self.state.name}, which {done}; {self.state.advice}"


@dataclass(slots=True)
class Effects:
    """What a block of code did. Empty until the block has ended.

    Args:
        printed: the beginning of what it wrote to the standard output.
        changes: the global states that it changed.
    """

    printed: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """A sentence for each effect, with what to do instead."""
        printed = (f"prints {self.printed!r}; remove it, or use `logging`",) if self.printed else ()
        return *printed, *map(str, self.changes)


@contextmanager
def undone(*, torch_draws: bool = False) -> Iterator[Effects]:
    """Keep what the block prints off the standard output, and global states as they were; say what it did.

    What the block imports is watched from the end of its import on.

    Args:
        torch_draws: to draw from torch's generator is no effect; to seed it is. It is set back all the same.
    """
    effects, printed = Effects(), StringIO()
    try:
        with redirect_stdout(printed), _watched(effects), _drawing_undone() if torch_draws else nullcontext():
            yield effects
    finally:
        effects.printed = "" if printed.closed else shorten(printed.getvalue(), 60)


@contextmanager
def _watched(effects: Effects) -> Iterator[None]:
    watch = Watch()
    sys.meta_path.insert(0, watch)
    try:
        yield
    finally:
        sys.meta_path.remove(watch)
        effects.changes = tuple(watch.restore())


class Watch:
    """The states as they were. As a finder of modules, it reads those of a module as soon as that is imported."""

    def __init__(self) -> None:
        self._before: dict[State, Any] = {}
        self._read(STATES)

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Find a module as Python does, and watch its states once it has run."""
        states = [state for state in STATES if state.module == name]
        spec = PathFinder.find_spec(name, path, target) if states else None
        if spec is not None and hasattr(spec.loader, "exec_module"):
            self._read_after(spec.loader, states)
        return spec

    def _read_after(self, loader: Any, states: list[State]) -> None:
        def exec_module(module: ModuleType) -> None:
            del loader.exec_module  # what is patched is the instance, for one call
            loader.exec_module(module)
            self._read(states)

        loader.exec_module = exec_module

    def _read(self, states: Sequence[State]) -> None:
        for state in states:
            if (before := _value(state)) is not UNREADABLE:
                self._before.setdefault(state, before)

    def restore(self) -> Iterator[Change]:
        """Set back what was changed."""
        for state, before in self._before.items():
            if not _is(state, before):
                _restore(state, before)
                yield Change(state, restored=_is(state, before))


UNREADABLE = object()


def _value(state: State) -> Any:
    """What the state is; UNREADABLE if its module is not there, or not yet, or refuses."""
    module = sys.modules.get(state.module)
    try:
        return UNREADABLE if module is None else state.get(module)
    except Exception:
        return UNREADABLE


def _restore(state: State, before: Any) -> None:
    try:
        state.set(sys.modules[state.module], before)
    except Exception:
        return  # the remark says so, and the other states are still to be restored


def _is(state: State, value: Any) -> bool:
    now = _value(state)
    return now is not UNREADABLE and bool(_comparable(now) == _comparable(value))


@contextmanager
def _drawing_undone() -> Iterator[None]:
    """Set torch's generator back if it was drawn from; if it was seeded, it is left as no one had it before."""
    torch: Any = sys.modules.get("torch")
    if not hasattr(torch, "default_generator"):  # not there, or imported just now
        yield
        return
    before = torch.get_rng_state()
    torch.default_generator.manual_seed(UNLIKELY_SEED)
    try:
        yield
    finally:
        if torch.initial_seed() == UNLIKELY_SEED:
            torch.set_rng_state(before)
        else:
            torch.default_generator.manual_seed(UNLIKELY_SEED)


def _comparable(state: Any) -> Hashable:
    """Of numpy's state an array is a part, and torch's is a tensor; neither compares as a whole."""
    if isinstance(state, tuple):
        return tuple(map(_comparable, state))
    array = state.numpy() if hasattr(state, "numpy") else state
    return array.tobytes() if hasattr(array, "tobytes") else array  # type: ignore[no-any-return]
