"""Reads and writes manifests: one row per line, with the columns ``source, target, task, split, group``.

They are JSONL, or CSV as written by any spreadsheet.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from itertools import chain, zip_longest
from pathlib import Path, PureWindowsPath
from typing import Any

from mendkit_registry import UnknownNameError

from ..errors import DataError
from ..files import write_text
from ..text import EncodingError, read_text
from .catalogue import SPLITS, ImageRef, Split
from .layouts import Row
from .splits import Divided, Keyed, into_splits

COLUMNS = ("source", "target", "task", "split", "group")
DELIMITERS = (",", ";", "\t")
"""Of CSV files; the first line decides."""
MAX_FAULTS = 20
"""The number of faults that are listed before reading stops."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a manifest, checked. ``split`` is None if the line does not set it."""

    number: int
    task: str
    row: Row
    name: str
    split: Split | None

    @property
    def group(self) -> str:
        """The product that the row shows; empty if it does not say."""
        return self.row.product or ""


class FaultyLineError(Exception):
    """A fault of one line; the manifest's DataError lists it."""


def read_manifest(file: Path, tasks: Collection[str]) -> dict[str, Divided[Row]]:
    """The rows of each task in a ``.csv`` or ``.jsonl`` file, by split. Paths in it are relative to its folder.

    Rows of one ``group`` (by default the source's stem) share a split: the one that any of them sets, or else the
    split of the group's hash.

    Raises:
        DataError: the file cannot be read, or lines have unknown columns, tasks or splits, or name missing files, or
            put a group in two splits; lists them by line number.
    """
    lines: list[Line] = []
    faults: list[str] = []
    for number, fields in _numbered(file):
        try:
            lines.append(_line(number, fields, file.parent, tasks))
        except FaultyLineError as fault:
            faults.append(f"  line {number}: {fault}")
        if len(faults) == MAX_FAULTS:
            break
    faults = faults or list(_torn_groups(lines))
    if faults:
        raise DataError("\n".join([f"{file}: correct these lines:", *faults[:MAX_FAULTS]]))
    return _by_task(into_splits(Keyed(line.name, line, line.split, line.row.product) for line in lines))


def write_manifest(file: Path, lines: Iterable[Mapping[str, str]]) -> None:
    """Write a CSV manifest atomically. A line has text for some of ``COLUMNS``; the others stay empty."""
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    write_text(file, text.getvalue())


def _numbered(file: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    readers = {".csv": _csv, ".jsonl": _jsonl}
    if file.suffix.lower() not in readers:
        raise DataError(f"{file}: a manifest is a .csv or a .jsonl file")
    try:
        text = StringIO(read_text(file), newline="")  # the csv module splits lines itself
        yield from readers[file.suffix.lower()](file, text)
    except (OSError, EncodingError, csv.Error) as error:
        raise DataError(f"{file}: cannot be read as a manifest: {error}") from error


def _csv(file: Path, lines: Iterator[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    first = next(lines, "")
    delimiter = max(DELIMITERS, key=first.count)
    rows = csv.reader(chain([first], lines), delimiter=delimiter, skipinitialspace=True)
    header = _header(file, next(rows, []))
    for cells in map(_trimmed, rows):
        if cells:
            yield rows.line_num, dict(zip_longest(header, cells))


def _header(file: Path, cells: list[str]) -> list[str]:
    header = [cell.strip().lower() for cell in _trimmed(cells)]
    if "task" not in header:
        raise DataError(f"{file}: line 1: the header lacks the column 'task'; the columns are {', '.join(COLUMNS)}")
    for name in header:
        try:
            _require_column(name)
        except FaultyLineError as fault:
            raise DataError(f"{file}: line 1: {fault}") from None
        if header.count(name) > 1:
            raise DataError(f"{file}: line 1: the header has {name!r} twice; remove one of the columns")
    return header


def _trimmed(cells: list[str]) -> list[str]:
    """The cells without empty ones at the end, which spreadsheets add."""
    count = next((count for count in range(len(cells), 0, -1) if cells[count - 1].strip()), 0)
    return cells[:count]


def _jsonl(file: Path, lines: Iterator[str]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{file}: line {number}: not JSON: {error}") from error
        if not isinstance(fields, dict):
            raise DataError(f"{file}: line {number}: must be an object with {', '.join(COLUMNS)}")
        yield number, fields


def _line(number: int, fields: Mapping[str, Any], base: Path, tasks: Collection[str]) -> Line:
    texts = dict(_text(name, value) for name, value in fields.items())
    group = texts.get("group") or None
    source, target = (_image(base, texts.get(side, ""), group) for side in ("source", "target"))
    image = source or target
    if image is None:
        raise FaultyLineError("has neither source nor target; give at least one")
    return Line(
        number=number,
        task=_task(texts.get("task", ""), tasks),
        row=Row(source, target),
        name=image.name,
        split=_split(texts.get("split", "")),
    )


def _text(name: str, value: object) -> tuple[str, str]:
    _require_column(name)
    if not isinstance(value, str | None):
        raise FaultyLineError(f"{name} must be text, not {value!r}")
    return name, (value or "").strip()


def _require_column(name: str | None) -> None:
    if name is None:  # a field without a column
        raise FaultyLineError("has more fields than the header; quote fields that contain the delimiter")
    if name not in COLUMNS:
        raise FaultyLineError(f"{UnknownNameError('column', name, COLUMNS)}")


def _image(base: Path, text: str, group: str | None) -> ImageRef | None:
    if not text:
        return None
    # A file name can contain a backslash; otherwise the path was written on Windows.
    for path in (base / text, base / text.replace("\\", "/")):
        if _is_file(path):
            return ImageRef(path, product=group)
    if PureWindowsPath(text).is_absolute() and not Path(text).is_absolute():
        raise FaultyLineError(f"{text} is a path on a Windows drive; write paths relative to the manifest's folder")
    raise FaultyLineError(f"no file {base / text}; paths are relative to the manifest's folder")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError as error:
        raise FaultyLineError(f"{path}: {error.strerror}") from error


def _task(name: str, tasks: Collection[str]) -> str:
    if name not in tasks:
        raise FaultyLineError(f"{UnknownNameError('task', name, tasks)}; `mendkit tasks` lists them")
    return name


def _split(name: str) -> Split | None:
    stated = next((split for split in SPLITS if split == name), None)
    if name and stated is None:
        raise FaultyLineError(f"bad split {name!r}; it is one of {', '.join(SPLITS)}, or empty")
    return stated


def _torn_groups(lines: Iterable[Line]) -> Iterator[str]:
    first: dict[str, Line] = {}
    for line in lines:
        if not (line.group and line.split):
            continue
        other = first.setdefault(line.group, line)
        if other.split != line.split:
            yield (
                f"  line {line.number}: group {line.group!r} is in {line.split}, but line {other.number} puts it in "
                f"{other.split}; give both the same split, or different groups"
            )


def _by_task(divided: Divided[Line]) -> dict[str, Divided[Row]]:
    names = sorted({line.task for lines in divided.values() for line in lines})
    return {
        name: {split: tuple(line.row for line in lines if line.task == name) for split, lines in divided.items()}
        for name in names
    }
