"""Finds the installed plugins and asks each, by itself, for what it contributes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from importlib.metadata import EntryPoint, entry_points

import pluggy

from . import hookspecs
from .specs import (
    ConditionerSpec,
    DefectGroup,
    DefectType,
    EvaluatorSpec,
    LossSpec,
    SamplesSpec,
    Spec,
    SynthesizerSpec,
)

ENTRY_POINT_GROUP = "mendkit"

KINDS: dict[str, type[Spec]] = {
    "groups": DefectGroup,
    "tasks": DefectType,
    "synthesizers": SynthesizerSpec,
    "losses": LossSpec,
    "evaluators": EvaluatorSpec,
    "conditioners": ConditionerSpec,
    "samples": SamplesSpec,
}
"""What can be contributed, each through the hook ``mendkit_<kind>``."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """One entry point and what came of it. A broken plugin has an ``error`` and contributes nothing."""

    name: str
    distribution: str
    version: str
    module: str
    contributions: dict[str, tuple[Spec, ...]] = field(default_factory=dict)
    error: str | None = None

    def __str__(self) -> str:
        return f"plugin {self.name!r} ({self.distribution} {self.version})"

    def names(self, kind: str) -> tuple[str, ...]:
        """The names that this plugin contributes of one of the ``KINDS``."""
        return tuple(spec.name for spec in self.contributions.get(kind, ()))  # type: ignore[attr-defined]


def installed_entry_points() -> tuple[EntryPoint, ...]:
    """All entry points of mendkit plugins, in an order that does not depend on the installation."""
    found = entry_points(group=ENTRY_POINT_GROUP)
    return tuple(sorted(found, key=lambda entry: (entry.name, entry.value)))


def load_plugin(entry: EntryPoint) -> Plugin:
    """Import one plugin and collect what it yields. Whatever it raises becomes the ``error`` of its row."""
    distribution, version = (entry.dist.name, entry.dist.version) if entry.dist else ("unknown", "unknown")
    plugin = Plugin(entry.name, distribution, version, entry.value)
    try:
        return replace(plugin, contributions=_collect(entry))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plugin that exits the interpreter at import is a row as well
        return replace(plugin, error=f"{type(error).__name__}: {error}")


def _collect(entry: EntryPoint) -> dict[str, tuple[Spec, ...]]:
    # A manager of its own for each plugin: no plugin can block, reorder or wrap the hooks of another.
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(entry.load(), name=entry.name)
    manager.check_pending()  # otherwise a misspelt hook would be ignored in silence
    return {kind: tuple(_yielded(manager, kind)) for kind in KINDS}


def _yielded(manager: pluggy.PluginManager, kind: str) -> Iterator[Spec]:
    results: list[Iterable[Spec]] = getattr(manager.hook, f"mendkit_{kind}")()
    for spec in (spec for result in results for spec in result):
        if not isinstance(spec, KINDS[kind]):
            raise TypeError(f"hook mendkit_{kind} must yield {KINDS[kind].__name__}, got {spec!r}")
        yield spec
