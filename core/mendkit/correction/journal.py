"""Remembers which photos of an output folder are done, so that a killed run over it can be started again.

The journal is a file of JSON lines in the output folder. Before an output is written, a line says that it is begun, and
afterwards another that it is done, with what it was made of. So a file in the output folder is known to be ours, and
anything else in it is left alone, as are the results of other photos. The folder of the explanations has its own.
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

from ..errors import CheckpointError
from ..files import Identity, exists, writing
from .jobs import Job, RefusedError

NAME = ".mendkit.jsonl"


@dataclass(frozen=True, slots=True)
class Origin:
    """What an output is made of. If any of it changes, the output is made again."""

    source: str
    source_bytes: int
    source_mtime_ns: int
    task: str
    model: str
    references: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """The last that is known of an output: begun, or done with so many bytes."""

    origin: Origin
    output_bytes: int | None


@dataclass(frozen=True, slots=True)
class Pending:
    """The jobs still to do, and those that are ``done``.

    ``stale`` of those to do are done again, as the task, the model, the photo or its references have changed.
    """

    jobs: tuple[Job, ...]
    done: tuple[Job, ...]
    stale: int


class State(Enum):
    """Of a file that is to be written."""

    ABSENT = auto()
    BEGUN = auto()
    STALE = auto()
    DONE = auto()


class Book:
    """The entries of one folder by the names of its files, and the file that holds them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / NAME
        self._lock = Lock()
        self._entries = _read(self._path)

    def state(self, path: Path, origin: Origin) -> State:
        """That of the file at ``path``, if it is to be made of ``origin``.

        Raises:
            RefusedError: it must not be replaced.
        """
        if not os.path.lexists(path):
            return State.ABSENT
        entry = self._entries.get(self._name(path))
        if entry is None:
            raise RefusedError(f"{path}: exists, and was not written by mendkit; name another output folder")
        if entry.origin.source != origin.source:
            raise RefusedError(
                f"{path}: was made of {entry.origin.source}, and would be replaced by the result of {origin.source}; "
                "name another output folder, or move this result away if the photo is the same and was moved"
            )
        if entry.output_bytes is None:
            return State.BEGUN
        if entry.output_bytes != Identity.of(path).size:
            raise RefusedError(f"{path}: was changed after it was written; move it away to have it made again")
        return State.DONE if entry.origin == origin else State.STALE

    def note(self, path: Path, entry: Entry) -> None:
        """Add what is known of the file at ``path`` from now on. Raises UnwritableError."""
        line = json.dumps({"name": self._name(path), **asdict(entry)})
        with self._lock, writing(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                # The line break comes first: the line before may have been cut short by a crash.
                file.write(f"\n{line}")
            self._entries[self._name(path)] = entry

    def _name(self, path: Path) -> str:
        return path.relative_to(self._folder).as_posix()


class Journal:
    """The journals of the folders that a run writes to, for one task and model.

    Args:
        out: the output folder.
        task: the name of the task.
        model: identifies the model, such as its ``fingerprint``.
        explain: the folder of the explanations, if there are to be any.

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
            RefusedError: a result exists that no run wrote, that was changed afterwards, or that was made of another
                photo.
        """
        states = {job: self._states(job) for job in jobs}
        todo = tuple(job for job, each in states.items() if each != {State.DONE})
        done = tuple(job for job, each in states.items() if each == {State.DONE})
        return Pending(todo, done, sum(State.STALE in each for each in states.values()))

    @contextmanager
    def writing(self, job: Job, path: Path) -> Iterator[None]:
        """Note that ``path``, the output or the sheet of ``job``, is begun, and when the block ends, that it is done.

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


def fingerprint(weights: Path) -> str:
    """What tells a model from others: the SHA-256 of its weights.

    Raises:
        CheckpointError: the file cannot be read.
    """
    try:
        with weights.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise CheckpointError(f"{weights}: missing or damaged: {error}") from error


def _read(path: Path) -> dict[str, Entry]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if exists(path) else []
    except OSError as error:
        raise RefusedError(f"{path}: cannot be read: {error.strerror}; name another output folder") from error
    return dict(entry for line in lines if (entry := _parsed(line)))


def _parsed(line: str) -> tuple[str, Entry] | None:
    """The name and the entry of a line; None if it was cut short by a crash."""
    try:
        record = json.loads(line)
        return record["name"], Entry(Origin(**record["origin"]), record["output_bytes"])
    except (ValueError, KeyError, TypeError):
        return None
