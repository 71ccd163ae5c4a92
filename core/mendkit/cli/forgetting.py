"""What the tasks of a model lost when all its weights learnt on with new ones: said when such a run ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .console import stderr, stdout

if TYPE_CHECKING:
    from ..config import RunConfig
    from ..evaluation.report import Evaluation

PAIRS = 200
"""On at most so many validation pairs of each task it is measured."""


def report_forgetting(run: Path) -> None:
    """Print what the run cost the tasks of the run that it extends, and write both evaluations into it.

    Of a run that extends none, or that left the tasks of the other as they were, nothing is said.
    """
    from ..errors import MendkitError
    from ..files import write_json
    from ..reporting.forgetting import forgetting_report
    from ..training.checkpoint import read_index

    index = read_index(run)
    if index.extends is None or index.known:
        return
    try:
        before, after = _evaluations((index.extends, run), read_index(index.extends).tasks, index.config)
    except MendkitError as error:  # the run that was extended, or its data, may be gone by now
        stderr.print(f"what the other tasks lost cannot be measured: {error}")
        return
    stdout.print(forgetting_report(before, after))
    both = {"before": before.model_dump(mode="json"), "after": after.model_dump(mode="json")}
    write_json(run / "forgetting.json", both)


def _evaluations(runs: tuple[Path, ...], tasks: tuple[str, ...], config: RunConfig) -> list[Evaluation]:
    """How the models of the runs mend the same validation pairs of the tasks."""
    from mendkit_registry import DatasetSpec, load

    from ..data.opening import open_catalogue
    from ..evaluation.evaluate import evaluate
    from ..model import Model
    from ..training.devices import pick_device

    registry, device = load(strict=True), str(pick_device(config.training.device))
    catalogue = open_catalogue(config.data, registry.tasks, registry[DatasetSpec].values())
    return [
        evaluate(Model.load(run, device), catalogue, registry, split="val", tasks=tasks, limit=PAIRS, origin=str(run))
        for run in runs
    ]
