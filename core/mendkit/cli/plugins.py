"""``mendkit plugins``: what is installed and what is wrong with it; begin a plugin of your own, and check it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from mendkit_registry import Plugin, load

from .console import stdout, table
from .listing import ListByDefault

if TYPE_CHECKING:
    from ..testing.checks import Finding

STYLES = {"ok": "green", "warning": "yellow", "broken": "bold red"}
"""How the status of a plugin is shown."""

app = typer.Typer(
    cls=ListByDefault,
    add_completion=False,
    help="List the installed plugins, start your own, check one, or look up what plugins can contribute. "
    "`plugins` is short for `plugins list`.",
)


@app.command("list")
def list_plugins(
    strict: Annotated[bool, typer.Option("--strict", help="Exit with status 1 if a plugin is broken.")] = False,
) -> None:
    """List the installed plugins, with what each contributes or why it is broken."""
    found = load().plugins
    stdout.print(plugins_table(found), *plugin_remarks(found), sep="\n")
    if strict and any(plugin.error is not None for plugin in found):
        raise typer.Exit(1)


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(help="Name of the plugin and of its group, such as scratches.")],
    type_: Annotated[str, typer.Option("--type", help="Name of the defect: the task is NAME.TYPE.")] = "marks",
    out: Annotated[Path, typer.Option(help="Folder that mendkit-NAME is written to.")] = Path(),
) -> None:
    """Write a plugin to start from: a distribution that installs, trains and passes its tests. Overwrites nothing."""
    from ..authoring.writing import write_plugin

    folder = write_plugin(name, type_, out, load())
    place = shlex.quote(str(folder) if folder.is_absolute() else f"./{folder}")
    typer.echo(f"{folder}: a plugin for {name}.{type_}. Next:")
    typer.echo(f"  pip install -e {place}\n  mendkit plugins check {name}\n  pytest {place}")


@app.command("check")
def check(name: Annotated[str, typer.Argument(help="The plugin, as `mendkit plugins` lists it.")]) -> None:
    """Check everything that a plugin contributes. Exit status 1 if something is wrong."""
    from ..authoring.writing import undescribed_groups
    from ..testing.conformance import check_plugin

    findings = check_plugin(name)
    stdout.print(findings_table(findings), *faults_found(findings), sep="\n")
    faults = sum(finding.problem is not None for finding in findings)
    for group in undescribed_groups(name, load()):
        stdout.print(
            Text(f"{group}: the group still has the description of the template; write what is wrong", "yellow")
        )
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
    rows = table("Plugin", "Version", "Distribution", "Status", "Contributes")
    for plugin in found:
        status = Text(plugin.status, STYLES[plugin.status])
        lines = [f"{kind}: {', '.join(plugin.names(kind))}" for kind in plugin.contributions if plugin.names(kind)]
        cells = (plugin.name, plugin.version, plugin.distribution)
        rows.add_row(*map(Text, cells), status, Text("\n".join(lines or ["nothing"])))
    return rows


def plugin_remarks(found: Iterable[Plugin]) -> Iterator[Text]:
    """Why plugins are broken, and what else is to be said of them: whole lines, which may have paths in them."""
    for plugin in found:
        if plugin.error is not None:
            yield Text(f"{plugin.name}: {plugin.error}", "red")
        yield from (Text(f"{plugin.name}: {remark}", "yellow") for remark in plugin.remarks)


def findings_table(findings: Iterable[Finding]) -> Table:
    """One row a check."""
    rows = table("Component", "Check", "Result")
    for finding in findings:
        result = Text("ok", "green") if finding.problem is None else Text("faulty", "red")
        rows.add_row(Text(finding.component), Text(finding.check), result)
    return rows


def faults_found(findings: Iterable[Finding]) -> Iterator[Text]:
    """What is wrong and the remedy, for each check that failed: whole lines, which may have paths in them."""
    for finding in findings:
        if finding.problem is not None:
            fault = (f"{finding.component} {finding.check}: {finding.problem}", "red")
            yield Text.assemble("\n", fault, f"\n  {finding.remedy}")
