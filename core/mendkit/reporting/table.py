"""An evaluation as tables: the input's error beside the output's, and the conditions below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..evaluation.distances import Distances
from ..evaluation.metrics import TaskMetrics
from ..evaluation.report import Conditions, Evaluation

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
    teacher = f", learnt from {' and '.join(conditions.learned_from)}" if conditions.learned_from else ""
    return (
        f"{conditions.tool} {conditions.version} · torch {conditions.torch} · {conditions.model} after "
        f"{conditions.images_seen:,} images{teacher} · split {conditions.split}{limit} · seed {conditions.seed} · "
        f"{conditions.size} px · {conditions.device} · features: {conditions.features or 'none'}"
    )


def notes(evaluation: Evaluation) -> Iterator[str]:
    """How to read the distances, and what is missing from the tables, with its reason."""
    conditions = evaluation.conditions
    if conditions.features in conditions.learned_from:
        yield PARTIAL
    if any(isinstance(task.distances, Distances) for task in evaluation.tasks.values()):
        yield HALVES
    for reason, tasks in _not_computed(evaluation).items():
        yield f"perceptual, Fréchet and kernel distance of {', '.join(tasks)}: {reason}"
    for task, reason in evaluation.skipped.items():
        yield f"skipped {task}: {reason}"
    for task, failures in evaluation.unreadable.items():
        yield from (f"left out of {task}: {failure}" for failure in failures)


def _not_computed(evaluation: Evaluation) -> dict[str, list[str]]:
    """The tasks that have no distances, by the reason."""
    tasks = defaultdict(list)
    for name, task in evaluation.tasks.items():
        if isinstance(task.distances, str):
            tasks[task.distances].append(name)
    return tasks


def _errors(evaluation: Evaluation) -> PlainTable:
    return PlainTable(
        title="Error of the input and of the output (L1, 0 to 1)",
        columns=("task", "N", "L1 in → out", "out / in", "95 % interval", "worse"),
        rows=tuple((name, *_error_cells(metrics)) for name, metrics in _paired(evaluation)),
    )


def _detections(evaluation: Evaluation) -> PlainTable:
    found = ((name, task.detection) for name, task in evaluation.tasks.items() if task.detection)
    return PlainTable(
        title="Images with the defect told from those without (by chance: AUROC 0.5, precision the share with it)",
        columns=("task", "with", "without", "AUROC", "average precision"),
        rows=tuple(
            (name, f"{d.with_defect}", f"{d.without}", f"{d.auroc:.3f}", f"{d.average_precision:.3f}")
            for name, d in found
        ),
    )


def _paired(evaluation: Evaluation) -> Iterator[tuple[str, TaskMetrics]]:
    """The tasks that were scored on pairs."""
    return ((name, task.metrics) for name, task in evaluation.tasks.items() if task.metrics)


def _error_cells(metrics: TaskMetrics) -> tuple[str, ...]:
    ratio, interval = metrics.l1_ratio, metrics.l1_ratio_interval
    return (
        f"{metrics.count}",
        f"{metrics.l1_in:.4f} → {metrics.l1_out:.4f}",
        "-" if ratio is None else f"{ratio:.1%}",
        "-" if interval is None else f"{100 * interval[0]:.1f} to {interval[1]:.1%}",
        f"{metrics.worse:.1%}",
    )


def _likeness(evaluation: Evaluation) -> PlainTable:
    return PlainTable(
        title="Likeness to the truth; clean in: PSNR (mean and 5th percentile) and L1 of clean images after a pass",
        columns=("task", "PSNR in → out", "SSIM in → out", "clean in", "5th %", "L1"),
        rows=tuple((name, *_likeness_cells(metrics)) for name, metrics in _paired(evaluation)),
    )


def _likeness_cells(metrics: TaskMetrics) -> tuple[str, ...]:
    return (
        f"{metrics.psnr_in:.1f} → {metrics.psnr_out:.1f}",
        f"{metrics.ssim_in:.3f} → {metrics.ssim_out:.3f}",
        f"{metrics.clean_psnr:.1f}",
        f"{metrics.clean_psnr_p5:.1f}",
        f"{metrics.clean_l1:.4f}",
    )


def _plugin_numbers(evaluation: Evaluation) -> PlainTable:
    rows = (
        # The group of an evaluator is told by the task beside it.
        (task, evaluator.partition(".")[2], name, "not finite" if value is None else f"{value:.4g}")
        for task, found in evaluation.tasks.items()
        for evaluator, numbers in found.evaluators.items()
        for name, value in numbers.items()
    )
    return PlainTable("Numbers of the plugins", ("task", "evaluator", "metric", "value"), tuple(rows), texts=3)


def _distances(evaluation: Evaluation) -> PlainTable:
    found = ((name, task.distances) for name, task in evaluation.tasks.items())
    names = evaluation.conditions.features
    return PlainTable(
        title=f"Distance to the truth by {names} features; perceptual ({names}, unlearned)",
        columns=("task", "N", "perceptual in → out", "Fréchet in → out", "halves", "1000 x kernel in → out", "halves"),
        rows=tuple((name, *_distance_cells(values)) for name, values in found if isinstance(values, Distances)),
    )


def _distance_cells(found: Distances) -> tuple[str, ...]:
    return (
        f"{found.count}" if found.count == found.true_count else f"{found.count} / {found.true_count}",
        _arrow(found.perceptual_in, found.perceptual_out),
        f"{found.frechet_in:.1f} → {found.frechet_out:.1f}",
        f"{found.frechet_halves:.1f}",
        f"{1000 * found.kernel_in:.1f} → {1000 * found.kernel_out:.1f}",
        f"{1000 * found.kernel_halves:.1f}",
    )


def _arrow(before: float | None, after: float | None) -> str:
    return "-" if before is None or after is None else f"{before:.3f} → {after:.3f}"


def rich_table(plain: PlainTable) -> Table:
    table = Table(title=plain.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    table.pad_edge, table.collapse_padding = False, True
    for index, column in enumerate(plain.columns):
        table.add_column(column, justify="left" if index < plain.texts else "right", overflow="fold")
    for row in plain.rows:
        table.add_row(*map(Text, row))
    return table
