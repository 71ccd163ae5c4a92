"""The tree that ``mendkit tasks`` prints, drawn line by line: rich's own takes seconds for ten thousand tasks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Sized
from typing import TypeVar

from rich.console import Console
from rich.tree import Tree

from mendkit_registry import DefectGroup, DefectType

Item = TypeVar("Item")
Family = tuple[DefectGroup, tuple[DefectType, ...]]
"""A group and those of its tasks that were chosen."""
Facts = tuple[str, str, str, str]
"""Of a task: its type, its supervision, what feeds it, and its plugin."""

NARROWEST = 20
"""Descriptions are never folded to fewer columns."""


def drawn_tree(families: Sequence[Family], facts: Mapping[str, Facts], console: Console) -> Iterator[str]:
    """The lines of the tree, as ``console`` shows styles: for each task one with its facts, and its description below.

    Descriptions are folded to the console's width; lines of facts stay whole.

    Args:
        facts: of each task, by its name.
    """
    dim, bold, name, feed = (_painter(console, style) for style in ("dim", "bold", "bold cyan", "green"))
    guides = Tree.ASCII_GUIDES if console.options.ascii_only else Tree.TREE_GUIDES[0]
    width, columns = console.width, [max(map(len, column)) + 2 for column in zip(*facts.values(), strict=True)]
    yield f"{_count(facts, 'task')} in {_count(families, 'group')}"
    for (group, tasks), first, below in _guided(families, "", guides):
        about = _folded(group.description or group.title, width - len(f"{first}{group.name}  "), below)
        yield f"{dim(first)}{bold(group.name)}  {dim(about)}"
        for task, first_of_task, below_task in _guided(tasks, below, guides):
            cells = [fact.ljust(column) for fact, column in zip(facts[task.name], columns, strict=True)]
            yield f"{dim(first_of_task)}{name(cells[0])}{cells[1]}{feed(cells[2])}{cells[3].rstrip()}"
            about = _folded(task.description or task.title, width - len(below_task), below_task)
            yield dim(below_task + about)


def _painter(console: Console, style: str) -> Callable[[str], str]:
    """Adds what makes ``console`` show a text in that style: nothing if it shows none."""
    with console.capture() as capture:
        console.print("|", style=style, end="", highlight=False)
    before, _, after = capture.get().partition("|")
    return lambda text: f"{before}{text}{after}"


def _guided(items: Sequence[Item], above: str, guides: Sequence[str]) -> Iterator[tuple[Item, str, str]]:
    """Each item of a branch, with the guides before its first line and before those below."""
    space, line, fork, end = guides
    for item in items[:-1]:
        yield item, above + fork, above + line
    for item in items[-1:]:
        yield item, above + end, above + space


def _folded(text: str, width: int, indent: str) -> str:
    """The text in lines of at most ``width`` columns, broken between words if possible; all but the first indented."""
    width = max(width, NARROWEST)
    return f"\n{indent}".join(re.findall(rf"\S.{{0,{width - 1}}}(?!\S)|\S{{{width}}}", text))


def _count(things: Sized, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"
