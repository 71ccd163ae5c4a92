"""The tasks that a pattern matches, and the components for a task, without trying every pattern on every task."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TypeVar

WILDCARD = re.compile(r"[*?[]")
LAST = chr(0x10FFFF)
"""Sorts after every character that a name can continue with."""


Item = TypeVar("Item")


def is_glob(pattern: str) -> bool:
    """Whether ``pattern`` has a wildcard, and so can match several names or none."""
    return WILDCARD.search(pattern) is not None


def matching(names: Sequence[str], patterns: Iterable[str]) -> list[str]:
    """The names among the sorted ``names`` that any of the patterns matches, sorted and without duplicates.

    >>> matching(["mark.logo", "mark.text", "view.tilted"], ["mark.logo", "*.t*"])
    ['mark.logo', 'mark.text', 'view.tilted']
    """
    return sorted({name for pattern in patterns for name in _matching(names, pattern)})


def _matching(names: Sequence[str], pattern: str) -> Sequence[str]:
    # A pattern is tried only on names with its literal prefix: for a name or ``group.*`` these are few.
    start = WILDCARD.split(pattern, maxsplit=1)[0]
    begin_so = names[bisect_left(names, start) : bisect_left(names, start + LAST)]
    if pattern == f"{start}*":
        return begin_so
    return [name for name in begin_so if (fnmatchcase(name, pattern) if is_glob(pattern) else name == pattern)]


class Index(Mapping[str, Item]):
    """All contributions of one kind, sorted by name, with a lookup by task.

    Args:
        items: by name, sorted.
        tasks: the names of all tasks, sorted.
    """

    def __init__(self, items: Mapping[str, Item], tasks: Sequence[str]) -> None:
        self._items = items
        self._tasks = tasks

    def __getitem__(self, name: str) -> Item:
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def of(self, task: str) -> tuple[Item, ...]:
        """The items for ``task``, in the order of their names; none for an unknown task."""
        return self._by_task.get(task, ())

    @cached_property
    def _by_task(self) -> dict[str, tuple[Item, ...]]:
        found: dict[str, list[Item]] = defaultdict(list)
        for item in self._items.values():
            for task in matching(self._tasks, getattr(item, "tasks", ())):
                found[task].append(item)
        return {task: tuple(items) for task, items in found.items()}
