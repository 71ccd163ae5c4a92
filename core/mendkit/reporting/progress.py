"""The bar of the command line while a model trains."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class TrainingProgress:
    """Shows images, images/s, time left and the mean losses since the last log point."""

    def __init__(self, console: Console, *, total: int, done: int) -> None:
        self._bar = Progress(
            TextColumn("training"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]:.1f} images/s"),
            TimeRemainingColumn(),
            TextColumn("[dim]{task.fields[losses]}"),
            console=console,
        )
        self._task = self._bar.add_task("training", total=total, completed=done, rate=0.0, losses="")

    def __enter__(self) -> TrainingProgress:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._bar.stop()

    def update(self, images: int, rate: float, means: dict[str, float]) -> None:
        """Show how the run goes on."""
        if not means:
            self._bar.update(self._task, completed=images, rate=rate)
            return
        losses = "  ".join(f"{name} {value:.3f}" for name, value in means.items() if name != "images_per_second")
        self._bar.update(self._task, completed=images, rate=rate, losses=losses)
