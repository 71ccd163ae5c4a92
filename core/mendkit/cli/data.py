"""``mendkit data``: check a data root before training on it, or draw one."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from mendkit_registry import DatasetSpec, DefectType, Registry, SynthesizerSpec

from ..text import printable
from .console import progress_bar, stdout, table
from .options import Clean, Manifest, Product, Resource, Reverse, data_config, data_settings, seed_option

if TYPE_CHECKING:
    from ..data.catalogue import Catalogue, SplitFiles
    from ..data.check import Holding, Look, Report, Shared, Unmatched

SHOWN = 10
"""So many faults of one kind are printed; ``--json`` has all."""
NAMES = {"sources": "sources only", "targets": "targets only"}

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Check a data root, or draw one.")


@app.command()
def check(
    root: Annotated[Path | None, typer.Argument(help="Data root; see docs/your-data.md.")] = None,
    *,
    clean: Clean = None,
    resource: Resource = None,
    manifest: Manifest = None,
    reverse: Reverse = None,
    product: Product = None,
    benchmarks: Annotated[
        bool, typer.Option("--benchmarks", help="Also say where to get absent published sets.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Decode every image and say what there is. Exit status 1 if one is unreadable, or in two splits at once."""
    from mendkit_registry import load

    from ..data.check import check_catalogue
    from ..data.opening import left_out, open_catalogue

    registry = load()
    datasets = registry[DatasetSpec].values()
    config = data_config(data_settings(root, clean, manifest, resource, reverse, product=product))
    catalogue = open_catalogue(config, registry.tasks, datasets)
    published_tasks = {dataset.task for dataset in datasets}
    report = check_catalogue(catalogue, _watch, tasks=registry.tasks.values(), numbered=published_tasks)
    idle, others = tasks_without_data(catalogue, registry), left_out(config, catalogue)
    published = [published_record(root, dataset, config.reverse) for dataset in datasets]
    published.sort(key=lambda record: (bool(record["lacks"]), record["task"]))
    if as_json:
        found = {**report.as_json(), "tasks_without_data": idle, "published": published, "left_out": others}
        typer.echo(json.dumps(found, indent=2))
    else:
        _print(report, idle, others, [record for record in published if benchmarks or not record["lacks"]])
    if not report.ok:
        raise typer.Exit(1)


@app.command()
def draw(
    out: Annotated[Path, typer.Option(help="Data root to write to; images go to its `clean` folder.")],
    count: Annotated[int, typer.Option(min=1, help="How many images there are in the end.")] = 400,
    size: Annotated[int, typer.Option(min=32, max=4096, help="Side of the images, px.")] = 128,
    seed: Annotated[int, seed_option("Image i depends on the seed and i alone.")] = 0,
    source: Annotated[str, typer.Option(help="What draws them; plugins provide it.")] = "samples.products",
) -> None:
    """Draw clean product images. Run it again to continue; nothing is overwritten."""
    from mendkit_registry import load

    from ..data.drawing import draw_images

    images = draw_images(out, load(), source=source, count=count, size=size, seed=seed)
    for _ in progress_bar(images, count, "drawing"):
        pass
    typer.echo(f"{count} images in {out / 'clean'}")


def tasks_without_data(catalogue: Catalogue, registry: Registry) -> list[str]:
    """The tasks for which training has nothing: no pairs, nothing to make any of, and no use for what there is."""
    train = catalogue["train"]
    return [
        name
        for name, task in registry.tasks.items()
        if not task.benchmark
        and not _has_data(task, train, {spec.starts_from for spec in registry[SynthesizerSpec].of(name)})
    ]


def _has_data(task: DefectType, train: SplitFiles, starts: Collection[str]) -> bool:
    """Whether there are samples of a task, whose synthesizers start from those kinds of images."""
    own = train.of(task.name)
    made = (train.clean and "clean" in starts) or (own.sources and "defective" in starts)
    unpaired = task.supervision != "paired" and own.sources and (own.targets or train.clean)
    return bool(own.pairs or made or unpaired)


