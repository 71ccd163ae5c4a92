"""What tasks lost, or won, while a model went on learning with others: the same pairs before and after."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from ..evaluation.metrics import TaskMetrics
from ..evaluation.report import Evaluation
from .table import PlainTable, conditions_line, rich_table


def forgetting_report(before: Evaluation, after: Evaluation) -> RenderableType:
    """A row for each task that both evaluations scored on pairs, and the conditions below."""
    return Group(rich_table(forgetting_table(before, after)), Text(conditions_line(after.conditions), style="dim"))


def forgetting_table(before: Evaluation, after: Evaluation) -> PlainTable:
    """Before → after, for each task that was scored on pairs."""
    return PlainTable(
        title="What the other tasks lost (before → after)",
        columns=("task", "N", "out / in", "worse", "clean in"),
        rows=tuple(
            (name, *_cells(earlier, later))
            for name, task in before.tasks.items()
            if (earlier := task.metrics) and (later := after.tasks[name].metrics)
        ),
    )


def _cells(before: TaskMetrics, after: TaskMetrics) -> tuple[str, ...]:
    return (
        f"{after.count}",
        f"{_share(before)} → {_share(after)}",
        f"{before.worse:.1%} → {after.worse:.1%}",
        f"{before.clean_psnr:.1f} → {after.clean_psnr:.1f} dB",
    )


def _share(metrics: TaskMetrics) -> str:
    return "-" if metrics.l1_ratio is None else f"{metrics.l1_ratio:.1%}"
