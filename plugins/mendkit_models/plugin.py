"""Contributes the trained models that ship with mendkit: each folder of this package that has a card."""

from __future__ import annotations

from collections.abc import Iterator

from mendkit_registry import ModelSpec, hookimpl, models_in


@hookimpl
def mendkit_models() -> Iterator[ModelSpec]:
    yield from models_in("mendkit_models")
