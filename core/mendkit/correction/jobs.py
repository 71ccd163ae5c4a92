"""What is to be corrected, and where the results go: decided, or refused, before any work."""

from __future__ import annotations

import glob
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from ..data.images import SUFFIXES, find_images, is_image
from ..errors import MendkitError

READ_ONLY = frozenset({".gif"})
"""Formats of ``SUFFIXES`` with few colours: their results are written as PNG."""


class RefusedError(MendkitError):
    """Photos cannot be corrected as asked; nothing was written."""


@dataclass(frozen=True, slots=True)
class Job:
    """One photo to correct: read ``source``, write ``output``, which is ``name`` in the output folder.

    ``sheet`` is where the explanation goes, if there is to be one. ``references`` are other photos of the product.
    """

    source: Path
    output: Path
    name: str
    sheet: Path | None = None
    references: tuple[Path, ...] = ()


def plan_jobs(
    inputs: Iterable[Path | str], out: Path, *, suffix: str | None = None, explain: Path | None = None
) -> list[Job]:
    """One job for each image of ``inputs``, each a file, a folder (its tree is kept) or a glob.

    Args:
        suffix: such as ``.png``, for all outputs; by default each has that of its source.
        explain: folder of the explanations; None for none.

    Raises:
        RefusedError: an input is missing or no image, there is none at all, results would go into an input
            folder, or something written would replace an input or something else written.
    """
    if suffix is not None and suffix not in SUFFIXES - READ_ONLY:
        raise RefusedError(f"cannot write {suffix!r}; use one of {', '.join(sorted(SUFFIXES - READ_ONLY))}")
    folders = [out, explain] if explain else [out]
    for folder in folders:
        if folder.exists() and not folder.is_dir():
            raise RefusedError(f"{folder}: results go to a folder, and here is a file; name another one")
    found = dict.fromkeys(pair for given in inputs for pair in _found(given, folders))
    jobs = [_job(source, relative, out, suffix, explain) for source, relative in found]
    if not jobs:
        raise RefusedError("no images to correct")
    _refuse_overwriting(jobs)
    _refuse_collisions(jobs)
    return jobs


def _found(given: Path | str, results: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    """The images that one input names, each with its place in the folders of the results."""
    path = Path(given)
    if path.is_dir():
        yield from _in_folder(path, results)
    elif path.exists():
        if not is_image(path):
            raise RefusedError(f"{path}: not an image; known are {', '.join(sorted(SUFFIXES))}")
        yield path, Path(path.name)
    elif glob.has_magic(str(given)):
        yield from _in_glob(str(given), results)
    else:
        raise RefusedError(f"{path}: no such file or folder")


def _in_folder(folder: Path, results: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    for result in results:
        if result.resolve().is_relative_to(folder.resolve()):
            raise RefusedError(f"{result}: results cannot go into the input folder {folder}; name one outside")
    images = [(path, path.relative_to(folder)) for path in find_images(folder)]
    if not images:
        raise RefusedError(f"{folder}: no images in this folder")
    yield from images


def _in_glob(pattern: str, results: Iterable[Path]) -> Iterator[tuple[Path, Path]]:
    """Files are placed by their path below the part of the pattern without wildcards. Earlier results are no inputs."""
    root = Path(*takewhile(lambda part: not glob.has_magic(part), Path(pattern).parts))
    below = [result.resolve() for result in results if root.resolve() in result.resolve().parents]
    # pathlib's glob would look into hidden folders as well
    matches = map(Path, sorted(glob.glob(pattern, recursive=True)))  # noqa: PTH207
    images = [path for path in matches if path.is_file() and is_image(path)]
    inputs = [path for path in images if not any(result in path.resolve().parents for result in below)]
    if not inputs:
        raise RefusedError(f"{pattern}: no images match")
    yield from ((path, path.relative_to(root)) for path in inputs)


def _job(source: Path, relative: Path, out: Path, suffix: str | None, explain: Path | None) -> Job:
    if suffix or source.suffix.lower() in READ_ONLY:
        relative = relative.with_suffix(suffix or ".png")
    sheet = explain / relative.with_name(f"{relative.name}.png") if explain else None
    return Job(source, out / relative, relative.as_posix(), sheet)


def _refuse_overwriting(jobs: Sequence[Job]) -> None:
    existing = {path.resolve() for job in jobs for path in _written(job) if path.exists()}
    for job in jobs:
        if existing and job.source.resolve() in existing:
            raise RefusedError(f"{job.source}: would be overwritten; name another output folder")


def _refuse_collisions(jobs: Iterable[Job]) -> None:
    taken: dict[str, Job] = {}
    for job in jobs:
        for path in _written(job):
            # Some file systems take names for equal that differ in case or in how accents are encoded.
            key = unicodedata.normalize("NFC", str(path.absolute())).casefold()
            if (other := taken.setdefault(key, job)) is not job:
                raise RefusedError(
                    f"{other.source} and {job.source} would both be written to {path}; "
                    "rename one, or give the folder above them (or a quoted glob), whose tree is kept"
                )


def _written(job: Job) -> Iterator[Path]:
    yield job.output
    if job.sheet:
        yield job.sheet
