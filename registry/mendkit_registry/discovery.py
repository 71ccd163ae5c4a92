"""Finds the installed plugins and asks each, by itself, for what it contributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType

import pluggy

from . import hookspecs
from .specs import (
    ConditionerSpec,
    DatasetSpec,
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
    "datasets": DatasetSpec,
}
"""What can be contributed, each through the hook ``mendkit_<kind>``."""


HOOKS = frozenset(f"mendkit_{kind}" for kind in KINDS)


@dataclass(frozen=True, slots=True)
class Plugin:
    """One entry point and what came of it. A broken plugin has an ``error`` and contributes nothing."""

    name: str
    distribution: str
    version: str
    module: str
    contributions: Mapping[str, tuple[Spec, ...]] = field(default_factory=lambda: MappingProxyType({}))
    error: str | None = None

    def __str__(self) -> str:
        return f"plugin {self.name!r} ({self.distribution} {self.version})"

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What tells the plugin from all others, and gives plugins their order."""
        return self.name, self.module, self.distribution, self.version

    def names(self, kind: str) -> tuple[str, ...]:
        """The names that this plugin contributes of one of the ``KINDS``."""
        return tuple(spec.name for spec in self.contributions.get(kind, ()))


def installed_entry_points() -> tuple[EntryPoint, ...]:
    """All entry points of mendkit plugins, in an order that does not depend on the installation."""
    found = entry_points(group=ENTRY_POINT_GROUP)
    return tuple(sorted(found, key=lambda entry: (entry.name, entry.value)))


def load_plugin(entry: EntryPoint) -> Plugin:
    """Import one plugin and collect what it yields. Whatever it raises becomes the ``error`` of its row."""
    plugin = Plugin(entry.name, *_distribution(entry), entry.value)
    try:
        return replace(plugin, contributions=_collect(entry))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plugin that exits the interpreter at import is a row as well
        return replace(plugin, error=f"{type(error).__name__}: {error}")


def _distribution(entry: EntryPoint) -> tuple[str, str]:
    """Name and version; those of an incomplete installation may be missing."""
    if entry.dist is None:
        return "unknown", "unknown"
    metadata = entry.dist.metadata
    # The protocol of metadata has no ``get`` before Python 3.12, and a missing key warns from then on.
    name, version = (metadata[key] if key in metadata else "unknown" for key in ("Name", "Version"))  # noqa: SIM401
    return name, version


def _collect(entry: EntryPoint) -> Mapping[str, tuple[Spec, ...]]:
    # A manager of its own for each plugin: no plugin can block, reorder or wrap the hooks of another.
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    plugin = entry.load()
    _check_hooks(manager, plugin)
    manager.register(plugin, name=entry.name)
    manager.check_pending()
    return MappingProxyType({kind: _yielded(manager, kind) for kind in KINDS})


def _check_hooks(manager: pluggy.PluginManager, plugin: object) -> None:
    """Refuse what would otherwise be ignored in silence: a misspelt hook, and a hook that is not marked as one."""
    for name in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, name)
        if options is None and name in HOOKS:
            raise TypeError(f"{name} lacks the decorator @hookimpl")
        if options is not None and (hook := options.get("specname") or name) not in HOOKS:
            nearest = get_close_matches(hook, sorted(HOOKS), n=1, cutoff=0)
            raise TypeError(f"there is no hook {hook!r}; did you mean {nearest[0]!r}?")


def _yielded(manager: pluggy.PluginManager, kind: str) -> tuple[Spec, ...]:
    hook = f"mendkit_{kind}"
    try:
        specs = tuple(spec for result in getattr(manager.hook, hook)() for spec in result)
    except Exception as error:
        raise RuntimeError(f"hook {hook} raised {type(error).__name__}: {error}") from error
    for spec in specs:
        if not isinstance(spec, KINDS[kind]):
            raise TypeError(f"hook {hook} must yield {KINDS[kind].__name__}, got {spec!r}")
    return specs
