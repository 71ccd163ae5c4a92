"""How long a cell has been trained, over all its starts."""

from __future__ import annotations

import json
import time
from pathlib import Path

from ..files import write_json
from ..training.state import TrainingState


class Stopwatch:
    """Goes on from what ``file`` says. Of a start that was killed, the time up to its last look counts.

    Args:
        every: images from one look to the next.
    """

    def __init__(self, file: Path, every: int) -> None:
        self.every = every
        self._file = file
        self._before = _read(file)
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds so far."""
        return self._before + time.monotonic() - self._started

    def restart(self) -> None:
        """Forget the time so far: it was spent on what is lost."""
        self._before, self._started = 0.0, time.monotonic()

    def look(self, state: TrainingState, run: Path) -> None:
        """Write down the time: the run may be killed at any moment."""
        self.save()

    def save(self) -> None:
        """Write down the time."""
        write_json(self._file, {"seconds": self.seconds})


def _read(file: Path) -> float:
    try:
        return float(json.loads(file.read_text(encoding="utf-8"))["seconds"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0.0
