"""What the cells of a table come to: mean and spread over seeds, beside the input's own numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Literal, NamedTuple

from ..errors import CheckpointError
from ..evaluation.report import Report, TaskEvaluation
from ..training.checkpoint import read_index
from .cell import RESULT, Cell, CellResult
from .plan import BenchPlan

CELLS = "cells"
FAILURE = "failure.txt"
"""Why a cell could not be made, until it is made after all."""

State = Literal["done", "missing", "unfinished", "failed", "damaged"]

INPUT_TOLERANCE = 0.01
"""Inputs of two cells may differ by this share: devices round differently, other test images differ by more."""


class Metric(NamedTuple):
    """A number of an evaluation: which part has it, and what it is called there for outputs, inputs and halves."""

    name: str
    title: str
    part: Literal["distances", "metrics"]
    output: str
    input: str | None = None
    halves: str | None = None
    format: str = ".1f"
    scale: float = 1.0

    def read(self, evaluation: TaskEvaluation, field: str | None) -> float | None:
        """The number, scaled; None if the evaluation does not have it."""
        value = getattr(getattr(evaluation, self.part), field, None) if field else None
        return None if value is None else self.scale * float(value)


METRICS = (
    Metric("frechet", "Fréchet distance", "distances", "frechet_out", "frechet_in", "frechet_halves"),
    Metric("kernel", "1000 x kernel distance", "distances", "kernel_out", "kernel_in", "kernel_halves", scale=1000),
    Metric("perceptual", "Perceptual distance", "distances", "perceptual_out", "perceptual_in", format=".3f"),
    Metric("l1", "L1, 0 to 1", "metrics", "l1_out", "l1_in", format=".4f"),
    Metric("l1_ratio", "L1 of the output as a share of the input's", "metrics", "l1_ratio", format=".1%"),
    Metric("psnr", "PSNR, dB", "metrics", "psnr_out", "psnr_in"),
    Metric("ssim", "SSIM", "metrics", "ssim_out", "ssim_in", format=".3f"),
    Metric("worse", "Images made worse", "metrics", "worse", format=".1%"),
)


class Spread(Report):
    """A number over seeds: its mean, its standard deviation (None for one seed), and the values by seed."""

    mean: float
    deviation: float | None
    seeds: dict[int, float]

    @classmethod
    def of(cls, values: Mapping[int, float]) -> Spread:
        """The spread of at least one value."""
        numbers = list(values.values())
        return cls(mean=fmean(numbers), deviation=stdev(numbers) if len(numbers) > 1 else None, seeds=dict(values))


class CellState(Report):
    """How far a cell has got. ``result`` is there when it is done; ``remark`` says why it is not."""

    name: str
    command: str
    state: State
    remark: str = ""
    result: CellResult | None = None


class MetricTable(Report):
    """One metric: model -> task -> spread, with only what is there. ``means`` is the mean over all tasks, by model."""

    name: str
    title: str
    format: str
    scores: dict[str, dict[str, Spread]]
    means: dict[str, Spread]
    inputs: dict[str, float]
    halves: dict[str, float]


class Comparison(Report):
    """A whole table.

    Args:
        titles: what the rows are called, by model.
        counts: test images of each task (inputs), N.
        features: by which distances were measured; None: they were not.
        notes: what a reader must know before comparing.
    """

    plan: BenchPlan
    titles: dict[str, str]
    counts: dict[str, int]
    features: str | None
    metrics: tuple[MetricTable, ...]
    cells: tuple[CellState, ...]
    notes: tuple[str, ...]


def compare(plan: BenchPlan, out: Path) -> Comparison:
    """Compare what the cells below ``out`` have come to so far. A cell that cannot be read is marked, not fatal."""
    cells = plan.cells()
    states = tuple(inspect_cell(cell, cell_folder(out, cell)) for cell in cells)
    results = [state.result for state in states if state.result]
    return Comparison(
        plan=plan,
        titles={cell.model: cell.title for cell in cells},
        counts=dict(_counts(results)),
        features=next((result.evaluation.conditions.features for result in results), None),
        metrics=tuple(table for metric in METRICS if (table := _metric_table(metric, plan.tasks, results)).scores),
        cells=states,
        notes=tuple(dict.fromkeys(_notes(results))),
    )


def cell_folder(out: Path, cell: Cell) -> Path:
    """Where a cell lies below the folder of its table."""
    return out / CELLS / cell.name


def inspect_cell(cell: Cell, folder: Path) -> CellState:
    """How far a cell has got, by what lies in its folder."""
    try:
        result = CellResult.model_validate(json.loads((folder / RESULT).read_bytes()))
        return CellState(name=cell.name, command=cell.command, state="done", result=result)
    except FileNotFoundError:
        state, remark = _unfinished(cell, folder)
    except (OSError, ValueError) as error:
        state = "damaged"
        remark = f"{folder / RESULT}: {type(error).__name__}; the same command scores the cell again"
    return CellState(name=cell.name, command=cell.command, state=state, remark=remark)


def _unfinished(cell: Cell, folder: Path) -> tuple[State, str]:
    if (folder / FAILURE).exists():
        return "failed", (folder / FAILURE).read_text(encoding="utf-8").strip()
    try:
        images = read_index(folder / "run").images
    except CheckpointError:
        return "missing", ""
    return "unfinished", f"{images:,} of {cell.config.training.images:,} images"


def _metric_table(metric: Metric, tasks: Sequence[str], results: Iterable[CellResult]) -> MetricTable:
    values: dict[str, dict[str, dict[int, float]]] = {}
    inputs: dict[str, float] = {}
    halves: dict[str, float] = {}
    for result, task, evaluation in _evaluations(results):
        if (value := metric.read(evaluation, metric.output)) is not None:
            values.setdefault(result.model, {}).setdefault(task, {})[result.seed] = value
        for field, found in ((metric.input, inputs), (metric.halves, halves)):
            if (number := metric.read(evaluation, field)) is not None:
                found.setdefault(task, number)
    return MetricTable(
        name=metric.name,
        title=metric.title,
        format=metric.format,
        scores={model: {task: Spread.of(row[task]) for task in tasks if task in row} for model, row in values.items()},
        means={model: Spread.of(means) for model, row in values.items() if (means := _means(row, tasks))},
        inputs=inputs,
        halves=halves,
    )


def _means(row: Mapping[str, Mapping[int, float]], tasks: Sequence[str]) -> dict[int, float]:
    """The mean over tasks, for each seed that has them all."""
    if any(task not in row for task in tasks):
        return {}
    whole = set.intersection(*(set(row[task]) for task in tasks))
    return {seed: fmean(row[task][seed] for task in tasks) for seed in sorted(whole)}


def _evaluations(results: Iterable[CellResult]) -> Iterator[tuple[CellResult, str, TaskEvaluation]]:
    for result in results:
        for task, evaluation in result.evaluation.tasks.items():
            yield result, task, evaluation


def _counts(results: Iterable[CellResult]) -> Iterator[tuple[str, int]]:
    for _, task, evaluation in _evaluations(results):
        part = evaluation.metrics or evaluation.distances
        if not isinstance(part, str):
            yield task, part.count


def _notes(results: Sequence[CellResult]) -> Iterator[str]:
    made_by = {
        "version of mendkit": {result.evaluation.conditions.version for result in results},
        "version of torch": {result.evaluation.conditions.torch for result in results},
        "device": {result.device for result in results},
        "network for features": {str(result.evaluation.conditions.features) for result in results},
        "file of feature weights": {
            digest[:8] for result in results if (digest := result.evaluation.conditions.features_digest)
        },
    }
    for what, several in made_by.items():
        if len(several) > 1:
            yield f"cells were made by more than one {what}: {', '.join(sorted(several))}"
    yield from _teachers(results)
    for result in results:
        budget = result.settings["training"]["images"]
        if result.images < budget:
            name = f"{result.title}, seed {result.seed}, {', '.join(result.tasks)}"
            yield f"{name}: stopped after {result.images:,} of {budget:,} images, as its minutes were over"
    yield from _changed_inputs(results)


def _teachers(results: Iterable[CellResult]) -> Iterator[str]:
    """Which pretrained networks the models have learnt from, or that they had none to learn from."""
    for result in results:
        made = result.evaluation.conditions
        for term in result.left_out:
            yield f"{result.title} was trained without {term}: training.features names no weights"
        for network in made.learned_from:
            partial = ", by which it is chosen and judged as well: a head start" if network == made.features else ""
            yield f"{result.title} has learnt from features of {network}{partial}"


def _changed_inputs(results: Sequence[CellResult]) -> Iterator[str]:
    """The test images must be the same for all cells, and so must be the inputs' own numbers."""
    for metric in METRICS:
        first: dict[str, float] = {}
        for _, task, evaluation in _evaluations(results):
            number = metric.read(evaluation, metric.input)
            if number is not None and abs(number - first.setdefault(task, number)) > INPUT_TOLERANCE * abs(first[task]):
                yield f"{metric.title} of the input of {task} differs between cells: the data changed on the way"
