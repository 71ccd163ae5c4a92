"""``mendkit evaluate``: how well a run mends each of its tasks, on images that it was not trained on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..shipped import find_model, is_shipped
from .console import passing_bars, stderr, stdout
from .options import (
    Clean,
    DataRoot,
    Device,
    Manifest,
    Model,
    Product,
    Resource,
    Reverse,
    Tasks,
    data_config,
    data_of_run,
    data_settings,
    seed_option,
)

if TYPE_CHECKING:
    from rich.progress import TaskID

    from ..evaluation.evaluate import Progress


class SplitName(StrEnum):
    """The splits, as choices of the command line; ``mendkit.data.catalogue`` has them for everyone else."""

    train = "train"
    val = "val"
    test = "test"


def evaluate(
    run: Model,
    *,
    split: Annotated[SplitName, typer.Option(help="Which split to score.")] = SplitName.test,
    tasks: Tasks = None,
    data: DataRoot = None,
    clean: Clean = None,
    manifest: Manifest = None,
    resource: Resource = None,
    reverse: Reverse = None,
    product: Product = None,
    features: Annotated[
        Path | None, typer.Option(help="Weights of a pretrained network, for perceptual, Fréchet and kernel distance.")
    ] = None,
    full_size: Annotated[
        bool, typer.Option("--full-size", help="Score photos at their own sizes, as `mendkit correct` mends them.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Use at most this many pairs of each task.")] = None,
    seed: Annotated[int, seed_option("Seed of the synthesised pairs, intervals and subsets.")] = 0,
    batch: Annotated[int, typer.Option(min=1, help="Pairs in one pass of the model.")] = 32,
    device: Device = "auto",
    out: Annotated[
        Path | None, typer.Option(help="Folder of the report. Default: RUN/evaluation; of a model, evaluation/MODEL.")
    ] = None,
    gallery: Annotated[bool, typer.Option(help="Whether to write the HTML gallery.")] = True,
    json: Annotated[bool, typer.Option("--json", help="Print the report as JSON instead of tables.")] = False,
) -> None:
    """Score a run per task, with the input's own error beside the output's. Exit status 1 if an image is unreadable."""
    from mendkit_registry import DatasetSpec, load

    from ..correction.fullsize import FullSizeModel
    from ..data.opening import open_catalogue
    from ..evaluation.evaluate import evaluate as score
    from ..evaluation.scoring import Mender
    from ..model import Model as MendingModel
    from ..model import load_model
    from ..networks.pretrained import find_features
    from ..reporting.gallery import Gallery
    from ..reporting.table import evaluation_report
    from ..training.devices import pick_device

    origin, run, place = str(run), find_model(run), str(pick_device(device))
    registry = load(strict=True)
    model = load_model(run, place)
    scored = FullSizeModel(model) if full_size and isinstance(model, MendingModel) else model
    given = data_config(data_settings(data, clean, manifest, resource, reverse, product=product))
    places = data_of_run(model.config.data, given)
    catalogue = open_catalogue(places, registry.tasks, registry[DatasetSpec].values())
    folder, name = out or _place(run), f"{split}-full-size" if full_size else str(split)
    pages = Gallery(folder / name) if gallery and isinstance(model, Mender) else None
    with _progress() as progress:
        evaluation = score(
            scored,
            catalogue,
            registry,
            split=split.value,
            tasks=tasks,
            seed=seed,
            limit=limit,
            batch=batch,
            features=find_features(features, place),
            gallery=pages,
            origin=origin,
            full_size=full_size,
            progress=progress,
        )
    report = folder / f"{name}.json"
    evaluation.write(report)
    page = pages.finish(evaluation) if pages else None
    if json:
        typer.echo(dumps(evaluation.model_dump(mode="json"), indent=2))
    else:
        stdout.print(evaluation_report(evaluation))
    stderr.print(f"report: {report}", *([f"gallery: {page}"] if page else []), sep="\n")
    if evaluation.unreadable:
        raise typer.Exit(1)


def _place(run: Path) -> Path:
    """Where reports are written: not into a checkpoint, which training replaces as a whole, nor into a model."""
    if is_shipped(run):
        return Path("evaluation") / run.resolve().name
    return (run.parent if run.name == "checkpoint" else run) / "evaluation"


@contextmanager
def _progress() -> Iterator[Progress]:
    with passing_bars() as bars:
        rows: dict[str, TaskID] = {}

        def show(task: str, done: int, total: int) -> None:
            if task not in rows:
                rows[task] = bars.add_task(task, total=total)
            bars.update(rows[task], completed=done)

        yield show
