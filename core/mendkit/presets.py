"""Presets: configurations of whole methods, which plugins bring. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mendkit_registry import PresetSpec, Registry, load

DEFAULT = "composite"


def preset_names() -> tuple[str, ...]:
    """The names of all presets, sorted."""
    return tuple(load()[PresetSpec])


def read_preset(name: str, registry: Registry | None = None) -> PresetSpec:
    """One preset, with what it takes from its ``base`` laid below its own settings.

    Args:
        registry: has the presets; None: that of the installed plugins.

    Raises:
        UnknownNameError: no such preset; says the nearest names.
    """
    registry = registry or load()
    preset = registry.find(PresetSpec, name)
    if preset.base is None:
        return preset
    below = read_preset(preset.base, registry).settings
    return preset.model_copy(update={"settings": lay_over(below, preset.settings)})


def lay_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Nested settings, with those of ``above`` in place of those of ``below``."""
    merged = dict(below)
    for key, value in above.items():
        nested = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = lay_over(merged[key], value) if nested else value
    return merged
