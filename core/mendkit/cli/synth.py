"""``mendkit synth``: look at what synthesizers make before one trains on it, or write it to disk."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .console import progress_bar
from .options import Clean, DataRoot, Manifest, Product, Resource, data_config, data_settings, seed_option

if TYPE_CHECKING:
    from ..config import DataConfig
    from ..contracts.photo import Image
    from ..data.making import MadePairs
    from ..errors import ImageError

Task = Annotated[str, typer.Argument(help="Full name of a task, such as background.watermark.")]
Size = Annotated[int, typer.Option(min=32, max=4096, help="Side of the square images, px.")]
Seed = Annotated[int, seed_option("Pair i depends on the seed, on i and on the images alone.")]

COLUMNS = ("clean", "defective", "mask")

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Look at the pairs that synthesizers make, or write them to disk."
)


@app.command()
def preview(
    task: Task,
    *,
    data: DataRoot = None,
    clean: Clean = None,
    resource: Resource = None,
    manifest: Manifest = None,
    product: Product = None,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="How many pairs, each with a seed of its own.")] = 6,
    seed: Seed = 0,
    size: Size = 256,
    out: Annotated[
        Path | None, typer.Option(help="PNG to write; one that is there is replaced. Default: TASK.png.")
    ] = None,
) -> None:
    """Draw a sheet of made pairs: clean, defective, and the mask of where they differ."""
    from ..data.images import write_image

    config = data_config(data_settings(data, clean, manifest, resource, product=product))
    path = out or Path(f"{task}.png")
    _require_elsewhere(path, config)
    sheet, failures = preview_sheet(_pairs(config, task, size, seed), seeds)
    if sheet is not None:
        write_image(path, sheet)
        typer.echo(f"{seeds - len(failures)} pairs of {task}: {path}")
    _report(failures)


@app.command()
def export(
    task: Task,
    *,
    count: Annotated[int, typer.Option(min=1, help="How many pairs there are in the end.")],
    out: Annotated[Path, typer.Option(help="Data root to write to.")],
    data: DataRoot = None,
    clean: Clean = None,
    resource: Resource = None,
    manifest: Manifest = None,
    product: Product = None,
    seed: Seed = 0,
    size: Size = 256,
) -> None:
    """Write made pairs as a data root. Run it again to continue; nothing is overwritten."""
    from ..data.export import export_pairs

    config = data_config(data_settings(data, clean, manifest, resource, product=product))
    _require_elsewhere(out, config)
    done = export_pairs(out, _pairs(config, task, size, seed), count=count, watch=_bar)
    typer.echo(f"pairs of {task}: {done.made} made, {done.there} already there: {out}. Next: mendkit data check {out}")
    _report(done.failures)


def preview_sheet(pairs: MadePairs, count: int) -> tuple[Image | None, list[ImageError]]:
    """A row for each of the first ``count`` pairs, and why some of them cannot be made; None if not one can."""
    from ..data.sheet import contact_sheet
    from ..errors import ImageError

    rows, titles, failures = [], [], list[ImageError]()
    for number in range(count):
        try:
            pair = pairs.make(number)
        except ImageError as failure:
            failures.append(failure)
        else:
            rows.append((pair.target, pair.source, pair.mask))
            titles.append(f"{number}: {pairs.origin(number).name}")
    return (contact_sheet(rows, titles=COLUMNS, row_titles=titles) if rows else None), failures


def _pairs(config: DataConfig, task: str, size: int, seed: int) -> MadePairs:
    """What can be made for the task. The plugins must be sound, and the task known, before any folder is opened."""
    from mendkit_registry import DatasetSpec, load

    from ..data.making import made_pairs
    from ..data.opening import open_catalogue

    registry = load(strict=True)
    known = registry.task(task).name
    catalogue = open_catalogue(config, registry.tasks, registry[DatasetSpec].values())
    return made_pairs(catalogue, registry, known, size=size, seed=seed)


def _require_elsewhere(out: Path, config: DataConfig) -> None:
    """Refuse to write among the images that are read: they would be taken for more of them."""
    from ..data.opening import CLEAN
    from ..errors import DataError

    clean = config.clean or (config.root / CLEAN if config.root else None)
    for folder in filter(None, (clean, *config.resources.values())):
        if out.absolute().is_relative_to(folder):
            raise DataError(f"{out} is among the images of {folder}, and would be taken for one; choose another --out")


def _report(failures: Iterable[ImageError]) -> None:
    """Print what could not be made. Exit status 1 if there is any."""
    lines = [f"left out: {failure}" for failure in failures]
    for line in lines:
        typer.echo(line, err=True)
    if lines:
        raise typer.Exit(1)


def _bar(numbers: Iterable[int], count: int) -> Iterable[int]:
    return progress_bar(numbers, count, "making")
