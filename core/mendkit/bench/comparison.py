"""What the cells of a table come to: mean and spread over seeds, beside the input's own numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Literal, NamedTuple

from mendkit_registry import EvaluatorSpec, Metric, Registry

from ..errors import CheckpointError
from ..evaluation.report import Report, TaskEvaluation
from ..training.checkpoint import read_index
from .cell import RESULT, Cell, CellResult, is_outdated
from .plan import BenchPlan

CELLS = "cells"
FAILURE = "failure.txt"
"""Why a cell could not be made, until it is made after all."""

State = Literal["done", "missing", "unfinished", "failed", "outdated", "damaged"]

INPUT_TOLERANCE = 0.01
"""Inputs of two cells may differ by this share: devices round differently, other test images differ by more."""


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
    """One metric: model -> task -> spread, with only what is there. ``means`` is the mean over all tasks, by model.

    ``inputs`` and ``halves`` have by task what the evaluator gives for inputs, and for two halves of the true images.
    """

    evaluator: str
    name: str
    title: str
    better: Literal["lower", "higher"]
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


class _Measure(NamedTuple):
    """A metric of an evaluator."""

    evaluator: EvaluatorSpec
    metric: Metric

    def read(self, evaluation: TaskEvaluation, beside: str = "") -> float | None:
        """The number as it is written, if there is one; with ``beside`` that of inputs or halves."""
        value = evaluation.number(self.evaluator.name, f"{self.metric.name}{beside}")
        return None if value is None else self.metric.scale * value


def compare(plan: BenchPlan, out: Path, registry: Registry) -> Comparison:
    """Compare what the cells below ``out`` have come to so far, by the metrics of all evaluators of ``registry``.

    A cell that cannot be read is marked, not fatal.
    """
    measures = _measures(registry)
    cells = plan.cells()
    states = tuple(inspect_cell(cell, cell_folder(out, cell)) for cell in cells)
    results = [state.result for state in states if state.result]
    features = next((result.evaluation.conditions.features for result in results), None)
    tables = (_metric_table(measure, plan.tasks, results, features) for measure in measures)
    return Comparison(
        plan=plan,
        titles={cell.model: cell.title for cell in cells},
        counts={task: evaluation.count for _, task, evaluation in _evaluations(results)},
        features=features,
        metrics=tuple(table for table in tables if table.scores),
        cells=states,
        notes=tuple(dict.fromkeys(_notes(results, measures))),
    )


def _measures(registry: Registry) -> list[_Measure]:
    """All metrics; those of evaluators that are for more tasks come first."""
    specs = sorted(registry[EvaluatorSpec].values(), key=lambda spec: -len(spec.covered(tuple(registry.tasks))))
    return [_Measure(spec, metric) for spec in specs for metric in spec.metrics]


def cell_folder(out: Path, cell: Cell) -> Path:
    """Where a cell lies below the folder of its table."""
    return out / CELLS / cell.name


def inspect_cell(cell: Cell, folder: Path) -> CellState:
    """How far a cell has got, by what lies in its folder."""
    state: State
    file, result = folder / RESULT, None
    try:
        found = json.loads(file.read_bytes())
        if is_outdated(found):
            state, remark = "outdated", f"{file}: of an earlier version; the same command scores the cell again"
        else:
            state, remark, result = "done", "", CellResult.model_validate(found)
    except FileNotFoundError:
        state, remark = _unfinished(cell, folder)
    except (OSError, ValueError) as error:
        state, remark = "damaged", f"{file}: {type(error).__name__}; the same command scores the cell again"
    return CellState(name=cell.name, command=cell.command, state=state, remark=remark, result=result)


def _unfinished(cell: Cell, folder: Path) -> tuple[State, str]:
    if (folder / FAILURE).exists():
        return "failed", (folder / FAILURE).read_text(encoding="utf-8").strip()
    try:
        images = read_index(folder / "run").images
    except CheckpointError:
        return "missing", ""
    return "unfinished", f"{images:,} of {cell.config.training.images:,} images"


def _metric_table(
    measure: _Measure, tasks: Sequence[str], results: Iterable[CellResult], features: str | None
) -> MetricTable:
    evaluator, metric = measure
    values: dict[str, dict[str, dict[int, float]]] = {}
    inputs: dict[str, float] = {}
    halves: dict[str, float] = {}
    for result, task, evaluation in _evaluations(results):
        if (value := measure.read(evaluation)) is not None:
            values.setdefault(result.model, {}).setdefault(task, {})[result.seed] = value
        for beside, found in (("_input", inputs), ("_halves", halves)):
            if (number := measure.read(evaluation, beside)) is not None:
                found.setdefault(task, number)
    return MetricTable(
        evaluator=evaluator.name,
        name=metric.name,
        title=f"{metric.title} ({features})" if "features" in evaluator.needs else metric.title,
        better=metric.better,
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


def _notes(results: Sequence[CellResult], measures: Iterable[_Measure]) -> Iterator[str]:
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
    yield from _changed_inputs(results, measures)


def _teachers(results: Iterable[CellResult]) -> Iterator[str]:
    """Which pretrained networks the models have learnt from, or that they had none to learn from."""
    for result in results:
        made = result.evaluation.conditions
        for term in result.left_out:
            yield f"{result.title} was trained without {term}: training.features names no weights"
        for network in made.learned_from:
            partial = ", by which it is chosen and judged as well: a head start" if network == made.features else ""
            yield f"{result.title} has learnt from features of {network}{partial}"


def _changed_inputs(results: Sequence[CellResult], measures: Iterable[_Measure]) -> Iterator[str]:
    """The test images must be the same for all cells, and so must be the inputs' own numbers."""
    for measure in measures:
        first: dict[str, float] = {}
        for _, task, evaluation in _evaluations(results):
            number = measure.read(evaluation, "_input")
            if number is not None and abs(number - first.setdefault(task, number)) > INPUT_TOLERANCE * abs(first[task]):
                title = measure.metric.title
                yield f"{title} of the input of {task} differs between cells: the data changed on the way"
