"""An evaluation as tables: the input's error beside the output's, and the conditions below."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..evaluation.distances import Distances
from ..evaluation.evaluate import Conditions, Evaluation
from ..evaluation.metrics import TaskMetrics


@dataclass(frozen=True, slots=True)
class PlainTable:
    """A table as text, for whoever draws it. The first column is left-aligned, numbers are right-aligned."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def evaluation_report(evaluation: Evaluation) -> RenderableType:
    """Everything that an evaluation says, for a rich console."""
    tables = [_rich(table) for table in plain_tables(evaluation)]
    tables[-1].caption = conditions_line(evaluation.conditions)
    return Group(*tables, *(Text(note) for note in notes(evaluation)))


def plain_tables(evaluation: Evaluation) -> list[PlainTable]:
    """The tables that have rows: errors always, then the numbers of plugins, then distances by features."""
    tables = [_errors(evaluation), _plugin_numbers(evaluation), _distances(evaluation)]
    return [table for table in tables if table.rows]


def conditions_line(conditions: Conditions) -> str:
    """What the numbers depend on, in one line."""
    limit = "" if conditions.limit is None else f" · at most {conditions.limit} pairs a task"
    return (
        f"{conditions.tool} {conditions.version} · torch {conditions.torch} · {conditions.model} after "
        f"{conditions.images_seen:,} images · split {conditions.split}{limit} · seed {conditions.seed} · "
        f"{conditions.size} px · {conditions.device} · features: {conditions.features or 'none'}"
    )


def notes(evaluation: Evaluation) -> Iterator[str]:
    """What is missing from the tables, each with its reason."""
    for reason in dict.fromkeys(task.distances for task in evaluation.tasks.values()):
        if isinstance(reason, str):
            yield f"perceptual, Fréchet and kernel distance: {reason}"
    for task, reason in evaluation.skipped.items():
        yield f"skipped {task}: {reason}"
    for task, failures in evaluation.unreadable.items():
        yield from (f"left out of {task}: {failure}" for failure in failures)


def _errors(evaluation: Evaluation) -> PlainTable:
    columns = ("task", "N", "L1 in", "L1 out", "out / in", "95 %", "PSNR in", "PSNR out", "SSIM in", "SSIM out")
    return PlainTable(
        title="Error of the input and of the output",
        columns=(*columns, "worse", "clean in PSNR", "its 5th pct."),
        rows=tuple((name, *_error_cells(task.metrics)) for name, task in evaluation.tasks.items()),
    )


def _error_cells(metrics: TaskMetrics) -> tuple[str, ...]:
    return (
        f"{metrics.count}",
        f"{metrics.l1_in:.4f}",
        f"{metrics.l1_out:.4f}",
        "-" if metrics.l1_ratio is None else f"{metrics.l1_ratio:.1%}",
        "-" if metrics.l1_ratio_interval is None else "{:.1%} to {:.1%}".format(*metrics.l1_ratio_interval),
        f"{metrics.psnr_in:.2f}",
        f"{metrics.psnr_out:.2f}",
        f"{metrics.ssim_in:.3f}",
        f"{metrics.ssim_out:.3f}",
        f"{metrics.worse:.1%}",
        f"{metrics.clean_psnr:.2f}",
        f"{metrics.clean_psnr_p5:.2f}",
    )


def _plugin_numbers(evaluation: Evaluation) -> PlainTable:
    rows = (
        (task, evaluator, name, "not finite" if value is None else f"{value:.4g}")
        for task, found in evaluation.tasks.items()
        for evaluator, numbers in found.evaluators.items()
        for name, value in numbers.items()
    )
    return PlainTable("Numbers of the plugins", ("task", "evaluator", "metric", "value"), tuple(rows))


def _distances(evaluation: Evaluation) -> PlainTable:
    found = {name: task.distances for name, task in evaluation.tasks.items()}
    computed = {name: distances for name, distances in found.items() if isinstance(distances, Distances)}
    names = " and ".join(dict.fromkeys(distances.features for distances in computed.values()))
    return PlainTable(
        title=f"Distance to the true images, by {names} features; Fréchet is biased upward for small N",
        columns=(
            *("task", "N", f"perceptual ({names}, unlearned) in", "out"),
            *("Fréchet in", "out", "halves of the truth (N/2)", "kernel x 1000 in", "out", "halves (N/2)"),
        ),
        rows=tuple((name, *_distance_cells(distances)) for name, distances in computed.items()),
    )


def _distance_cells(found: Distances) -> tuple[str, ...]:
    frechet = (found.frechet_in, found.frechet_out, found.frechet_halves)
    kernel = (found.kernel_in, found.kernel_out, found.kernel_halves)
    return (
        f"{found.count}",
        *(f"{value:.4f}" for value in (found.perceptual_in, found.perceptual_out)),
        *(f"{value:.2f}" for value in frechet),
        *(f"{1000 * value:.2f}" for value in kernel),
    )


def _rich(plain: PlainTable) -> Table:
    table = Table(title=plain.title, title_justify="left", caption_justify="left")
    for index, column in enumerate(plain.columns):
        table.add_column(column, justify="right" if index else "left", overflow="fold")
    for row in plain.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
