"""Corrects many photos: reading and writing in threads while the model runs in batches; one bad photo stops nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

from ..contracts.mended import Mended
from ..contracts.photo import Image
from ..data.images import resize, write_image
from ..data.sheet import contact_sheet
from .corrector import Corrector, Prepared
from .jobs import Job
from .journal import Journal

PIXELS_AT_ONCE = 64_000_000
"""A batch of large photos is cut short, so that their number does not decide how much memory a run needs."""
SHEET_SIDE = 512


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one job.

    Args:
        error: the reason why it failed, or None.
        frames: how many frames or pages the photo has, of which the first was mended.
    """

    job: Job
    error: str | None = None
    frames: int = 1


class Writing(NamedTuple):
    """A result that is being written."""

    job: Job
    frames: int
    done: Future[None]


def correct_all(
    corrector: Corrector, jobs: Iterable[Job], journal: Journal, *, batch: int = 8, workers: int = 4
) -> Generator[Result, None, None]:
    """Do the jobs for the task of the journal, and yield what came of each. Stopping in between loses nothing.

    Args:
        batch: photos in one pass of the model.
        workers: threads that read and write.

    Raises:
        MendkitError: a task that the model was not trained for.
    """
    corrector.check_task(journal.task)

    def load(job: Job) -> Prepared:
        return corrector.prepare(job.source, journal.task, job.references)

    with ThreadPoolExecutor(workers) as pool:
        being_written: list[Writing] = []
        for group in _groups(_read_ahead(pool, load, jobs, workers), batch):
            yield from (Result(job, each) for job, each in group if isinstance(each, str))
            loaded = [(job, each) for job, each in group if not isinstance(each, str)]
            mended = corrector.mend([photo for _, photo in loaded], journal.task) if loaded else []
            yield from _results(being_written)  # the group before was written while this one was read and mended
            being_written = [
                Writing(job, photo.frames, pool.submit(_write, corrector, job, photo, row, journal))
                for (job, photo), row in zip(loaded, mended, strict=True)
            ]
        yield from _results(being_written)


def _write(corrector: Corrector, job: Job, photo: Prepared, mended: Mended, journal: Journal) -> None:
    output = corrector.enlarge(photo.pixels, mended)
    if job.sheet:
        with journal.writing(job, job.sheet):
            write_image(job.sheet, _sheet(corrector, photo.pixels, output, mended))
    with journal.writing(job, job.output):
        write_image(job.output, output)


def _read_ahead(
    pool: ThreadPoolExecutor, load: Callable[[Job], Prepared], jobs: Iterable[Job], ahead: int
) -> Iterator[tuple[Job, Prepared | str]]:
    """Each job with its photo, or the reason why it cannot be read; up to ``ahead`` are read before they are needed."""
    waiting: deque[tuple[Job, Future[Prepared]]] = deque()
    for job in jobs:
        waiting.append((job, pool.submit(load, job)))
        if len(waiting) > ahead:
            yield _read(*waiting.popleft())
    while waiting:
        yield _read(*waiting.popleft())


def _read(job: Job, future: Future[Prepared]) -> tuple[Job, Prepared | str]:
    fault = future.exception()
    return job, future.result() if fault is None else _reason(fault)


def _groups(read: Iterable[tuple[Job, Prepared | str]], batch: int) -> Iterator[list[tuple[Job, Prepared | str]]]:
    """Groups of at most ``batch`` photos and, unless one alone is larger, of at most ``PIXELS_AT_ONCE``."""
    group: list[tuple[Job, Prepared | str]] = []
    pixels = 0
    for job, each in read:
        more = 0 if isinstance(each, str) else each.pixels.shape[0] * each.pixels.shape[1]
        if group and (len(group) == batch or pixels + more > PIXELS_AT_ONCE):
            yield group
            group, pixels = [], 0
        group.append((job, each))
        pixels += more
    if group:
        yield group


def _results(being_written: Iterable[Writing]) -> Iterator[Result]:
    for job, frames, future in being_written:
        fault = future.exception()
        yield Result(job, None if fault is None else _reason(fault), frames)


def _reason(fault: BaseException) -> str:
    return str(fault) or type(fault).__name__


def _sheet(corrector: Corrector, photo: Image, output: Image, mended: Mended) -> Image:
    """The photo, the output and the maps beside each other, small enough to look at."""
    before, after = _shrunk(photo), _shrunk(output)
    columns = {"photo": before, "mended": after, **corrector.explain_mended(before, mended).maps()}
    return contact_sheet([list(columns.values())], titles=[name.replace("_", " ") for name in columns])


def _shrunk(image: Image) -> Image:
    scale = min(1.0, SHEET_SIDE / max(image.shape))
    return resize(image, max(1, round(image.shape[0] * scale)), max(1, round(image.shape[1] * scale)))
