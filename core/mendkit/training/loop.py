"""The training loop: draw a batch, take a step, average, now and then log, show and save."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import torch

from ..data.stream import SampleStream, batches
from ..files import write_json
from .checkpoint import save_checkpoint
from .metrics import MetricsLog
from .plan import Plan
from .schedule import rate_factor, update_average
from .state import TrainingState
from .step import train_step


class Progress(Protocol):
    """Is told how the run goes on; see ``reporting.progress`` for the bar of the command line."""

    def update(self, images: int, rate: float, means: dict[str, float]) -> None:
        """``images`` so far, images per second, and the mean losses since the last log point."""


class Watcher(Protocol):
    """Looks at a run at intervals and when it ends, and leaves its state as it is: draws sample sheets, say."""

    @property
    def every(self) -> int:
        """Images from one look to the next."""

    def look(self, state: TrainingState, run: Path) -> None:
        """Look at ``state``; what is worth keeping goes below the directory ``run``."""


class Stop:
    """Why to stop after this step: ``requested`` by Ctrl-C, or ``late`` as the minutes are over."""

    def __init__(self, minutes: float | None) -> None:
        self.requested = False
        self._deadline = None if minutes is None else time.monotonic() + 60 * minutes

    @property
    def late(self) -> bool:
        """Whether the minutes are over."""
        return self._deadline is not None and time.monotonic() > self._deadline

    @contextmanager
    def on_interrupt(self) -> Iterator[None]:
        """Take Ctrl-C as a wish to stop cleanly; a second one interrupts at once."""

        def request(signum: int, frame: object) -> None:
            self.requested = True
            signal.signal(signal.SIGINT, signal.default_int_handler)

        before = signal.signal(signal.SIGINT, request)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def train(
    plan: Plan,
    state: TrainingState,
    run: Path,
    progress: Progress,
    *,
    watchers: Sequence[Watcher] = (),
    minutes: float | None = None,
) -> bool:
    """Train ``state`` up to the budget of ``plan``, in the directory ``run``. Returns whether the budget is spent.

    Stops cleanly, with a checkpoint, on Ctrl-C or when ``training.minutes`` are over.

    Args:
        minutes: what is left of ``training.minutes``, if the run has used some of them before.

    Raises:
        DivergedError: a loss became NaN or infinite; the last checkpoint is unharmed.
    """
    config = plan.config.training
    run.mkdir(parents=True, exist_ok=True)
    write_json(run / "config.json", plan.config.model_dump(mode="json"))
    stream = SampleStream(dict(plan.sources), config)
    metrics, stop = MetricsLog(run, state.images), Stop(config.minutes if minutes is None else minutes)
    device = next(state.mend.parameters()).device
    started, first = time.monotonic(), state.images

    with stop.on_interrupt():
        for batch in batches(
            stream, first=state.images, last=config.images, batch=config.batch, workers=config.workers
        ):
            _set_rate(state, config.learning_rate * rate_factor(state.images, config.images, config.constant_share))
            metrics.add(train_step(state, batch.to(device), plan.terms))
            before, state.images, state.step = state.images, state.images + len(batch), state.step + 1
            update_average(
                state.average, state.mend, batch=len(batch), images=state.images, half_life=config.ema_images
            )
            if _passed(config.log_images, before, state.images):
                rate = (state.images - first) / (time.monotonic() - started)
                progress.update(state.images, rate, metrics.write(state.images, images_per_second=rate))
            ends = state.images >= config.images or stop.late
            for watcher in watchers:
                if ends or _passed(watcher.every, before, state.images):
                    watcher.look(state, run)
            if _passed(config.checkpoint_images, before, state.images):
                save_checkpoint(run, state, plan.config, plan.conditioners)
            if ends or stop.requested:
                break
    save_checkpoint(run, state, plan.config, plan.conditioners)
    progress.update(state.images, (state.images - first) / (time.monotonic() - started), {})
    metrics.close()
    return state.images >= config.images


def _passed(interval: int, before: int, after: int) -> bool:
    """Whether a multiple of ``interval`` lies in (before, after]."""
    return after // interval > before // interval


def _set_rate(state: TrainingState, rate: float) -> None:
    for optimiser in (state.generators, state.critics):
        for group in optimiser.param_groups:
            group["lr"] = rate


def pick_device(name: str) -> torch.device:
    """The device of that name; ``auto`` is the first GPU if there is one, else the CPU."""
    return torch.device(("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name)
