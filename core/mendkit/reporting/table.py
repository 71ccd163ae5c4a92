"""An evaluation as tables: the input's error beside the output's, and the conditions below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..evaluation.report import Conditions, Evaluation, TaskEvaluation

PIXELS, DISTANCES = "mendkit.pixels", "mendkit.distances"
"""Evaluators with tables of their own, where numbers of inputs and outputs are side by side."""

HALVES = (
    "halves: the distance of two random halves of the true images, N/2 each. Fréchet is biased upward for small N, and "
    "the halves show different products, so in and out of pairs, whose products are the truth's, can lie below."
)

PARTIAL = "the model has learnt from the features by which it is judged here: its distances look better than they are"


@dataclass(frozen=True, slots=True)
class PlainTable:
    """A table as text, for whoever draws it. The first ``texts`` columns are words, the others numbers."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: int = 1


def evaluation_report(evaluation: Evaluation) -> RenderableType:
    """Everything that an evaluation says, for a rich console of at least 80 columns."""
    tables = map(rich_table, plain_tables(evaluation))
    remarks = [conditions_line(evaluation.conditions), *notes(evaluation)]
    return Group(*tables, *(Text(remark, style="dim") for remark in remarks))


def plain_tables(evaluation: Evaluation) -> list[PlainTable]:
    """The tables that have rows: errors and likeness of pairs, numbers of plugins, distances by features."""
    kinds = (_errors, _likeness, _detections, _plugin_numbers, _distances)
    tables = [kind(evaluation) for kind in kinds]
    return [table for table in tables if table.rows]


def conditions_line(conditions: Conditions) -> str:
    """What the numbers depend on, in one line."""
    limit = "" if conditions.limit is None else f" · at most {conditions.limit} pairs a task"
    scored = ", photos at their own sizes" if conditions.full_size else ""
    teacher = f", learnt from {' and '.join(conditions.learned_from)}" if conditions.learned_from else ""
    return (
        f"{conditions.tool} {conditions.version} · torch {conditions.torch} · {conditions.model} after "
        f"{conditions.images_seen:,} images{teacher} · split {conditions.split}{limit} · seed {conditions.seed} · "
        f"{conditions.size} px{scored} · {conditions.device} · features: {conditions.features or 'none'}"
    )


def notes(evaluation: Evaluation) -> Iterator[str]:
    """How to read the distances, and what is missing from the tables, with its reason."""
    conditions = evaluation.conditions
    if conditions.features in conditions.learned_from:
        yield PARTIAL
    if any(DISTANCES in task.numbers for task in evaluation.tasks.values()):
        yield HALVES
    for (evaluator, reason), tasks in _left_out(evaluation).items():
        what = "perceptual, Fréchet and kernel distance" if evaluator == DISTANCES else evaluator
        yield f"{what} of {', '.join(tasks)}: {reason}"
    for task, reason in evaluation.skipped.items():
        yield f"skipped {task}: {reason}"
    for task, failures in evaluation.unreadable.items():
        yield from (f"left out of {task}: {failure}" for failure in failures)


def _left_out(evaluation: Evaluation) -> dict[tuple[str, str], list[str]]:
    """The tasks of which an evaluator has no numbers, by evaluator and reason."""
    tasks = defaultdict(list)
    for name, task in evaluation.tasks.items():
        for evaluator, reason in task.left_out.items():
            tasks[evaluator, reason].append(name)
    return tasks


def _errors(evaluation: Evaluation) -> PlainTable:
    return PlainTable(
        title="Error of the input and of the output (L1, 0 to 1)",
        columns=("task", "N", "L1 in → out", "out / in", "95 % interval", "worse"),
        rows=tuple((name, *_error_cells(task)) for name, task in _scored_by(PIXELS, evaluation)),
    )


def _detections(evaluation: Evaluation) -> PlainTable:
    found = ((name, task, task.detection) for name, task in evaluation.tasks.items() if task.detection)
    return PlainTable(
        title="Images with the defect told from those without (by chance: AUROC 0.5, precision the share with it)",
        columns=("task", "with", "without", "AUROC", "average precision"),
        rows=tuple(
            (name, f"{task.count}", f"{task.true_count}", f"{d.auroc:.3f}", f"{d.average_precision:.3f}")
            for name, task, d in found
        ),
    )