def published_record(root: Path | None, dataset: DatasetSpec, reverse: Collection[str] = ()) -> dict[str, Any]:
    """A published set: where its sides are, in which of its folders the root lacks images, and where to get it."""
    from ..data.published import lacking, sides

    source, target = sides(dataset, reverse=dataset.task in reverse)
    about = dataset.model_dump(include={"name", "task", "url", "terms"})
    return {**about, "source": source, "target": target, "lacks": list(lacking(root, dataset))}


def _watch(looks: Iterable[Look], count: int) -> Iterable[Look]:
    return progress_bar(looks, count, "reading")


def _print(report: Report, idle: list[str], left_out: Mapping[str, int], published: list[dict[str, Any]]) -> None:
    from ..data.images import left_out_in_words

    stdout.print(_table(report.holdings))
    if left_out:
        stdout.print(Text(left_out_in_words(left_out), "yellow"))
    for record in published:
        stdout.print(Text(_published_line(record), "dim"))
    if idle:
        stdout.print(Text(f"Nothing to train on: {', '.join(idle)}", "yellow"))
    for title, style, lines in _findings(report):
        stdout.print(Text(title, style))
        for line in lines[:SHOWN]:
            stdout.print(Text(f"  {printable(line)}"))
        if len(lines) > SHOWN:
            stdout.print(Text(f"  and {len(lines) - SHOWN} more; --json lists all"))
    if report.ok:
        stdout.print(Text("Every image can be read, and none is in two splits.", "green"))


def _published_line(record: dict[str, Any]) -> str:
    if not record["lacks"]:
        return f"{record['task']}: source is {record['source']}; target is {record['target']}"
    terms = f" ({record['terms']})" if record["terms"] else ""
    return f"{record['task']}: absent, no images in {' and '.join(record['lacks'])}; get it from {record['url']}{terms}"


def _table(holdings: tuple[Holding, ...]) -> Table:
    rows = table("Data", "What", "train", "val", "test", "Smallest", "Median", "Largest")
    for column in rows.columns[2:]:
        column.justify = "right"
    for holding in holdings:
        sizes = [f"{width} x {height}" for width, height in holding.sizes] or [""] * 3
        counts = [f"{holding.counts[split]:,}" for split in holding.counts]
        rows.add_row(Text(holding.name), NAMES.get(holding.what, holding.what), *counts, *sizes)
    return rows


def _findings(report: Report) -> Iterator[tuple[str, str, list[str]]]:
    """Title, style and lines of each kind of fault that there is."""
    unreadable = [f"{each.path}: {each.reason}" for each in report.unreadable]
    leaks, namesakes = ([_in_splits(each) for each in group] for group in (report.leaks, report.namesakes))
    if unreadable:
        yield f"{len(unreadable)} cannot be read; replace or remove them:", "red", unreadable
    if leaks:
        title = f"{len(leaks)} in two splits, so scores would be too good; keep one copy, or give all one group:"
        yield title, "red", leaks
    if namesakes:
        yield f"{len(namesakes)} with one name in two splits; is it the same product?", "yellow", namesakes
    if report.misfits:
        title = (
            f"{len(report.misfits)} with sides of different proportions, so the product lies elsewhere in source and"
        )
        yield f"{title} target; crop both alike:", "yellow", list(map(str, report.misfits))
    if report.single:
        title = f"{len(report.single)} to be cut into two halves, but not wider than high; does each hold two images?"
        yield title, "yellow", list(map(str, report.single))
    if report.unmatched:
        title = "no name is on both sides, so there are no pairs; give partners one name, or write a manifest:"
        yield title, "yellow", list(map(_in_words, report.unmatched))


def _in_words(unmatched: Unmatched) -> str:
    sides = f"{unmatched.sources} sources, such as {unmatched.source}; {unmatched.targets} targets, such as"
    return f"{unmatched.task}: {sides} {unmatched.target}"


def _in_splits(shared: Shared) -> str:
    return "; ".join(f"{split}: {', '.join(map(str, paths))}" for split, paths in shared.paths.items())
