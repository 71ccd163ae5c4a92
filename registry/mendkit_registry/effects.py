"""Side effects of plugin code: what it prints, and which global state it changes."""

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
"""The seed of torch while it is watched: code that seeds torch changes it."""


class Change(NamedTuple):
    """A state that a block of code changed, and whether it could be restored."""

    state: State
    restored: bool

    def __str__(self) -> str:
        done = "was undone" if self.restored else "could not be undone"
        return f"changes {self.state.name}, which {done}; {self.state.advice}"


@dataclass(slots=True)
class Effects:
    """The side effects of a block of code. Empty until the block has ended.

    Args:
        printed: the start of what it wrote to standard output.
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
    """Keep what the block prints off standard output, restore global state, and report both.

    A module that the block imports is watched as soon as it is imported.

    Args:
        torch_draws: drawing from torch's generator is not reported, but seeding it is. It is restored in any case.
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
    """The original states. As a module finder, it reads the states of a module as soon as it is imported."""

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
        """Restore what was changed."""
        for state, before in self._before.items():
            if not _is(state, before):
                _restore(state, before)
                yield Change(state, restored=_is(state, before))


UNREADABLE = object()


def _value(state: State) -> Any:
    """The value of the state; UNREADABLE if its module is not imported (yet), or refuses."""
    module = sys.modules.get(state.module)
    try:
        return UNREADABLE if module is None else state.get(module)
    except Exception:
        return UNREADABLE


def _restore(state: State, before: Any) -> None:
    try:
        state.set(sys.modules[state.module], before)
    except Exception:
        return  # the remark says so; the other states must still be restored


def _is(state: State, value: Any) -> bool:
    now = _value(state)
    return now is not UNREADABLE and bool(_comparable(now) == _comparable(value))


@contextmanager
def _drawing_undone() -> Iterator[None]:
    """Restore torch's generator if it was drawn from; if it was seeded, leave it in a state that nobody had before."""
    torch: Any = sys.modules.get("torch")
    if not hasattr(torch, "default_generator"):  # not imported, or only partly
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
    """numpy's state contains an array, and torch's is a tensor; neither can be compared with ``==``."""
    if isinstance(state, tuple):
        return tuple(map(_comparable, state))
    array = state.numpy() if hasattr(state, "numpy") else state
    return array.tobytes() if hasattr(array, "tobytes") else array  # type: ignore[no-any-return]
