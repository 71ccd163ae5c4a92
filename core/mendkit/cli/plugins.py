"""``mendkit plugins``: what is installed and what is wrong with it; begin a plugin of your own, and check it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mendkit_registry import Plugin, load

from .listing import ListByDefault

if TYPE_CHECKING:
    from ..testing.checks import Finding

STYLES = {"ok": "green", "warning": "yellow", "broken": "bold red"}
"""How the status of a plugin is shown."""

app = typer.Typer(
    cls=ListByDefault,
    add_completion=False,
    help="List the installed plugins, begin one of your own, check one, or look up what there is to yield. "
    "`plugins` is short for `plugins list`.",
)


@app.command("list")
def list_plugins(
    strict: Annotated[bool, typer.Option("--strict", help="Exit with status 1 if a plugin is broken.")] = False,
) -> None:
    """List the installed plugins, with what each contributes or why it is broken."""
    found = load().plugins
    Console().print(plugins_table(found))
    if strict and any(plugin.error is not None for plugin in found):
        raise typer.Exit(1)


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(help="Name of the plugin and of its group, such as scratches.")],
    type_: Annotated[str, typer.Option("--type", help="Name of the defect: the task is NAME.TYPE.")] = "marks",
    out: Annotated[Path, typer.Option(help="Folder that mendkit-NAME is written to.")] = Path(),
) -> None:
    """Write a plugin to begin with: a distribution that installs, trains and passes its tests. Overwrites nothing."""
    from ..authoring.writing import write_plugin

    folder = write_plugin(name, type_, out, load())
    place = shlex.quote(str(folder) if folder.is_absolute() else f"./{folder}")
    typer.echo(f"{folder}: a plugin for {name}.{type_}. Next:")
    typer.echo(f"  pip install -e {place}\n  mendkit plugins check {name}\n  pytest {place}")


@app.command("check")
def check(name: Annotated[str, typer.Argument(help="The plugin, as `mendkit plugins` lists it.")]) -> None:
    """Check all that a plugin contributes against what mendkit asks of it. Exit status 1 if something is wrong."""
    from ..testing.conformance import check_plugin

    findings = check_plugin(name)
    Console().print(findings_table(findings))
    faults = sum(finding.problem is not None for finding in findings)
    typer.echo(f"{len(findings) - faults} of {len(findings)} checks passed")
    if faults:
        raise typer.Exit(1)


@app.command("reference")
def show_reference() -> None:
    """Print what plugins yield, what their factories must give, and the data between them, as Markdown."""
    from ..authoring.reference import reference

    typer.echo(reference(), nl=False)


def plugins_table(found: Iterable[Plugin]) -> Table:
    """One row a plugin."""
    table = Table("Plugin", "Version", "Distribution", "Status", "Contributes", box=None, pad_edge=False)
    for plugin in found:
        status = Text(plugin.status, STYLES[plugin.status])
        table.add_row(Text(plugin.name), Text(plugin.version), Text(plugin.distribution), status, _about(plugin))
    return table


def findings_table(findings: Iterable[Finding]) -> Table:
    """One row a check, with what is wrong and how to mend it."""
    table = Table("Component", "Check", "Result", box=None, pad_edge=False)
    for finding in findings:
        table.add_row(Text(finding.component), Text(finding.check), _result(finding))
    return table


def _about(plugin: Plugin) -> Text:
    """What a plugin contributes and what is to be said of it, or why it is broken."""
    if plugin.error is not None:
        return Text(plugin.error, "red")
    lines = [f"{kind}: {', '.join(plugin.names(kind))}" for kind in plugin.contributions if plugin.names(kind)]
    contributions = Text("\n".join(lines or ["nothing"]))
    return Text("\n").join([contributions, *(Text(remark, "yellow") for remark in plugin.remarks)])


def _result(finding: Finding) -> Text:
    if finding.problem is None:
        return Text("ok", "green")
    return Text.assemble((finding.problem, "red"), "\n", finding.remedy)
