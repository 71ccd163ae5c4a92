"""The photos to correct and the paths of their results, decided or refused before any work."""

from __future__ import annotations

import glob
import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from ..data.images import (
    SUFFIXES,
    Found,
    foreground_beside,
    is_image,
    left_out_in_words,
    left_out_labels,
    scan_images,
)
from ..errors import MendkitError
from ..files import exists, fitting_name, is_folder

READ_ONLY = frozenset({".gif"})
"""Formats with few colours: their results are written as PNG."""


class RefusedError(MendkitError):
    """Photos cannot be corrected as asked; nothing was written."""


@dataclass(frozen=True, slots=True)
class Job:
    """One photo to correct: read ``source``, write ``output``, which is ``name`` in the output folder.

    ``sheet`` is the path of the explanation, if there is one. ``references`` are other photos of the product.
    """

    source: Path
    output: Path
    name: str
    sheet: Path | None = None
    references: tuple[Path, ...] = ()

    def written(self) -> Iterator[Path]:
        """The files to write: the output, and the sheet if there is one."""
        yield self.output
        if self.sheet:
            yield self.sheet


class Plan(NamedTuple):
    """The work to do.

    Args:
        jobs: one for each image.
        left_out: the number of input files that are not images, by kind, as in ``Found``.
    """

    jobs: Sequence[Job]
    left_out: Mapping[str, int]


class Input(NamedTuple):
    """The images of one input, and the folder below which their tree is kept."""

    root: Path
    found: Found


def plan_jobs(
    inputs: Iterable[Path | str], out: Path, *, suffix: str | None = None, explain: Path | None = None
) -> Plan:
    """One job for each image of ``inputs``, which are files, folders (their trees are kept) and globs.

    Args:
        suffix: such as ``.png``, for all outputs; by default, the suffix of the source.
        explain: folder of the explanations; None for none.

    Raises:
        RefusedError: an input is missing or not an image, there are no images, results would go into an input
            folder, or a result would replace an input or another result.
    """
    if suffix is not None and suffix not in SUFFIXES - READ_ONLY:
        raise RefusedError(f"cannot write {suffix!r}; use one of {', '.join(sorted(SUFFIXES - READ_ONLY))}")
    folders = [out, explain] if explain else [out]
    for folder in folders:
        if exists(folder) and not folder.is_dir():
            raise RefusedError(f"{folder}: results need a folder, but this is a file; choose another path")
    read = [_read(given, folders) for given in inputs]
    placed = dict.fromkeys((image, image.relative_to(root)) for root, found in read for image in found.images)
    jobs = [_job(source, relative, out, suffix, explain) for source, relative in placed]
    if not jobs:
        raise RefusedError("no images to correct")
    _refuse_overwriting(jobs)
    _refuse_collisions(jobs)
    return Plan(jobs, sum((Counter(found.left_out) for _, found in read), Counter()))


def _read(given: Path | str, results: Iterable[Path]) -> Input:
    path = Path(given)
    if not exists(path):
        if glob.has_magic(str(given)):
            return _in_glob(str(given), results)
        raise RefusedError(f"{path}: no such file or folder")
    if path.is_dir():
        return _in_folder(path, results)
    if not is_image(path):
        raise RefusedError(f"{path}: not an image; supported are {', '.join(sorted(SUFFIXES))}")
    return Input(path.parent, Found((path,), {}))


def _in_folder(folder: Path, results: Iterable[Path]) -> Input:
    for result in results:
        if _real(result).is_relative_to(_real(folder)):
            raise RefusedError(f"{result}: results cannot go into the input folder {folder}; choose a folder outside")
    found = scan_images(folder)
    _refuse_none(f"{folder}: no images in this folder", found)
    return Input(folder, found)


def _in_glob(pattern: str, results: Iterable[Path]) -> Input:
    """Files keep their path below the part of the pattern without wildcards. Earlier results are not inputs."""
    root = Path(*takewhile(lambda part: not glob.has_magic(part), Path(pattern).parts))
    below = {_real(result) for result in results if _real(root) in _real(result).parents}
    # pathlib's glob would look into hidden folders as well
    matches = map(Path, sorted(glob.glob(pattern, recursive=True)))  # noqa: PTH207
    files = [path for path in matches if not is_folder(path) and path.name[0] != "."]
    inputs = [path for path in files if below.isdisjoint(_real(path).parents)]
    images = tuple(path for path in inputs if is_image(path))
    left_out = Counter(left_out_labels(inputs, {foreground_beside(path).name for path in images}))
    found = Found(images, left_out)
    _refuse_none(f"{pattern}: no images match", found)
    return Input(root, found)


def _refuse_none(message: str, found: Found) -> None:
    if not found.images:
        left_out = left_out_in_words(found.left_out)
        raise RefusedError(f"{message} ({left_out})" if left_out else message)


def _job(source: Path, relative: Path, out: Path, suffix: str | None, explain: Path | None) -> Job:
    if suffix or source.suffix.lower() in READ_ONLY:
        relative = relative.with_name(fitting_name(relative.stem, suffix or ".png"))
    sheet = explain / relative.with_name(fitting_name(relative.name, ".png")) if explain else None
    return Job(source, out / relative, relative.as_posix(), sheet)


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))  # Path.resolve raises for a link to itself


def _refuse_overwriting(jobs: Sequence[Job]) -> None:
    existing = {_real(path) for job in jobs for path in job.written() if exists(path)}
    for job in jobs:
        if existing and _real(job.source) in existing:
            raise RefusedError(f"{job.source}: would be overwritten; choose another output folder")


def _refuse_collisions(jobs: Iterable[Job]) -> None:
    taken: dict[str, Job] = {}
    for job in jobs:
        for path in job.written():
            # Some file systems treat names as equal that differ only in case or in the encoding of accents.
            key = unicodedata.normalize("NFC", str(path.absolute())).casefold()
            if (other := taken.setdefault(key, job)) is not job:
                raise RefusedError(
                    f"{other.source} and {job.source} would both be written to {path}{_what_helps(other, job)}"
                )


def _what_helps(one: Job, other: Job) -> str:
    """Why the names of two results clash if that is not seen, and what to do about it."""
    if one.source.parent != other.source.parent:
        return "; rename one, or pass the folder above them (or a quoted glob), whose tree is kept"
    alone = "rename one, or mend it into another output folder"
    if one.source.suffix.lower() == other.source.suffix.lower():
        return f" where file names are compared without regard to case or accents; {alone}"
    return f"; {alone}"
