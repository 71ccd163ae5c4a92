"""The bar of the command line while a model trains."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from ..training.loop import Status


class TrainingProgress:
    """Shows the share of the budget that is spent, images, images/s, time left and the last mean losses."""

    def __init__(self, console: Console) -> None:
        self._bar = Progress(
            TextColumn("training"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[images]:,} images, {task.fields[rate]:.1f} a second,"),
            TimeRemainingColumn(),
            TextColumn("left  [dim]{task.fields[losses]}"),
            console=console,
        )
        self._task = self._bar.add_task("training", total=1.0, images=0, rate=0.0, losses="")

    def __enter__(self) -> TrainingProgress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def update(self, status: Status) -> None:
        """Show how the run goes on; the losses stay until there are newer ones."""
        self._bar.update(self._task, completed=status.spent, images=status.images, rate=status.rate)
        if status.losses:
            losses = "  ".join(f"{name} {value:.3f}" for name, value in status.losses.items())
            self._bar.update(self._task, losses=losses)
