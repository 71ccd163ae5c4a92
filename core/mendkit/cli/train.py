"""``mendkit train``: one model on all registered tasks, or on those that are named."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from ..config import RunConfig

from .options import Clean, DataRoot, Manifest, Resource, Reverse, Tasks, parse_resources

console = Console(stderr=True)


def train(
    context: typer.Context,
    *,
    data: DataRoot = None,
    clean: Clean = None,
    resource: Resource = None,
    manifest: Manifest = None,
    reverse: Reverse = None,
    tasks: Tasks = None,
    out: Annotated[Path | None, typer.Option(help="Directory of the new run.")] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with this run, exactly.")] = None,
    config: Annotated[Path | None, typer.Option(help="TOML file; flags win over it.")] = None,
    preset: Annotated[str | None, typer.Option(help="The method; see `mendkit presets`.")] = None,
    width: Annotated[int | None, typer.Option(help="Channels of the first convolution.")] = None,
    size: Annotated[int | None, typer.Option(help="Side of the model's image, px.")] = None,
    images: Annotated[int | None, typer.Option(help="Budget, in images.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Stop cleanly after so many minutes.")] = None,
    batch: Annotated[int | None, typer.Option(help="Images a step.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of weights and data.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that make samples.")] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda, cuda:1, ...")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="Any setting: training.temperature=2")] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Print what would be trained, and stop.")] = False,
) -> None:
    """Train one model on all registered tasks jointly."""
    from ..config import read_config
    from ..errors import ConfigError
    from ..training.run import plan_run, resume_run, start_run

    if resume:
        _refuse_other_flags(context)
        _finish(resume_run(resume, _progress), resume)
        return
    flags = {
        "preset": preset,
        "tasks": tuple(tasks) if tasks else None,
        "data": {
            "root": data,
            "clean": clean,
            "manifest": manifest,
            "resources": parse_resources(resource),
            "reverse": tuple(reverse) if reverse else None,
        },
        "model": {"width": width},
        "training": {
            "size": size,
            "images": images,
            "minutes": minutes,
            "batch": batch,
            "seed": seed,
            "workers": workers,
            "device": device,
        },
    }
    settings = read_config(config, _without_none(_with_settings(flags, set_ or [])))
    if plan:
        from ..reporting.plan import plan_tables

        Console().print(plan_tables(plan_run(settings)[0]))
        return
    if out is None:
        raise ConfigError("say where the run goes, with --out runs/NAME (or --resume RUN, or --plan)")
    _finish(start_run(settings, out, _progress), out)


def _refuse_other_flags(context: typer.Context) -> None:
    """A resumed run keeps its own configuration: a flag that would be ignored is an error."""
    sources = {name: context.get_parameter_source(name) for name in context.params}
    given = {name for name, source in sources.items() if source is not None and source.name == "COMMANDLINE"}
    if others := sorted(given - {"resume"}):
        raise typer.BadParameter(f"a run is resumed exactly as it was configured; leave out: {', '.join(others)}")


def train_or_resume(settings: RunConfig, run: Path) -> None:
    """Start the run, or go on with it where it stopped; a run that is complete stays as it is."""
    from ..training.run import is_run, resume_run, start_run

    _finish(resume_run(run, _progress) if is_run(run) else start_run(settings, run, _progress), run)


def _progress(total: int, done: int) -> Any:
    from ..reporting.progress import TrainingProgress

    return TrainingProgress(console, total=total, done=done)


def _finish(spent: bool, run: Path) -> None:
    if spent:
        console.print(f"trained: {run}. Next: mendkit evaluate {run}")
    else:
        console.print(f"stopped with a checkpoint. Go on with: mendkit train --resume {run}")


def _with_settings(flags: dict[str, Any], settings: list[str]) -> dict[str, Any]:
    """Lay ``section.key=value`` settings over the flags; values are TOML, or else plain text."""
    from ..errors import ConfigError

    for setting in settings:
        path, equals, text = setting.partition("=")
        *sections, key = path.split(".")
        if not equals or not sections:
            raise ConfigError(f"--set {setting}: expected section.key=value, such as training.temperature=2")
        section = flags
        for name in sections:
            section = section.setdefault(name, {})
        section[key] = _toml_value(text)
    return flags


def _toml_value(text: str) -> Any:
    import tomllib

    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _without_none(flags: dict[str, Any]) -> dict[str, Any]:
    kept = {key: _without_none(value) if isinstance(value, dict) else value for key, value in flags.items()}
    return {key: value for key, value in kept.items() if value is not None and value != {}}