def _scored_by(evaluator: str, evaluation: Evaluation) -> Iterator[tuple[str, TaskEvaluation]]:
    return ((name, task) for name, task in evaluation.tasks.items() if evaluator in task.numbers)


def _error_cells(task: TaskEvaluation) -> tuple[str, ...]:
    low, high = (task.number(PIXELS, f"l1_ratio_{end}") for end in ("low", "high"))
    return (
        f"{task.count}",
        _arrow(task, PIXELS, "l1", ".4f"),
        written(task.number(PIXELS, "l1_ratio"), ".1%"),
        "-" if low is None or high is None else f"{100 * low:.1f} to {high:.1%}",
        written(task.number(PIXELS, "worse"), ".1%"),
    )


def _likeness(evaluation: Evaluation) -> PlainTable:
    return PlainTable(
        title="Likeness to the truth; clean in: PSNR (mean and 5th percentile) and L1 of clean images after a pass",
        columns=("task", "PSNR in → out", "SSIM in → out", "clean in", "5th %", "L1"),
        rows=tuple((name, *_likeness_cells(task)) for name, task in _scored_by(PIXELS, evaluation)),
    )


def _likeness_cells(task: TaskEvaluation) -> tuple[str, ...]:
    return (
        _arrow(task, PIXELS, "psnr", ".1f"),
        _arrow(task, PIXELS, "ssim", ".3f"),
        written(task.number(PIXELS, "clean_psnr"), ".1f"),
        written(task.number(PIXELS, "clean_psnr_p5"), ".1f"),
        written(task.number(PIXELS, "clean_l1"), ".4f"),
    )


def _plugin_numbers(evaluation: Evaluation) -> PlainTable:
    rows = (
        # The group of an evaluator is told by the task beside it.
        (task, evaluator.partition(".")[2], name, "not finite" if value is None else f"{value:.4g}")
        for task, found in evaluation.tasks.items()
        for evaluator, numbers in found.numbers.items()
        if evaluator not in (PIXELS, DISTANCES)
        for name, value in numbers.items()
    )
    return PlainTable("Numbers of the plugins", ("task", "evaluator", "metric", "value"), tuple(rows), texts=3)


def _distances(evaluation: Evaluation) -> PlainTable:
    names = evaluation.conditions.features
    return PlainTable(
        title=f"Distance to the truth by {names} features; perceptual ({names}, unlearned)",
        columns=("task", "N", "perceptual in → out", "Fréchet in → out", "halves", "1000 x kernel in → out", "halves"),
        rows=tuple((name, *_distance_cells(task)) for name, task in _scored_by(DISTANCES, evaluation)),
    )


def _distance_cells(task: TaskEvaluation) -> tuple[str, ...]:
    return (
        f"{task.count}" if task.count == task.true_count else f"{task.count} / {task.true_count}",
        _arrow(task, DISTANCES, "perceptual", ".3f"),
        _arrow(task, DISTANCES, "frechet", ".1f"),
        written(task.number(DISTANCES, "frechet_halves"), ".1f"),
        _arrow(task, DISTANCES, "kernel", ".1f", scale=1000),
        written(task.number(DISTANCES, "kernel_halves"), ".1f", scale=1000),
    )


def _arrow(task: TaskEvaluation, evaluator: str, name: str, form: str, *, scale: float = 1) -> str:
    """The number of the inputs → that of the outputs."""
    before, after = (task.number(evaluator, key) for key in (f"{name}_input", name))
    return "-" if before is None or after is None else f"{scale * before:{form}} → {scale * after:{form}}"


def written(value: float | None, form: str, *, scale: float = 1) -> str:
    """A number, or a dash if there is none."""
    return "-" if value is None else format(scale * value, form)


def rich_table(plain: PlainTable) -> Table:
    table = Table(title=plain.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    table.pad_edge, table.collapse_padding = False, True
    for index, column in enumerate(plain.columns):
        table.add_column(column, justify="left" if index < plain.texts else "right", overflow="fold")
    for row in plain.rows:
        table.add_row(*map(Text, row))
    return table
