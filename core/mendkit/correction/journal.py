"""Remembers which photos of an output folder are done, so that a killed run over it can be started again.

The journal is a file of JSON lines in the output folder. Before an output is written, a line says that it is begun, and
afterwards another that it is done, with what it was made of. So a file in the output folder is known to be ours, and
anything else in it is left alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock

from ..errors import CheckpointError
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
    """The jobs still to do, without those that are ``done``.

    ``stale`` of them are done again, as the task, the model, the photo or its references have changed.
    """

    jobs: tuple[Job, ...]
    done: int
    stale: int


class Journal:
    """The journal of one output folder, for one task and model.

    Args:
        out: the output folder.
        task: the name of the task.
        model: identifies the model, such as its ``fingerprint``.
    """

    def __init__(self, out: Path, task: str, model: str) -> None:
        self._path = out / NAME
        self.task = task
        self._model = model
        self._lock = Lock()
        self._entries = _read(self._path)

    def pending(self, jobs: Iterable[Job]) -> Pending:
        """The jobs that are not done.

        Raises:
            RefusedError: an output exists that no run wrote, or that was changed afterwards.
        """
        states = {job: self._state(job) for job in jobs}
        todo = tuple(job for job, state in states.items() if state != "done")
        return Pending(todo, len(states) - len(todo), sum(state == "stale" for state in states.values()))

    def begin(self, job: Job) -> None:
        """Note that the output of ``job`` is about to be written."""
        self._append(job, None)

    def finish(self, job: Job) -> None:
        """Note that the output of ``job`` is written."""
        self._append(job, job.output.stat().st_size)

    def _state(self, job: Job) -> str:
        if not job.output.exists():
            return "new"
        entry = self._entries.get(job.name)
        if entry is None:
            raise RefusedError(f"{job.output}: exists, and was not written by mendkit; name another output folder")
        if entry.output_bytes is None:
            return "begun"
        if entry.output_bytes != job.output.stat().st_size:
            raise RefusedError(f"{job.output}: was changed after it was written; move it away to have it made again")
        if entry.origin != self._origin(job):
            return "stale"
        return "new" if job.sheet and not job.sheet.exists() else "done"

    def _origin(self, job: Job) -> Origin:
        (source, size, mtime), references = _identity(job.source), [_identity(path) for path in job.references]
        digest = hashlib.blake2b(repr(references).encode(), digest_size=8).hexdigest() if references else ""
        return Origin(source, size, mtime, self.task, self._model, digest)

    def _append(self, job: Job, output_bytes: int | None) -> None:
        entry = Entry(self._origin(job), output_bytes)
        line = json.dumps({"name": job.name, **asdict(entry)})
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                # The line break comes first: the line before may have been cut short by a crash.
                file.write(f"\n{line}")
            self._entries[job.name] = entry


def _identity(path: Path) -> tuple[str, int, int]:
    """What tells a file from what it was before: its real path, size and time of change."""
    status = path.stat()
    return str(path.resolve()), status.st_size, status.st_mtime_ns


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
    entries: dict[str, Entry] = {}
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else ():
        try:
            record = json.loads(line)
            entries[record["name"]] = Entry(Origin(**record["origin"]), record["output_bytes"])
        except (ValueError, KeyError, TypeError):  # cut short by a crash
            continue
    return entries
