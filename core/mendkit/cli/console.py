"""What all commands print to: consoles that show any text on any terminal, and keep lines whole."""

from __future__ import annotations

import codecs
import errno
import sys
from collections.abc import Iterable, Iterator
from io import TextIOWrapper

from rich.console import Console
from rich.text import Text

PLAIN = {"→": "->", "…": "..."}
"""Signs of our own that older encodings lack, and what is printed instead. Other signs become escapes."""
ON_ERROR = "mendkit.plain"
"""The name under which ``codecs`` knows how to print what an encoding lacks."""

REMEDIES = {
    errno.ENOSPC: "free some space, and run the command again",
    errno.EDQUOT: "free some space, and run the command again",
    errno.EROFS: "choose another folder",
    errno.EACCES: "see to its permissions, or choose another folder",
    errno.EPERM: "see to its permissions, or choose another folder",
    errno.EEXIST: "it is not a folder; choose another one",
    errno.ENOTDIR: "a part of this path is not a folder; choose another one",
    errno.ENAMETOOLONG: "choose a shorter name",
}
"""What helps against the errors of a disk."""


def console(*, stderr: bool = False) -> Console:
    """A console that prints names as they are: no markup, no emoji codes, and no line is broken in two."""
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=True)


out, err = console(), console(stderr=True)
"""For results, which may be piped elsewhere, and for all else that a command says."""


def print_anything() -> None:
    """From now on, standard output and standard error print what their encoding lacks in another way, and never fail."""
    codecs.register_error(ON_ERROR, _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=ON_ERROR)


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(PLAIN.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in lacking), error.end


def facts(rows: Iterable[tuple[str, str]]) -> Text:
    """A label and a value on each line, the values below each other. Lines stay whole, so that paths can be copied."""
    rows = tuple(rows)
    width = max((len(label) for label, _ in rows), default=0) + 2
    return Text("\n").join(_fact(label, value, width) for label, value in rows)


def _fact(label: str, value: str, width: int) -> Text:
    return Text.assemble((label.ljust(width), "dim"), value.replace("\n", "\n" + " " * width))


def about_files(error: OSError) -> str | None:
    """What is wrong with a file or its disk, and what helps; None for other errors of the operating system."""
    if error.filename is None and error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return None
    return "".join(_parts(error))


def _parts(error: OSError) -> Iterator[str]:
    if error.filename is not None:
        yield f"{error.filename}: "
    yield error.strerror or str(error)
    if error.errno in REMEDIES:
        yield f"; {REMEDIES[error.errno]}"
