"""Identity of files, and atomic writing by one process at a time: a crash leaves the old content or the new."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex
from typing import Any, BinaryIO, NamedTuple

from filelock import FileLock, Timeout

from .errors import ConfigError, UnwritableError

LOCK = ".lock"
LONGEST_NAME = 255
"""Bytes: the limit of the usual file systems."""
REMEDY = "make room or set permissions, or choose another folder"
"""For files that cannot be written."""


class Identity(NamedTuple):
    """What distinguishes a file from others, and from earlier versions of itself.

    Args:
        path: its real path, without links.
        size: in bytes; 0 if it is missing.
        mtime_ns: time of the last change; 0 if it is missing.
    """

    path: str
    size: int
    mtime_ns: int

    @classmethod
    def of(cls, path: Path) -> Identity:
        """The identity of the file at ``path``, which may be missing."""
        try:
            path = Path(os.path.realpath(path))
            status = path.stat()
        except (OSError, ValueError):  # ValueError: an impossible name
            return cls(str(path), 0, 0)
        return cls(str(path), status.st_size, status.st_mtime_ns)


def exists(path: Path) -> bool:
    """Whether the file or folder exists; false if its name is too long for the file system."""
    try:
        return path.exists()
    except OSError:
        return False


def is_folder(entry: os.DirEntry[str] | Path) -> bool:
    """Whether it is a folder or a link to one. False for a link to itself, or into a folder without permission."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def fitting_name(stem: str, ending: str) -> str:
    """``stem + ending``, or if that is too long for a file system, a shortened, unique and deterministic name."""
    name = stem + ending
    if len(os.fsencode(name)) <= LONGEST_NAME:
        return name
    ending = f"~{blake2b(os.fsencode(name), digest_size=6).hexdigest()}{ending}"
    room = LONGEST_NAME - len(os.fsencode(ending))
    return os.fsencode(stem)[:room].decode(errors="ignore") + ending


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raise errors of the system while ``path`` is written, such as a full disk, as an UnwritableError."""
    try:
        yield
    except OSError as error:
        if error.errno is None:  # raised by a library, not by the system
            raise
        raise UnwritableError(f"{path}: cannot be written: {os.strerror(error.errno)}; {REMEDY}") from error


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A temporary file to write to, which replaces ``path`` when the block ends without an error.

    Raises:
        UnwritableError: the disk is full, the folder cannot be written, ...
    """
    temporary = path.with_name(f".{token_hex(8)}.tmp")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as file:
                yield file
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Lock ``folder``, so that no other process writes into it.

    Raises:
        ConfigError: another process has locked it.
        UnwritableError: the folder cannot be written.
    """
    lock = FileLock(folder / LOCK)
    try:
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            lock.acquire(blocking=False)
    except Timeout:
        raise ConfigError(f"{folder}: another process is writing here; wait for it, or choose another folder") from None
    try:
        yield
    finally:
        lock.release()


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8 atomically, and flush it to disk; characters that UTF-8 cannot encode are escaped."""
    with replacing(path) as file:
        file.write(text.encode("utf-8", "backslashreplace"))
        file.flush()
        os.fsync(file.fileno())


def write_json(path: Path, value: Any) -> None:
    """Write indented JSON atomically."""
    write_text(path, json.dumps(value, indent=2) + "\n")
