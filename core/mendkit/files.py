"""Writing files so that a crash leaves the old content or the new, and two processes do not write at once."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any, BinaryIO

from filelock import FileLock, Timeout

from .errors import ConfigError

LOCK = ".lock"


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A temporary file to write to; it takes the place of ``path`` when the block ends without error."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{token_hex(8)}{path.suffix}")
    try:
        with temporary.open("xb") as file:
            yield file
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def exists(path: Path) -> bool:
    """Whether there is such a file or folder. Where there cannot be, as the name is too long, there is none."""
    try:
        return path.exists()
    except OSError:
        return False


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder or a link to one. A link to itself, or into a folder that may not be seen, is not."""
    try:
        return entry.is_dir()
    except OSError:
        return False


@contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Write into ``folder`` while no other process does, nor starts to.

    Raises:
        ConfigError: another one does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise ConfigError(f"{folder}: another process is writing here; wait for it, or choose another folder") from None
    try:
        yield
    finally:
        lock.release()


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically, and flush it to disk."""
    with replacing(path) as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def write_json(path: Path, value: Any) -> None:
    """Write indented JSON atomically."""
    write_text(path, json.dumps(value, indent=2) + "\n")
