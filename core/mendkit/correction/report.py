"""The results for all photos, in words and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..data.images import left_out_in_words
from .folder import Result
from .jobs import Job


@dataclass(frozen=True, slots=True)
class Report:
    """The results of one command.

    Args:
        out: the output folder.
        done: the photos done by earlier runs.
        results: the results of this run.
        stale: the number of photos that were done again, for example for another task.
        left_out: the number of files that are not images, by kind.
    """

    out: Path
    done: Sequence[Job]
    results: Sequence[Result]
    stale: int
    left_out: Mapping[str, int]

    @property
    def failures(self) -> list[Result]:
        """The photos that could not be read, or whose results could not be written."""
        return [result for result in self.results if result.error is not None]

    @property
    def counts(self) -> dict[str, int]:
        """The numbers of photos mended, and so on; ``first_frame_only`` of them have more frames."""
        mended = [result for result in self.results if result.error is None]
        return {
            "mended": len(mended),
            "already_done": len(self.done),
            "failed": len(self.failures),
            "left_out": sum(self.left_out.values()),
            "first_frame_only": sum(result.frames > 1 for result in mended),
        }

    def faults(self) -> Iterator[str]:
        """A line for each photo that failed, with the reason."""
        return map(_fault, self.failures)

    def in_words(self) -> Iterator[str]:
        """Lines that account for all photos and files: mended, failed and left out."""
        counts = self.counts
        again = f" ({self.stale} again: the photo, task or model had changed)" if self.stale else ""
        mended, done, failed = counts["mended"], counts["already_done"], counts["failed"]
        yield f"{mended} mended{again}, {done} already done, {failed} failed: {self.out}"
        if frames := counts["first_frame_only"]:
            yield f"{frames} of them animated or multi-page: only the first frame was mended"
        if self.left_out:
            yield left_out_in_words(self.left_out)

    def as_json(self) -> dict[str, Any]:
        """The counts, what was left out by kind, and the output or error of each photo."""
        done = [_line(job, "already done") for job in self.done]
        results = [
            _line(result.job, "mended" if result.error is None else "failed", result.error, result.frames)
            for result in self.results
        ]
        return {"counts": self.counts, "left_out": dict(self.left_out), "photos": done + results}


def _fault(result: Result) -> str:
    source, error = str(result.job.source), str(result.error)
    return error if error.startswith(source) else f"{source}: {error}"


def _line(job: Job, state: str, error: str | None = None, frames: int | None = None) -> dict[str, Any]:
    output = None if error else str(job.output)
    return {"source": str(job.source), "output": output, "state": state, "error": error, "frames": frames}
