"""The training loop: draw a batch, take a step, update the average; log, show and save at intervals."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import current_thread, main_thread
from types import MappingProxyType
from typing import NamedTuple, Protocol

from ..contracts.batch import Batch
from ..contracts.guidance import LabelTable
from ..data.stream import ItemStream, batches
from ..files import write_json
from .checkpoint import save_checkpoint
from .devices import ALONE, Ranks
from .metrics import MetricsLog
from .plan import Plan
from .schedule import rate_factor, spent_share, update_average
from .state import TrainingState, set_rate
from .step import Losses, train_step
from .terms import TermTable


class Status(NamedTuple):
    """The progress of a run.

    Args:
        images: number of images so far.
        spent: share of the budget, 0 to 1.
        rate: images per second, since the run was started or resumed.
        losses: means since the last log point, if this is one.
    """

    images: int
    spent: float
    rate: float
    losses: Mapping[str, float]


class Progress(Protocol):
    """Displays the progress of a run; see ``reporting.progress`` for the bar of the command line."""

    def update(self, status: Status) -> None:
        """Show ``status`` when a run starts, at each log point, and when it ends."""


class Silent:
    """Shows nothing."""

    def update(self, status: Status) -> None:
        """Ignore it."""


class Watcher(Protocol):
    """Looks at a run at intervals and at its end without changing its state, for example to draw sample sheets."""

    @property
    def every(self) -> int:
        """Images between two looks."""

    def look(self, state: TrainingState, run: Path) -> None:
        """Look at ``state``; files go below the directory ``run``."""


class Stop:
    """Whether to stop after this step: ``requested`` by Ctrl-C or SIGTERM."""

    def __init__(self) -> None:
        self.requested = False

    @contextmanager
    def on_interrupt(self) -> Iterator[None]:
        """Handle both signals as a request to stop cleanly; a second one ends the process at once.

        Signals only reach the main thread: in other threads, their handlers stay as they are.
        """
        if current_thread() is not main_thread():
            yield
            return

        def request(signum: int, frame: object) -> None:
            self.requested = True
            signal.signal(signum, signal.default_int_handler)

        before = {signum: signal.signal(signum, request) for signum in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for signum, handler in before.items():
                signal.signal(signum, handler)


class Keeper:
    """Writes the configuration, metrics and checkpoints of a run, and calls its watchers.

    Args:
        run: the directory of the run.
    """

    def __init__(
        self, plan: Plan, state: TrainingState, run: Path, progress: Progress, watchers: Sequence[Watcher]
    ) -> None:
        run.mkdir(parents=True, exist_ok=True)
        write_json(run / "config.json", plan.config.model_dump(mode="json"))
        self._config, self._state, self._run = plan.config.training, state, run
        self._progress, self._watchers = progress, watchers
        self._metrics = MetricsLog(run, state.images)
        self._first = (state.images, state.seconds)

    def show(self, spent: float, losses: Mapping[str, float] = MappingProxyType({})) -> None:
        """Show the progress of the run."""
        self._progress.update(Status(self._state.images, min(spent, 1.0), self._rate(), losses))

    def after_step(self, losses: Losses, before: int, spent: float) -> None:
        """Record the losses of a step that started at ``before`` images, and write what is due."""
        state, config = self._state, self._config
        self._metrics.add(losses)
        if spent >= 1 or _passed(config.log_images, before, state.images):
            self.show(spent, self._metrics.write(state.images, images_per_second=self._rate()))
        for watcher in self._watchers:
            if spent >= 1 or _passed(watcher.every, before, state.images):
                watcher.look(state, self._run)
        if _passed(config.checkpoint_images, before, state.images):
            save_checkpoint(self._run, state)

    def end(self, spent: float) -> None:
        """Save, and close all files."""
        save_checkpoint(self._run, self._state)
        self.show(spent)
        self._metrics.close()

    def _rate(self) -> float:
        images, seconds = self._state.images - self._first[0], self._state.seconds - self._first[1]
        return images / seconds if images else 0.0


def train(
    plan: Plan,
    state: TrainingState,
    run: Path,
    progress: Progress,
    *,
    watchers: Sequence[Watcher] = (),
    ranks: Ranks = ALONE,
) -> bool:
    """Train ``state`` up to the budget of ``plan``, in the directory ``run``. Returns whether the budget is spent.

    The budget is ``training.images`` or ``training.minutes``, whichever is spent first. Ctrl-C and SIGTERM stop it
    cleanly earlier. With several processes, each takes its part of every batch, and only the first writes.

    Raises:
        ConfigError: a batch cannot be shared evenly among the processes.
        DivergedError: a loss became NaN or infinite; earlier checkpoints stay intact.
    """
    config = plan.config.training
    state.balance = state.balance or dict(plan.balance)
    terms = TermTable(plan.terms, state.blueprint.tasks, state.balance)
    keeper = Keeper(plan, state, run, progress, watchers) if ranks.rank == 0 else None
    stop, started = Stop(), time.monotonic() - state.seconds
    spent = spent_share(state.images, state.seconds, config)
    if keeper:
        keeper.show(spent)
    with stop.on_interrupt():
        for batch in _batches(plan, state, ranks) if spent < 1 else ():
            for optimiser in state.optimisers.values():
                set_rate(optimiser, config.learning_rate * rate_factor(spent, config.constant_share))
            losses = train_step(state, batch, terms, ranks)
            before = _count(state, len(batch) * ranks.world, ranks.agreed(time.monotonic() - started))
            spent = spent_share(state.images, state.seconds, config)
            if keeper:
                keeper.after_step(losses, before, spent)
            if spent >= 1 or ranks.any(stop.requested):
                break
    if keeper:
        keeper.end(spent)
    return spent >= 1


def _batches(plan: Plan, state: TrainingState, ranks: Ranks) -> Iterator[Batch]:
    """The remaining batches of the budget, or this process's part of each."""
    config = plan.config.training
    ranks.part_of(config.batch)
    return batches(
        ItemStream(dict(plan.sources), config),
        LabelTable(state.blueprint.tasks),
        first=state.images,
        last=config.images,
        batch=config.batch,
        workers=config.workers,
        rank=ranks.rank,
        world=ranks.world,
    )


def _count(state: TrainingState, images: int, seconds: float) -> int:
    """Count a step of ``images`` and update the average. Returns the number of images before the step."""
    before, state.images, state.step, state.seconds = state.images, state.images + images, state.step + 1, seconds
    half_life = state.blueprint.config.training.ema_images
    update_average(state.average, state.learner.answering(), batch=images, images=state.images, half_life=half_life)
    return before


def _passed(interval: int, before: int, after: int) -> bool:
    """Whether a multiple of ``interval`` lies in (before, after]."""
    return after // interval > before // interval
