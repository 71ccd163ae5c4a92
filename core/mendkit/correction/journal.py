"""Records which photos of an output folder are done, so that a killed run can be started again.

The journal is a file of JSON lines in the output folder. A line is added before an output is written, and another one,
with its origin, when it is done. So mendkit knows its own files, and leaves other files and the results of other photos
alone. The folder of the explanations has its own journal.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import Enum, auto
from pathlib import Path
from threading import Lock

from ..files import Identity, exists, writing
from .jobs import Job, RefusedError

NAME = ".mendkit.jsonl"


@dataclass(frozen=True, slots=True)
class Origin:
    """What an output is made from. If any of it changes, the output is made again."""

    source: str
    source_bytes: int
    source_mtime_ns: int
    task: str
    model: str
    references: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """The last record of an output: begun, or done with its number of bytes."""

    origin: Origin
    output_bytes: int | None


@dataclass(frozen=True, slots=True)
class Pending:
    """The jobs to do, and those already ``done``.

    ``stale`` is the number of jobs to do again because the task, the model, the photo or its references changed.
    """

    jobs: tuple[Job, ...]
    done: tuple[Job, ...]
    stale: int


class State(Enum):
    """Of a file to write."""

    ABSENT = auto()
    BEGUN = auto()
    STALE = auto()
    DONE = auto()


class Book:
    """The entries of one folder by file name, and the file that holds them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / NAME
        self._lock = Lock()
        self._entries = _read(self._path)

    def state(self, path: Path, origin: Origin) -> State:
        """The state of the file at ``path``, to be made from ``origin``.

        Raises:
            RefusedError: it must not be replaced.
        """
        if not os.path.lexists(path):
            return State.ABSENT
        entry = self._entries.get(self._name(path))
        if entry is None:
            raise RefusedError(f"{path}: exists, but was not written by mendkit; choose another output folder")
        if entry.origin.source != origin.source:
            raise RefusedError(
                f"{path}: was made from {entry.origin.source}, and would be replaced by the result of {origin.source}; "
                "choose another output folder, or move this result away if the same photo was moved"
            )
        if entry.output_bytes is None:
            return State.BEGUN
        if entry.output_bytes != Identity.of(path).size:
            raise RefusedError(f"{path}: was changed after it was written; to make it again, move it away")
        return State.DONE if entry.origin == origin else State.STALE

    def note(self, path: Path, entry: Entry) -> None:
        """Record the new state of the file at ``path``. Raises UnwritableError."""
        line = json.dumps({"name": self._name(path), **asdict(entry)})
        with self._lock, writing(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                # The line break comes first: a crash may have cut the last line short.
                file.write(f"\n{line}")
            self._entries[self._name(path)] = entry

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()


class Journal:
    """The journals of the folders that a run writes to, for one task and model.

    Args:
        out: the output folder.
        task: the name of the task.
        model: identifies the model, such as the ``fingerprint`` of its weights.
        explain: the folder of the explanations, if any.

    Raises:
        RefusedError: a journal cannot be read.
    """

    def __init__(self, out: Path, task: str, model: str, explain: Path | None = None) -> None:
        self.task = task
        self._model = model
        self._output, self._sheet = Book(out), Book(explain) if explain else None

    def pending(self, jobs: Iterable[Job]) -> Pending:
        """The jobs that are not done.

        Raises:
            RefusedError: a result exists that no run wrote, that was changed afterwards, or that was made from another
                photo.
        """
        states = {job: self._states(job) for job in jobs}
        todo = tuple(job for job, each in states.items() if each != {State.DONE})
        done = tuple(job for job, each in states.items() if each == {State.DONE})
        return Pending(todo, done, sum(State.STALE in each for each in states.values()))

    @contextmanager
    def writing(self, job: Job, path: Path) -> Iterator[None]:
        """Record that ``path``, the output or the sheet of ``job``, is begun, and when the block ends, that it is done.

        Raises:
            UnwritableError: the journal cannot be written.
        """
        book, origin = self._book(job, path), self._origin(job)
        book.note(path, Entry(origin, None))
        yield
        book.note(path, Entry(origin, path.stat().st_size))

    def _states(self, job: Job) -> set[State]:
        origin = self._origin(job)
        return {self._book(job, path).state(path, origin) for path in job.written()}

    def _book(self, job: Job, path: Path) -> Book:
        return self._sheet if self._sheet and path == job.sheet else self._output

    def _origin(self, job: Job) -> Origin:
        source, references = Identity.of(job.source), [tuple(Identity.of(path)) for path in job.references]
        digest = hashlib.blake2b(repr(references).encode(), digest_size=8).hexdigest() if references else ""
        return Origin(*source, self.task, self._model, digest)


def _read(path: Path) -> dict[str, Entry]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if exists(path) else []
    except OSError as error:
        raise RefusedError(f"{path}: cannot be read: {error.strerror}; choose another output folder") from error
    return dict(entry for line in lines if (entry := _parsed(line)))


def _parsed(line: str) -> tuple[str, Entry] | None:
    """The name and the entry of a line; None if a crash cut it short."""
    try:
        record = json.loads(line)
        return record["name"], Entry(Origin(**record["origin"]), record["output_bytes"])
    except (ValueError, KeyError, TypeError):
        return None
