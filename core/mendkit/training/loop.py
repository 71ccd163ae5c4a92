"""The training loop: draw a batch, take a step, average, now and then log, show and save."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

import torch

from ..data.stream import ItemStream, batches
from ..files import write_json
from .checkpoint import save_checkpoint
from .metrics import MetricsLog
from .plan import Plan
from .schedule import rate_factor, spent_share, update_average
from .state import TrainingState
from .step import train_step


class Status(NamedTuple):
    """How far a run has got.

    Args:
        images: so far.
        spent: share of the budget, 0 to 1.
        rate: images per second, since the run was started or resumed.
        losses: their means since the last log point, if this is one.
    """

    images: int
    spent: float
    rate: float
    losses: Mapping[str, float]


class Progress(Protocol):
    """Is told how the run goes on; see ``reporting.progress`` for the bar of the command line."""

    def update(self, status: Status) -> None:
        """Show ``status``: when a run starts, at each log point, and when it ends."""


class Watcher(Protocol):
    """Looks at a run at intervals and when it ends, and leaves its state as it is: draws sample sheets, say."""

    @property
    def every(self) -> int:
        """Images from one look to the next."""

    def look(self, state: TrainingState, run: Path) -> None:
        """Look at ``state``; what is worth keeping goes below the directory ``run``."""


class Stop:
    """Whether to stop after this step: ``requested`` by Ctrl-C."""

    def __init__(self) -> None:
        self.requested = False

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
) -> bool:
    """Train ``state`` up to the budget of ``plan``, in the directory ``run``. Returns whether the budget is spent.

    The budget is ``training.images`` or ``training.minutes``, whichever is spent first. Ctrl-C stops cleanly before.

    Raises:
        DivergedError: a loss became NaN or infinite; the last checkpoint is unharmed.
    """
    config = plan.config.training
    run.mkdir(parents=True, exist_ok=True)
    write_json(run / "config.json", plan.config.model_dump(mode="json"))
    plan.measure()
    stream = ItemStream(dict(plan.sources), config)
    metrics, stop = MetricsLog(run, state.images), Stop()
    device = next(state.mend.parameters()).device
    started, first = time.monotonic() - state.seconds, (state.images, state.seconds)

    def rate() -> float:
        images, seconds = state.images - first[0], state.seconds - first[1]
        return images / seconds if images else 0.0

    def status(losses: Mapping[str, float]) -> Status:
        return Status(state.images, min(spent, 1.0), rate(), losses)

    spent = spent_share(state.images, state.seconds, config)
    progress.update(status({}))

    with stop.on_interrupt():
        for batch in batches(
            stream, first=state.images, last=config.images, batch=config.batch, workers=config.workers
        ):
            if spent >= 1:
                break
            _set_rate(state, config.learning_rate * rate_factor(spent, config.constant_share))
            metrics.add(train_step(state, batch.to(device), plan.terms))
            before, state.images, state.step = state.images, state.images + len(batch), state.step + 1
            state.seconds = time.monotonic() - started
            spent = spent_share(state.images, state.seconds, config)
            update_average(
                state.average, state.mend, batch=len(batch), images=state.images, half_life=config.ema_images
            )
            if _passed(config.log_images, before, state.images):
                progress.update(status(metrics.write(state.images, images_per_second=rate())))
            for watcher in watchers:
                if spent >= 1 or _passed(watcher.every, before, state.images):
                    watcher.look(state, run)
            if _passed(config.checkpoint_images, before, state.images):
                save_checkpoint(run, state)
            if stop.requested:
                break
    save_checkpoint(run, state)
    progress.update(status({}))
    metrics.close()
    return spent >= 1


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
