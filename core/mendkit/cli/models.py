"""``mendkit models``: the trained models that are installed, and how to make a folder that ships as one."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic_core import to_json
from rich.table import Table
from rich.text import Text

from mendkit_registry import ModelSpec, load, model_folder

from ..card import read_card
from ..shipped import MOST_MB, Shipped, default_tasks, find_model, folder_bytes, shipped_models
from .cards import card_report
from .console import stderr, stdout, table
from .listing import ListByDefault

app = typer.Typer(
    cls=ListByDefault,
    add_completion=False,
    help="List the trained models that plugins ship, look at one, or export one. `models` is short for `models list`.",
)


@app.command("list")
def list_models(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """List the installed models, and which is used for which task if `mendkit correct` is given none."""
    shipped = shipped_models()
    if as_json:
        print(to_json({"models": list(_records(shipped)), "faults": shipped.faults}, indent=2).decode())
    elif shipped.models:
        stdout.print(models_table(shipped))
    else:
        stdout.print("no model is installed; train one with `mendkit train`, or install a plugin that ships one")
    for fault in () if as_json else shipped.faults:
        stderr.print(Text(fault, "red"))


@app.command("show")
def show_model(
    model: Annotated[Path, typer.Argument(help="Installed model, or a folder that `mendkit models export` wrote.")],
) -> None:
    """Print the card of a model: terms, data, figures, limits."""
    folder = find_model(model)
    stdout.print(card_report(read_card(folder)), Text(f"\n{folder}", "dim"), sep="\n")


@app.command("path")
def show_path(name: Annotated[str, typer.Argument(help="Installed model.")]) -> None:
    """Print the folder of an installed model."""
    print(model_folder(load().find(ModelSpec, name)))


@app.command("export")
def export(
    run: Annotated[Path, typer.Argument(help="Run, or one of its checkpoints, such as RUN/best.")],
    out: Annotated[Path, typer.Argument(help="New folder; its name is the model's if it lies in a plugin's package.")],
    *,
    card: Annotated[Path, typer.Option(help="The card, TOML or JSON; see docs/models.md.")],
    most_mb: Annotated[float, typer.Option("--most-mb", min=0, help="Refuse a larger model.")] = MOST_MB,
) -> None:
    """Write the model of a run as a folder that a plugin can ship: half-precision weights, index and card."""
    from ..training.shipping import export_model

    exported = export_model(find_model(run), out, card, most_mb)
    size = f"{exported.weight_bytes / 1e6:.1f} MB"
    stderr.print(f"{out}: {exported.card.title}, {size}. Next: mendkit models show {shlex.quote(str(out))}")


def models_table(shipped: Shipped) -> Table:
    """One row a model, that of the highest rank first."""
    rows = table("Model", "Tasks", "px", "MB", "Terms")
    defaults = default_tasks(shipped)
    for model in shipped.models:
        tasks = (f"{task} (default)" if task in defaults[model.name] else task for task in model.card.tasks)
        megabytes = f"{folder_bytes(model.folder) / 1e6:.1f}"
        rows.add_row(*map(Text, (model.name, "\n".join(tasks), f"{model.card.size}", megabytes, model.card.terms)))
    return rows


def _records(shipped: Shipped) -> Iterator[dict[str, Any]]:
    defaults = default_tasks(shipped)
    for name, folder, card, plugin in shipped.models:
        about = {"name": name, "plugin": plugin, "folder": folder, "bytes": folder_bytes(folder)}
        yield {**about, "default_for": defaults[name], "card": card.model_dump()}
