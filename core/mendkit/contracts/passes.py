"""The outputs of a learner's networks for a batch: each pass is computed once per step and shared by all terms.

A learner defines its passes as methods of a subclass of ``Passes``, marked ``@shared_pass``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, Self, TypeVar, overload

import torch
from torch import Tensor

from .batch import Batch

Value = TypeVar("Value")
Rows = tuple[int, ...]
"""Rows of a batch, ascending. The host knows them, so they never have to be copied from the device."""
Asked = tuple[Rows, Iterable[str]]


class Passes:
    """The passes of a batch, or of some of its rows: the items of a term.

    Args:
        batch: the items.
        asked: the coming requests: rows, and the names of the passes that are needed for them. A pass is computed for
            the union of the rows that need it; None: for all rows.
    """

    def __init__(self, batch: Batch, asked: Iterable[Asked] | None = None) -> None:
        self.batch = batch
        self._needed = None if asked is None else needed_rows(type(self), asked)
        self._whole = self
        self._rows: Rows = tuple(range(len(batch)))
        self._parts: dict[Rows, Self] = {}
        self._made: dict[str, tuple[Rows, Any]] = {}
        self._own: dict[str, Any] = {}

    @property
    def x(self) -> Tensor:
        """The images with the defect, ``[N, 3, S, S]``."""
        return self.batch.x

    @property
    def y(self) -> Tensor:
        """The images without it, ``[N, 3, S, S]``."""
        return self.batch.y

    def select(self, rows: Rows) -> Self:
        """The passes of some rows of the whole batch; results are shared."""
        whole = self._whole
        if len(rows) == len(whole._rows):
            return whole  # type: ignore[return-value]
        if rows not in whole._parts:
            whole._parts[rows] = self._part(rows)
        return whole._parts[rows]  # type: ignore[return-value]

    def _part(self, rows: Rows) -> Self:
        part = object.__new__(type(self))
        part.__dict__.update(self._whole.__dict__)
        part.batch = self._whole.batch.select(torch.tensor(rows, dtype=torch.int64))
        part._rows, part._own = rows, {}
        return part

    def _pass(self, name: str, make: Callable[[Any], Value]) -> Value:
        if name not in self._own:
            whole = self._whole
            if name not in whole._made:
                rows = whole._rows if whole._needed is None else whole._needed.get(name, ())
                whole._made[name] = rows, make(whole.select(rows)) if rows else None
            self._own[name] = self._mine(name, *whole._made[name])
        return self._own[name]  # type: ignore[no-any-return]

    def _mine(self, name: str, rows: Rows, value: Any) -> Any:
        """The rows of this part, from a pass that was computed for ``rows``."""
        if rows == self._rows:
            return value
        places = {row: place for place, row in enumerate(rows)}
        if not places.keys() >= set(self._rows):
            raise LookupError(f"the pass {name!r} was not asked for; add it to `needs` of the term's LossSpec")
        index = torch.tensor([places[row] for row in self._rows]).to(self.batch.x.device, non_blocking=True)
        return value[index] if isinstance(value, Tensor) else value.map(lambda field: field[index])


class SharedPass(Generic[Value]):
    """A method of ``Passes`` that computes a pass.

    Args:
        make: returns a tensor ``[N, ...]``, or something with ``map``.
        after: the passes that it is computed from, for the same rows.
    """

    def __init__(self, make: Callable[[Any], Value], after: tuple[str, ...]) -> None:
        self.make, self.after = make, after
        self.__doc__ = make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, part: None, owner: type) -> SharedPass[Value]: ...

    @overload
    def __get__(self, part: Passes, owner: type) -> Value: ...

    def __get__(self, part: Passes | None, owner: type) -> SharedPass[Value] | Value:
        return self if part is None else part._pass(self.name, self.make)


def shared_pass(*after: str) -> Callable[[Callable[[Any], Value]], SharedPass[Value]]:
    """Mark a method of ``Passes`` as a pass that is computed once and shared; ``after`` as in ``SharedPass``."""
    return lambda make: SharedPass(make, after)


def pass_names(passes: type[Passes]) -> tuple[str, ...]:
    """The names of all passes of a class."""
    return tuple(name for name in dir(passes) if isinstance(getattr(passes, name, None), SharedPass))


def needed_rows(passes: type[Passes], asked: Iterable[Asked]) -> dict[str, Rows]:
    """The rows for which each pass is needed: the union over all requests of rows and names of passes.

    The passes that a pass is computed from are needed as well. Names that are not passes are ignored.
    """
    needed: dict[str, set[int]] = {}
    for rows, names in asked:
        pending = list(names)
        while pending:
            if isinstance(found := getattr(passes, pending.pop(), None), SharedPass):
                needed.setdefault(found.name, set()).update(rows)
                pending += found.after
    return {name: tuple(sorted(rows)) for name, rows in needed.items()}


def per_item(error: Tensor) -> Tensor:
    """The mean of ``error [N, ...]`` over all but its first dimension, ``[N]``."""
    return torch.flatten(error, start_dim=1).mean(dim=1)
