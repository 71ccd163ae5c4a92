"""What tasks lost, or won, while a model went on learning with others: the same pairs before and after."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from ..evaluation.report import Evaluation, TaskEvaluation
from .table import PIXELS, PlainTable, conditions_line, rich_table, written


def forgetting_report(before: Evaluation, after: Evaluation) -> RenderableType:
    """A row for each task that both evaluations scored on pairs, and the conditions below."""
    return Group(rich_table(forgetting_table(before, after)), Text(conditions_line(after.conditions), style="dim"))


def forgetting_table(before: Evaluation, after: Evaluation) -> PlainTable:
    """Before → after, for each task that was scored on pairs."""
    return PlainTable(
        title="What the other tasks lost (before → after)",
        columns=("task", "N", "out / in", "worse", "clean in"),
        rows=tuple(
            (name, *_cells(task, after.tasks[name])) for name, task in before.tasks.items() if PIXELS in task.numbers
        ),
    )


def _cells(before: TaskEvaluation, after: TaskEvaluation) -> tuple[str, ...]:
    def change(name: str, form: str) -> str:
        return " → ".join(written(task.number(PIXELS, name), form) for task in (before, after))

    return f"{after.count}", change("l1_ratio", ".1%"), change("worse", ".1%"), f"{change('clean_psnr', '.1f')} dB"
