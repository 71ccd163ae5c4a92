"""The tree that ``mendkit tasks`` prints, drawn line by line: rich's own takes seconds for ten thousand tasks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import TypeVar

from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.style import Style
from rich.tree import Tree

from mendkit_registry import DefectGroup, DefectType

Item = TypeVar("Item")
Family = tuple[DefectGroup, tuple[DefectType, ...]]
"""A group and those of its tasks that were chosen."""
Facts = tuple[str, str, str, str]
"""Of a task: its type, its supervision, what feeds it, and its plugin."""

DIM, GROUP, TYPE, FEED = (Style.parse(style) for style in ("dim", "bold", "bold cyan", "green"))
NARROWEST = 20
"""Descriptions are never folded to fewer columns."""


@dataclass(frozen=True)
class TasksTree:
    """A renderable of rich: for each group a line, for each task a line of facts and its description below.

    Descriptions are folded to the width of the console; lines of facts stay whole.
    """

    families: Sequence[Family]
    facts: Mapping[str, Facts]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        guides = Tree.ASCII_GUIDES if options.ascii_only else Tree.TREE_GUIDES[0]
        widths = [max(map(len, column)) for column in zip(*self.facts.values(), strict=True)]
        yield Segment(f"{_count(self.facts, 'task')} in {_count(self.families, 'group')}\n")
        for (group, tasks), first, below in _guided(self.families, "", guides):
            about = _folded(group.description or group.title, options.max_width - len(f"{first}{group.name}  "))
            yield from (Segment(first, DIM), Segment(group.name, GROUP), Segment(f"  {_indented(about, below)}", DIM))
            for task, first_of_task, below_task in _guided(tasks, below, guides):
                yield Segment(first_of_task, DIM)
                yield from _line(self.facts[task.name], widths)
                about = _folded(task.description or task.title, options.max_width - len(below_task))
                yield Segment(below_task + _indented(about, below_task), DIM)


def _guided(items: Sequence[Item], above: str, guides: Sequence[str]) -> Iterator[tuple[Item, str, str]]:
    """Each item of a branch, with the guides before its first line and before those below."""
    space, line, fork, end = guides
    for item in items[:-1]:
        yield item, above + fork, above + line
    for item in items[-1:]:
        yield item, above + end, above + space


def _line(facts: Facts, widths: Sequence[int]) -> Iterator[Segment]:
    """The facts of a task in columns."""
    *cells, plugin = (f"{fact:<{width}}  " for fact, width in zip(facts, widths, strict=True))
    for cell, style in zip(cells, (TYPE, None, FEED), strict=True):
        yield Segment(cell, style)
    yield Segment(f"{plugin.rstrip()}\n")


def _folded(text: str, width: int) -> list[str]:
    """The text in lines of at most ``width`` columns, broken between words where that is possible."""
    width = max(width, NARROWEST)
    return re.findall(rf"\S.{{0,{width - 1}}}(?!\S)|\S{{{width}}}", text)


def _indented(lines: Sequence[str], indent: str) -> str:
    """The lines as text, all but the first after ``indent``."""
    return f"\n{indent}".join(lines) + "\n"


def _count(things: Sized, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"
