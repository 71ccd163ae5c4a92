"""``mendkit extend``: add tasks to a model that is trained already, and keep what it does for the others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import (
    Batch,
    Clean,
    DataRoot,
    Features,
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
from .train import finish, say_remarks, training_progress

SHARE = 10
"""By default, an added task gets a budget of one part in so many of the run's."""


def extend(
    run: Annotated[Path, typer.Argument(help="The run whose model is extended. It is not changed.")],
    *,
    tasks: Annotated[list[str], typer.Option(help="New task, group or glob; repeatable.")],
    out: Annotated[Path, typer.Option(help="Directory of the new run.")],
    unfreeze: Annotated[
        bool, typer.Option("--unfreeze", help="Train all weights on all tasks, and report what the known tasks lost.")
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
    features: Features = None,
    workers: Workers = None,
    device: TrainingDevice = None,
    set_: Settings = None,
) -> None:
    """Add tasks to a trained model. Outputs of the tasks that it knows stay as they are, bit for bit."""
    from ..config import FLAGS, parse_config
    from ..presets import lay_over
    from ..shipped import find_model
    from ..training.checkpoint import read_index
    from ..training.run import extend_run

    run = find_model(run)
    index = read_index(run)
    saved = index.config
    training = {
        "images": images or max(1, saved.training.images // SHARE),
        "minutes": minutes,
        "batch": batch,
        "seed": seed,
        "features": features,
        "workers": workers,
        "device": device,
    }
    given = data_config(data_settings(data, clean, manifest, resource, reverse, product=product))
    settings = lay_over(saved.model_dump(mode="json"), given_settings({"training": training}, set_))
    settings["data"] = data_of_run(saved.data, given)
    settings["tasks"] = (*(index.tasks if unfreeze else ()), *tasks)
    config = parse_config(settings, origin=FLAGS)
    finish(extend_run(run, config, out, training_progress, unfreeze=unfreeze, watch=say_remarks), out)
