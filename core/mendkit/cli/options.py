"""Options that several commands share."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer

from ..config import MAX_SEED, DataConfig
from ..errors import ConfigError


def seed_option(help: str) -> Any:
    """An option ``--seed``, of the seeds that every generator of random numbers takes."""
    return typer.Option(min=0, max=MAX_SEED, help=help)


Model = Annotated[Path, typer.Argument(help="Run, as `mendkit train` writes it, or installed model.", metavar="RUN")]
DataRoot = Annotated[Path | None, typer.Option("--data", help="Data root; see docs/your-data.md.")]
Clean = Annotated[Path | None, typer.Option(help="Folder of clean images, instead of DATA/clean.")]
Manifest = Annotated[Path | None, typer.Option(help="CSV or JSONL manifest, instead of that in DATA.")]
Resource = Annotated[list[str] | None, typer.Option(help="KIND=FOLDER of images for synthesizers; repeatable.")]
Reverse = Annotated[
    list[str] | None,
    typer.Option(metavar="TASK", help="Published set of this task: source and target change sides; repeatable."),
]
Product = Annotated[
    str | None,
    typer.Option(metavar="REGEX", help="What of a file's stem names its product: '(?P<product>.+)_[^_]+'."),
]
Tasks = Annotated[list[str] | None, typer.Option(help="Task, group or glob; repeatable. Default: all.")]
Minutes = Annotated[float | None, typer.Option(help="End after this many minutes at the latest.")]
Batch = Annotated[int | None, typer.Option(help="Images per step.")]
Seed = Annotated[int | None, seed_option("Seed of weights and data.")]
Workers = Annotated[int | None, typer.Option(help="Processes that make items.")]
Features = Annotated[
    Path | None, typer.Option(help="Weights of a pretrained network, for terms that compare features.")
]
EncoderWeights = Annotated[
    Path | None, typer.Option(help="Weights that a pretrained encoder starts from. Default: timm's own.")
]
TrainingDevice = Annotated[str | None, typer.Option("--device", help="auto, cpu, cuda, cuda:1, ...")]
Settings = Annotated[list[str] | None, typer.Option("--set", help="Any setting: training.temperature=2; repeatable.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, ...")]


def parse_resources(items: list[str] | None) -> dict[str, Path]:
    """The folders by kind that ``--resource KIND=FOLDER`` names. Raises a usage error for anything else."""
    if bad := [item for item in items or () if "=" not in item]:
        raise typer.BadParameter(f"--resource {bad[0]}: expected KIND=FOLDER, such as backgrounds=photos/rooms")
    return {kind: Path(folder) for kind, _, folder in (item.partition("=") for item in items or ())}


def data_settings(
    root: Path | None,
    clean: Path | None,
    manifest: Path | None,
    resource: list[str] | None,
    reverse: list[str] | None = None,
    *,
    product: str | None = None,
) -> dict[str, Any]:
    """The section ``data`` of the configuration, as the flags have it."""
    return {
        "root": root,
        "clean": clean,
        "manifest": manifest,
        "resources": parse_resources(resource),
        "reverse": tuple(reverse) if reverse else None,
        "product": product,
    }


def data_config(settings: dict[str, Any]) -> DataConfig:
    """Where the images are, from the section ``data`` as the flags have it."""
    return DataConfig(**_without_none(settings))


def data_of_run(saved: DataConfig, given: DataConfig) -> DataConfig:
    """The data of a run, unless other data is given; resources are replaced kind by kind, directions all at once."""
    base = given if given.root or given.clean or given.manifest else saved
    return base.model_copy(
        update={
            "resources": {**saved.resources, **given.resources},
            "reverse": given.reverse or base.reverse,
            "product": given.product or saved.product,
            "synthesizers": given.synthesizers or saved.synthesizers,
        }
    )


def given_settings(flags: dict[str, Any], settings: list[str] | None) -> dict[str, Any]:
    """Nested settings: the flags that were given, and ``--set section.key=value`` over them. Raises ConfigError."""
    return _without_none(_with_settings(flags, settings or []))


def _with_settings(flags: dict[str, Any], settings: list[str]) -> dict[str, Any]:
    """Lay ``section.key=value`` settings over the flags; values are TOML, or else plain text."""
    for setting in settings:
        path, equals, text = setting.partition("=")
        *sections, key = _keys(path)
        if not equals or not sections:
            raise ConfigError(f"--set {setting}: expected section.key=value, such as training.temperature=2")
        section = flags
        for name in sections:
            section = section.setdefault(name, {})
        section[key] = _toml_value(text)
    return flags


def _keys(path: str) -> list[str]:
    """The keys of a path that is joined by dots; the name of a plugin's term has a dot itself.

    >>> _keys("losses.stickers.outline.weight")
    ['losses', 'stickers.outline', 'weight']
    """
    section, *keys = path.split(".")
    return [section, ".".join(keys[:-1]), keys[-1]] if section == "losses" and len(keys) > 1 else [section, *keys]


def _toml_value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _without_none(flags: dict[str, Any]) -> dict[str, Any]:
    kept = {key: _without_none(value) if isinstance(value, dict) else value for key, value in flags.items()}
    return {key: value for key, value in kept.items() if value is not None and value != {}}
