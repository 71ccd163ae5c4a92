"""What all commands print to: consoles that show any text on any terminal, and keep lines whole."""

from __future__ import annotations

import codecs
import errno
import os
import sys
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from ..reporting.words import WordTable

if TYPE_CHECKING:
    from rich.progress import Progress

Item = TypeVar("Item")

PLAIN = {"→": "->", "…": "..."}
"""Signs of our own that older encodings lack, and what is printed instead. Other signs become escapes."""
ON_ERROR = "mendkit.plain"
"""The name under which ``codecs`` knows how to print what an encoding lacks."""

DISK_IS_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Errors of a file even where they do not name one, as while it is written."""
MISSING = frozenset({errno.ENOENT, errno.ESTALE, errno.ELOOP})
"""Errors of a file that was to be read."""

# Names are printed as they are, without markup and emoji codes, and no line is broken in two.
stdout, stderr = (
    Console(stderr=to_error, markup=False, highlight=False, emoji=False, soft_wrap=True) for to_error in (False, True)
)
"""For results, which may be piped elsewhere, and for all else that a command says."""


def passing_bars() -> Progress:
    """Bars that are gone in the end, and that are shown on a terminal only."""
    from rich.progress import Progress

    return Progress(console=stderr, transient=True, disable=not stderr.is_terminal)


def progress_bar(items: Iterable[Item], count: int, label: str) -> Iterator[Item]:
    """Pass ``items`` on, with a bar on a terminal of how many of ``count`` there were."""
    with passing_bars() as bars:
        yield from bars.track(items, count, description=label)


def print_anything() -> None:
    """From now on, both standard streams print what their encoding lacks in another way, and never fail."""
    codecs.register_error(ON_ERROR, _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=ON_ERROR)


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(PLAIN.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in lacking), error.end


def table(*columns: str) -> Table:
    """A table without lines, whose cells are folded where they must, and never cut. What may be copied goes below."""
    named = (Column(name, overflow="fold") for name in columns)
    return WordTable(*named, box=None, pad_edge=False, header_style="dim")


def facts(rows: Iterable[tuple[str, str]]) -> Text:
    """A label and a value on each line, the values below each other. Lines stay whole, so that paths can be copied."""
    rows = tuple(rows)
    width = max((len(label) for label, _ in rows), default=0) + 2
    return Text("\n").join(_fact(label, value, width) for label, value in rows)


def _fact(label: str, value: str, width: int) -> Text:
    return Text.assemble((label.ljust(width), "dim"), value.replace("\n", "\n" + " " * width))


def about_files(error: OSError) -> str | None:
    """What is wrong with a file or its disk, and what helps; None for other errors of the operating system."""
    from ..files import REMEDY

    if error.errno is None or (error.filename is None and error.errno not in DISK_IS_FULL):
        return None
    place = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
    remedy = "check the path" if error.errno in MISSING else REMEDY
    return f"{place}{error.strerror}; {remedy}"
