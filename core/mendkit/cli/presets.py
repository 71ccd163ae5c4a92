"""``mendkit presets``: the methods that the trainer can follow."""

from __future__ import annotations

from rich.table import Table

from ..presets import preset_names, read_preset
from .console import stdout


def presets() -> None:
    """List the methods for `mendkit train --preset`, and where they are from."""
    table = Table("preset", "what it is", "source", box=None, pad_edge=False, header_style="dim")
    for preset in map(read_preset, preset_names()):
        table.add_row(preset.name, preset.title, preset.source)
    stdout.print(table)
