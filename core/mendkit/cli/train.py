"""``mendkit train``: one model on all registered tasks, or on those that are named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..config import RunConfig
    from ..data.catalogue import Catalogue
    from ..training.plan import Plan

from .console import stderr, stdout
from .forgetting import report_forgetting
from .options import (
    Batch,
    Clean,
    DataRoot,
    EncoderWeights,
    Features,
    Manifest,
    Minutes,
    Product,
    Resource,
    Reverse,
    Seed,
    Settings,
    Tasks,
    TrainingDevice,
    Workers,
    data_settings,
    given_settings,
)


def train(
    context: typer.Context,
    *,
    data: DataRoot = None,
    clean: Clean = None,
    resource: Resource = None,
    manifest: Manifest = None,
    reverse: Reverse = None,
    product: Product = None,
    tasks: Tasks = None,
    out: Annotated[Path | None, typer.Option(help="Directory of the new run.")] = None,
    resume: Annotated[Path | None, typer.Option(help="Continue this run exactly.")] = None,
    config: Annotated[Path | None, typer.Option(help="TOML file; flags win over it.")] = None,
    preset: Annotated[str | None, typer.Option(help="The method; see `mendkit presets`.")] = None,
    learner: Annotated[str | None, typer.Option(help="What learns, by its name. Default: translation.gan.")] = None,
    width: Annotated[int | None, typer.Option(help="Channels of the first convolution.")] = None,
    size: Annotated[int | None, typer.Option(help="Side of the model's image, px.")] = None,
    images: Annotated[int | None, typer.Option(help="Budget, in images.")] = None,
    minutes: Minutes = None,
    batch: Batch = None,
    seed: Seed = None,
    start: Annotated[
        Path | None,
        typer.Option("--from", help="Start from the weights of this run or installed model, as far as they fit."),
    ] = None,
    encoder_weights: EncoderWeights = None,
    features: Features = None,
    keep_best: Annotated[
        bool, typer.Option("--keep-best", help="Keep in RUN/best what does best on validation images.")
    ] = False,
    workers: Workers = None,
    device: TrainingDevice = None,
    set_: Settings = None,
    plan: Annotated[bool, typer.Option("--plan", help="Print what would be trained, and stop.")] = False,
) -> None:
    """Train one model on all registered tasks jointly."""
    from ..config import read_config
    from ..errors import ConfigError
    from ..shipped import find_model
    from ..training.run import plan_run, start_run
    from ..training.start import settings_of

    if resume:
        _refuse_other_flags(context)
        go_on(resume)
        return
    start = find_model(start) if start else None
    flags = {
        "preset": preset,
        "learner": learner,
        "tasks": tuple(tasks) if tasks else None,
        "data": data_settings(data, clean, manifest, resource, reverse, product=product),
        "model": {"width": width},
        "training": {
            "size": size,
            "images": images,
            "minutes": minutes,
            "batch": batch,
            "seed": seed,
            "start": start,
            "encoder_weights": encoder_weights,
            "features": features,
            "keep_best": keep_best or None,
            "workers": workers,
            "device": device,
        },
    }
    settings = read_config(config, given_settings(flags, set_), settings_of(start) if start else None)
    if plan:
        from ..reporting.plan import plan_tables

        stdout.print(plan_tables(plan_run(settings)[0]))
        return
    if out is None:
        raise ConfigError("no folder for the run; give one with --out runs/NAME (or use --resume RUN or --plan)")
    finish(start_run(settings, out, training_progress, say_remarks), out)


def say_remarks(plan: Plan, catalogue: Catalogue) -> tuple[()]:
    """Say what is not as the configuration may lead to expect; it needs no look at the run while it goes on."""
    for remark in plan.remarks:
        stderr.print(remark, style="dim")
    return ()


def _refuse_other_flags(context: typer.Context) -> None:
    """A resumed run keeps its own configuration: a flag that would be ignored is an error."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    given = {name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"}
    if others := sorted(given - {"resume"}):
        raise typer.BadParameter(f"a run is resumed exactly as it was configured; leave out: {', '.join(others)}")


def train_or_resume(settings: RunConfig, run: Path) -> None:
    """Start the run, or go on with it where it stopped; a run that is complete stays as it is."""
    from ..training.run import is_run, start_run

    if is_run(run):
        go_on(run)
    else:
        finish(start_run(settings, run, training_progress), run)


def go_on(run: Path) -> None:
    """Go on with a run where it stopped; say so if it is complete already."""
    from ..training.checkpoint import read_index
    from ..training.run import resume_run
    from ..training.schedule import spent_share

    index = read_index(run)
    complete = spent_share(index.images, index.seconds, index.config.training) >= 1
    finish(complete or resume_run(run, training_progress), run, "already complete" if complete else "trained")


def training_progress() -> Any:
    """The bar of a run, on the terminal."""
    from ..reporting.progress import TrainingProgress

    return TrainingProgress(stderr)


def finish(spent: bool, run: Path, how: str = "trained") -> None:
    """Say what the run cost the tasks of the run that it extends, if it extends one, and what comes next.

    A run that was stopped before its budget was spent ends the command with status 130.
    """
    from ..training.devices import is_first

    if is_first() and spent:
        report_forgetting(run)
        stderr.print(f"{how}: {run}. Next: mendkit evaluate {_say_best(run)}")
    elif is_first():
        stderr.print(f"stopped, with a checkpoint. Continue with: mendkit train --resume {run}")
    if not spent:
        raise typer.Exit(130)


def _say_best(run: Path) -> Path:
    """Say which checkpoint was best, if that was to be kept; where what is worth evaluating lies."""
    from ..training.best import choose_checkpoint
    from ..training.checkpoint import read_index

    if not read_index(run).config.training.keep_best:
        return run
    chosen = choose_checkpoint(run)
    stderr.print(f"best: {chosen.path}, after {chosen.images:,} images ({chosen.reason})")
    return chosen.path
