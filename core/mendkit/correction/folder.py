"""Corrects many photos: reading and writing in threads while the model runs in batches; one bad photo stops nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

from ..contracts.mended import Mended
from ..contracts.photo import Image
from ..data.extras import Stacks
from ..data.images import read_image, resize, write_image
from ..data.sheet import contact_sheet
from .corrector import Corrector
from .explanation import Explanation
from .fullsize import mend_full_size
from .jobs import Job
from .journal import Journal

PIXELS_AT_ONCE = 64_000_000
"""A batch of large photos is cut short, so that their number does not decide how much memory a run needs."""
SHEET_SIDE = 512


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one job: ``error`` is the reason why it failed, or None."""

    job: Job
    error: str | None = None


class Loaded(NamedTuple):
    """A photo, and what the model takes beside it."""

    photo: Image
    extras: Stacks


def correct_all(
    corrector: Corrector, jobs: Iterable[Job], journal: Journal, *, batch: int = 8, workers: int = 4
) -> Iterator[Result]:
    """Do the jobs for the task of the journal, and yield what came of each. Stopping in between loses nothing.

    Args:
        batch: photos in one pass of the model.
        workers: threads that read and write.

    Raises:
        MendkitError: a task that the model was not trained for.
    """
    corrector.check_task(journal.task)

    def load(job: Job) -> Loaded:
        extras = corrector.draw_extras(job.source, journal.task, job.references)
        return Loaded(read_image(job.source), extras)

    with ThreadPoolExecutor(workers) as pool:
        writing: list[tuple[Job, Future[None]]] = []
        for group in _groups(_read_ahead(pool, load, jobs, workers), batch):
            yield from (Result(job, fault) for job, fault in group if isinstance(fault, str))
            loaded = [(job, each) for job, each in group if not isinstance(each, str)]
            photos, extras = [each.photo for _, each in loaded], [each.extras for _, each in loaded]
            mended = corrector.mend(photos, journal.task, extras) if photos else []
            yield from _results(writing)  # the group before was written while this one was read and mended
            writing = [
                (job, pool.submit(_write, corrector, job, each.photo, row, journal))
                for (job, each), row in zip(loaded, mended, strict=True)
            ]
        yield from _results(writing)


def _write(corrector: Corrector, job: Job, photo: Image, mended: Mended, journal: Journal) -> None:
    output = mend_full_size(photo, mended)
    if job.sheet:
        write_image(job.sheet, _sheet(photo, output, mended))
    journal.begin(job)
    write_image(job.output, output)
    journal.finish(job)


def _read_ahead(
    pool: ThreadPoolExecutor, load: Callable[[Job], Loaded], jobs: Iterable[Job], ahead: int
) -> Iterator[tuple[Job, Loaded | str]]:
    """Each job with its photo, or the reason why it cannot be read; up to ``ahead`` are read before they are needed."""
    waiting: deque[tuple[Job, Future[Loaded]]] = deque()
    for job in jobs:
        waiting.append((job, pool.submit(load, job)))
        if len(waiting) > ahead:
            yield _read(*waiting.popleft())
    while waiting:
        yield _read(*waiting.popleft())


def _read(job: Job, future: Future[Loaded]) -> tuple[Job, Loaded | str]:
    fault = future.exception()
    return job, future.result() if fault is None else _reason(fault)


def _groups(read: Iterable[tuple[Job, Loaded | str]], batch: int) -> Iterator[list[tuple[Job, Loaded | str]]]:
    """Groups of at most ``batch`` photos and, unless one alone is larger, of at most ``PIXELS_AT_ONCE``."""
    group: list[tuple[Job, Loaded | str]] = []
    pixels = 0
    for job, each in read:
        more = 0 if isinstance(each, str) else each.photo.shape[0] * each.photo.shape[1]
        if group and (len(group) == batch or pixels + more > PIXELS_AT_ONCE):
            yield group
            group, pixels = [], 0
        group.append((job, each))
        pixels += more
    if group:
        yield group


def _results(writing: Iterable[tuple[Job, Future[None]]]) -> Iterator[Result]:
    for job, future in writing:
        fault = future.exception()
        yield Result(job, None if fault is None else _reason(fault))


def _reason(fault: BaseException) -> str:
    return str(fault) or type(fault).__name__


def _sheet(photo: Image, output: Image, mended: Mended) -> Image:
    """The photo, the output and the maps beside each other, small enough to look at."""
    before, after = _shrunk(photo), _shrunk(output)
    columns = {"photo": before, "mended": after, **Explanation.of(before, mended).maps()}
    return contact_sheet([list(columns.values())], titles=[name.replace("_", " ") for name in columns])


def _shrunk(image: Image) -> Image:
    scale = min(1.0, SHEET_SIDE / max(image.shape))
    return resize(image, max(1, round(image.shape[0] * scale)), max(1, round(image.shape[1] * scale)))
