"""The commands by name. A command's module is imported when it is invoked, so that listing tasks stays light."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from mendkit_registry import UnknownNameError

from .. import __version__

COMMANDS = {
    "tasks": "tasks:app",
    "plugins": "plugins:app",
    "data": "data:app",
    "synth": "synth:app",
    "presets": "presets:presets",
    "models": "models:app",
    "train": "train:train",
    "extend": "extend:extend",
    "evaluate": "evaluate:evaluate",
    "bench": "bench:bench",
    "correct": "correct:correct",
    "show": "show:show",
    "demo": "demo:demo",
}
"""Name of a command -> module in this package, and its typer application or function."""


class LazyGroup(TyperGroup):
    """The group of ``COMMANDS``. (Click's types are ``Any`` here: typer brings its own click from some version on.)"""

    def list_commands(self, ctx: Any) -> list[str]:
        """All names, without importing anything."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import one command. An unknown name is a usage error with the nearest names."""
        if cmd_name not in COMMANDS:
            ctx.fail(str(UnknownNameError("command", cmd_name, COMMANDS)))
        return import_command(cmd_name)


def import_command(name: str) -> Any:
    """The click command for one of the ``COMMANDS``."""
    module, _, attribute = COMMANDS[name].partition(":")
    target = getattr(import_module(f".{module}", __package__), attribute)
    if isinstance(target, typer.Typer):
        group = typer.main.get_command(target)
        group.name = name
        return group
    single = typer.Typer(add_completion=False)
    single.command(name)(target)
    return typer.main.get_command(single)


app = typer.Typer(cls=LazyGroup, no_args_is_help=True, pretty_exceptions_enable=False)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mendkit {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """One model that mends every defect of a product catalogue's photos."""
