"""``mendkit bench``: models side by side, each trained on the same number of images, chosen on val, scored on test."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from ..config import MAX_SEED
from .console import stderr
from .options import Clean, DataRoot, Device, Manifest, Resource, Reverse, Tasks, data_settings, given_settings
from .train import training_progress

if TYPE_CHECKING:
    from mendkit_registry import Registry

    from ..bench.cell import Cell
    from ..bench.comparison import CellState, Comparison
    from ..bench.plan import BenchPlan

CHOICE_OF_CELLS = {"models", "seeds", "cell", "jobs"}
"""Flags that say which cells are made, and not what a cell is."""


def bench(
    context: typer.Context,
    table: Annotated[str, typer.Argument(help="paired, unpaired, defects or ablation.")],
    *,
    out: Annotated[Path, typer.Option(help="Folder of the table. Cells that are done are kept.")],
    data: DataRoot = None,
    clean: Clean = None,
    manifest: Manifest = None,
    resource: Resource = None,
    reverse: Reverse = None,
    tasks: Tasks = None,
    models: Annotated[str | None, typer.Option(help="Rows, such as pix2pix,composite. Default: the table's.")] = None,
    seeds: Annotated[str, typer.Option(help="Seeds of weights and training data, such as 0,1,2.")] = "0",
    cell: Annotated[str | None, typer.Option(help="Only this cell, MODEL/SEED or MODEL/SEED/TASK.")] = None,
    images: Annotated[int | None, typer.Option(min=1, help="Budget of a row, in images over all its tasks.")] = None,
    minutes: Annotated[float | None, typer.Option(help="Stop training a cell after this many minutes.")] = None,
    size: Annotated[int | None, typer.Option(help="Side of the models' images, px.")] = None,
    width: Annotated[int | None, typer.Option(help="Channels of the models' first convolution.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="Any setting, for all models.")] = None,
    features: Annotated[Path | None, typer.Option(help="Weights of a pretrained network, for distances.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Use at most this many test pairs of each task.")] = None,
    jobs: Annotated[int, typer.Option(min=1, help="How many cells to make at once, each in its own process.")] = 1,
    device: Device = "auto",
) -> None:
    """Fill a table of models and tasks, cell by cell. Run it again to continue. Exit status 1 if a cell is not done."""
    from mendkit_registry import TableSpec, load

    from ..bench.plan import open_plan, plan_table
    from ..bench.runner import make_cells, open_cells

    flags = {
        "data": data_settings(data, clean, manifest, resource, reverse),
        "model": {"width": width},
        "training": {"size": size, "images": images, "minutes": minutes},
    }
    registry = load(strict=True)
    one = cell.split("/") if cell else []
    asked = plan_table(
        registry.find(TableSpec, table),
        registry,
        settings=given_settings(flags, set_),
        seeds=_seeds(one[1] if one[1:] else seeds),
        models=tuple(one[:1] or map(str.strip, models.split(",") if models else ())),
        tasks=tuple(tasks or ()),
        limit=limit,
        features=features,
        command=_command(context),
    )
    for reason in asked.absent.values():
        stderr.print(f"absent: {reason}")
    cells = _only(cell, asked.cells({"device": device}))
    report = _Report(open_plan(asked, out), out, registry)
    make_cells(open_cells(cells, out), out, report, jobs=jobs, progress=training_progress)
    report.finish(cells)


def _seeds(text: str) -> tuple[int, ...]:
    seeds = [seed.strip() for seed in text.split(",")]
    if not all(seed.isdecimal() and len(seed) <= len(str(MAX_SEED)) and int(seed) <= MAX_SEED for seed in seeds):
        raise typer.BadParameter(f"{text!r}: expected whole numbers from 0 to {MAX_SEED}, such as 0,1,2")
    return tuple(dict.fromkeys(map(int, seeds)))


def _command(context: typer.Context) -> str:
    """The command as it was given, without the choice of cells."""
    words = ["mendkit", "bench"]
    for parameter in context.command.params:
        name = str(parameter.name)
        source = context.get_parameter_source(name)
        if source is None or source.name != "COMMANDLINE" or name in CHOICE_OF_CELLS:
            continue
        value = context.params[name]
        for item in value if isinstance(value, list | tuple) else [value]:
            words += ([parameter.opts[0]] if parameter.param_type_name == "option" else []) + [str(item)]
    return shlex.join(words)


def _only(name: str | None, cells: Sequence[Cell]) -> list[Cell]:
    """The cell of that name; all of them without one."""
    from mendkit_registry import UnknownNameError

    chosen = [cell for cell in cells if name in (None, cell.name)]
    if not chosen:
        raise UnknownNameError("cell", str(name), [cell.name for cell in cells])
    return chosen


class _Report:
    """Writes the table whenever a cell ends, and says so."""

    def __init__(self, plan: BenchPlan, out: Path, registry: Registry) -> None:
        self._plan = plan
        self._out = out
        self._registry = registry
        self._lock = Lock()

    def starts(self, cell: Cell) -> None:
        self._say(cell, ", ".join(cell.tasks))

    def ends(self, cell: Cell, state: CellState) -> None:
        self._say(cell, f"{state.state} {state.remark}")
        self._write()

    def finish(self, cells: Sequence[Cell]) -> None:
        """Say where the table is. Exit status 1 if one of ``cells`` is not done."""
        done = {state.name for state in self._write().cells if state.state == "done"}
        stderr.print(f"table: {self._out / 'table.md'}")
        if missing := [cell.name for cell in cells if cell.name not in done]:
            stderr.print(f"not done: {', '.join(missing)}. Run the same command again to continue.")
            raise typer.Exit(1)

    def _say(self, cell: Cell, words: str) -> None:
        stderr.print(Text.assemble((cell.name, "bold"), f": {words}"))

    def _write(self) -> Comparison:
        from ..bench.comparison import compare
        from ..reporting.comparison import write_comparison

        with self._lock:
            comparison = compare(self._plan, self._out, self._registry)
            write_comparison(comparison, self._out)
        return comparison
