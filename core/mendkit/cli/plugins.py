"""``mendkit plugins``: what is installed, what it contributes, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mendkit_registry import Plugin, load


def plugins(
    strict: Annotated[bool, typer.Option("--strict", help="Exit with status 1 if a plugin is broken.")] = False,
) -> None:
    """List the installed plugins, with what each contributes or why it is broken."""
    found = load().plugins
    Console().print(plugins_table(found))
    if strict and any(plugin.error is not None for plugin in found):
        raise typer.Exit(1)


def plugins_table(found: Iterable[Plugin]) -> Table:
    """One row a plugin."""
    table = Table("Plugin", "Version", "Distribution", "Status", "Contributes", box=None, pad_edge=False)
    for plugin in found:
        status = Text("ok", "green") if plugin.error is None else Text("broken", "bold red")
        contributes = Text("\n".join(_contributions(plugin))) if plugin.error is None else Text(plugin.error, "red")
        table.add_row(Text(plugin.name), Text(plugin.version), Text(plugin.distribution), status, contributes)
    return table


def _contributions(plugin: Plugin) -> list[str]:
    lines = [f"{kind}: {', '.join(plugin.names(kind))}" for kind in plugin.contributions if plugin.names(kind)]
    return lines or ["nothing"]
