"""Presets: configurations of whole methods, each a TOML file beside this one. Imports no torch."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from mendkit_registry import UnknownNameError

DEFAULT = "composite"


@dataclass(frozen=True, slots=True)
class Preset:
    """A method, and the settings that make the trainer follow it.

    Args:
        name: as in ``mendkit train --preset NAME``.
        title: what it is.
        source: where it is from.
        settings: nested like the configuration; a file and flags win over it.
    """

    name: str
    title: str
    source: str
    settings: Mapping[str, Any]


@cache
def preset_names() -> tuple[str, ...]:
    """The names of all presets, sorted."""
    names = (file.name for file in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@cache
def read_preset(name: str) -> Preset:
    """Read one preset; what it takes from its ``base`` is laid below its own settings.

    Raises:
        UnknownNameError: no such preset; says the nearest names.
    """
    if name not in preset_names():
        raise UnknownNameError("preset", name, preset_names())
    settings = tomllib.loads((files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))
    title, source, base = settings.pop("title"), settings.pop("source"), settings.pop("base", None)
    below = read_preset(base).settings if base else {}
    return Preset(name, title, source, lay_over(below, settings))


def lay_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Nested settings, with those of ``above`` in place of those of ``below``."""
    merged = dict(below)
    for key, value in above.items():
        nested = isinstance(value, Mapping) and isinstance(merged.get(key), Mapping)
        merged[key] = lay_over(merged[key], value) if nested else value
    return merged
