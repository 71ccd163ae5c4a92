"""``mendkit presets``: the methods that the trainer can follow."""

from __future__ import annotations

from ..presets import preset_names, read_preset
from .console import stdout, table


def presets() -> None:
    """List the methods for `mendkit train --preset`, and where they are from."""
    methods = table("preset", "what it is", "source")
    for preset in map(read_preset, preset_names()):
        methods.add_row(preset.name, preset.title, preset.source)
    stdout.print(methods)
