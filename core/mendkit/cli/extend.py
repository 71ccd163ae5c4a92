"""``mendkit extend``: add tasks to a model that is trained already, and keep what it does for the others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from .options import (
    Batch,
    Clean,
    DataRoot,
    Manifest,
    Minutes,
    Product,
    Resource,
    Reverse,
    Seed,
    Settings,
    TrainingDevice,
    Workers,
    data_config,
    data_of_run,
    data_settings,
    given_settings,
)
from .train import finish, training_progress

if TYPE_CHECKING:
    from ..config import RunConfig
    from ..evaluation.report import Evaluation

PAIRS = 200
"""On at most so many validation pairs of each task it is measured what was forgotten."""
SHARE = 10
"""By default, an added task gets a budget of one part in so many of the run's."""


def extend(
    run: Annotated[Path, typer.Argument(help="The run whose model is extended. It stays as it is.")],
    *,
    tasks: Annotated[list[str], typer.Option(help="New task, group or glob; repeatable.")],
    out: Annotated[Path, typer.Option(help="Directory of the new run.")],
    unfreeze: Annotated[
        bool, typer.Option("--unfreeze", help="All weights learn on, on all tasks; says what the others lost.")
    ] = False,
    data: DataRoot = None,
    clean: Clean = None,
    resource: Resource = None,
    manifest: Manifest = None,
    reverse: Reverse = None,
    product: Product = None,
    images: Annotated[int | None, typer.Option(help="Budget, in images. Default: a tenth of the run's.")] = None,
    minutes: Minutes = None,
    batch: Batch = None,
    seed: Seed = None,
    workers: Workers = None,
    device: TrainingDevice = None,
    set_: Settings = None,
) -> None:
    """Add tasks to a trained model. Outputs of the tasks that it knows stay as they are, bit for bit."""
    from ..config import parse_config
    from ..presets import lay_over
    from ..training.checkpoint import read_index
    from ..training.run import extend_run

    index = read_index(run)
    saved = index.config
    training = {
        "images": images or max(1, saved.training.images // SHARE),
        "minutes": minutes,
        "batch": batch,
        "seed": seed,
        "workers": workers,
        "device": device,
    }
    given = data_config(data_settings(data, clean, manifest, resource, reverse, product=product))
    settings = lay_over(saved.model_dump(mode="json"), given_settings({"training": training}, set_))
    settings["data"] = data_of_run(saved.data, given)
    settings["tasks"] = (*(index.tasks if unfreeze else ()), *tasks)
    config = parse_config(settings, origin="flags")
    spent = extend_run(run, config, out, training_progress, unfreeze=unfreeze)
    if spent and unfreeze:
        _report_forgetting(run, out, index.tasks, config)
    finish(spent, out)


def _report_forgetting(base: Path, run: Path, known: tuple[str, ...], config: RunConfig) -> None:
    """Print what the tasks that ``base`` knows lost, and write both evaluations into the run."""
    from ..files import write_json
    from ..reporting.forgetting import forgetting_report

    before, after = _evaluations((base, run), known, config)
    Console().print(forgetting_report(before, after))
    write_json(
        run / "forgetting.json", {"before": before.model_dump(mode="json"), "after": after.model_dump(mode="json")}
    )


def _evaluations(runs: tuple[Path, ...], tasks: tuple[str, ...], config: RunConfig) -> list[Evaluation]:
    """How the models of the runs mend the same validation pairs of the tasks."""
    from mendkit_registry import load

    from ..data.opening import open_catalogue
    from ..evaluation.evaluate import evaluate
    from ..model import Model
    from ..training.loop import pick_device

    registry, device = load(strict=True), str(pick_device(config.training.device))
    catalogue = open_catalogue(config.data, registry.tasks, registry.datasets.values())
    return [
        evaluate(Model.load(run, device), catalogue, registry, split="val", tasks=tasks, limit=PAIRS, origin=str(run))
        for run in runs
    ]
