"""Finds the installed plugins and lists the contributions of each separately."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Literal

import pluggy
from pydantic import ValidationError

from .effects import undone
from .errors import ApiVersionError, HookError, RegistryError
from .hookspecs import HOOKS, PROJECT
from .kinds import KINDS, PREFIX, Kind
from .specs import Spec, wrong_fields

ENTRY_POINT_GROUP = "mendkit"

API_VERSION = 1
"""Version of the contract with plugins."""
API_ATTRIBUTE = "MENDKIT_API"
"""With ``MENDKIT_API = 1`` in its module, a plugin states the version that it was written for."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """One entry point and its contributions. A broken plugin has an ``error`` and contributes nothing.

    ``remarks`` describe the side effects of importing and listing the plugin; all of them are undone.
    """

    name: str
    distribution: str
    version: str
    module: str
    contributions: Mapping[str, tuple[Spec, ...]] = field(default_factory=lambda: MappingProxyType({}))
    error: str | None = None
    remarks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"plugin {self.name!r} ({self.distribution} {self.version})"

    @property
    def status(self) -> Literal["ok", "warning", "broken"]:
        """``broken`` with an error, ``warning`` with remarks, else ``ok``."""
        return "broken" if self.error is not None else "warning" if self.remarks else "ok"

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What identifies the plugin, and gives plugins their order."""
        return self.name, self.module, self.distribution, self.version

    def names(self, kind: str) -> tuple[str, ...]:
        """The names of what this plugin contributes to one of the ``KINDS``."""
        return tuple(spec.name for spec in self.contributions.get(kind, ()))


def installed_entry_points() -> tuple[EntryPoint, ...]:
    """All entry points of mendkit plugins, in an order that does not depend on the installation."""
    found = entry_points(group=ENTRY_POINT_GROUP)
    return tuple(sorted(found, key=lambda entry: (entry.name, entry.value)))


def load_plugin(entry: EntryPoint) -> Plugin:
    """Import one plugin and collect what it yields. Whatever it raises becomes the ``error`` of its row."""
    return _inspect(Plugin(entry.name, *_distribution(entry), entry.value), entry.load)


def plugin_from(module: object, name: str = "") -> Plugin:
    """The row of a given plugin, a module or another object with hooks, which need not be installed.

    Args:
        name: of the plugin; by default, the name of the module.
    """
    name = name or getattr(module, "__name__", type(module).__name__)
    return _inspect(Plugin(name, name, "unknown", name), lambda: module)


def _inspect(row: Plugin, find: Callable[[], object]) -> Plugin:
    with undone() as effects:
        try:
            row = replace(row, contributions=_collect(row.name, find()))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a plugin that exits the interpreter at import is a row as well
            row = replace(row, error=f"{_fault(error)}{_hint(error)}")
    return replace(row, remarks=effects.remarks)


def _fault(error: BaseException) -> str:
    return str(error) if isinstance(error, RegistryError) else f"{type(error).__name__}: {error}"


def _hint(error: BaseException) -> str:
    """The remedy for a plugin that imports something that this mendkit does not have."""
    lacking = (error.name or "").partition(".")[0] if isinstance(error, ImportError) else ""
    return "; if a newer mendkit has it, update mendkit" if lacking in ("mendkit", "mendkit_registry") else ""


def _distribution(entry: EntryPoint) -> tuple[str, str]:
    """Name and version; those of an incomplete installation may be missing."""
    if entry.dist is None:
        return "unknown", "unknown"
    metadata = entry.dist.metadata
    # Before Python 3.12, the metadata protocol has no ``get``; since then, a missing key warns.
    name, version = (metadata[key] if key in metadata else "unknown" for key in ("Name", "Version"))  # noqa: SIM401
    return name, version


def _collect(name: str, plugin: object) -> Mapping[str, tuple[Spec, ...]]:
    # A manager of its own for each plugin: no plugin can block, reorder or wrap the hooks of another.
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HOOKS)  # type: ignore[arg-type] # any namespace works
    _check_version(plugin)
    _check_hooks(manager, plugin)
    manager.register(plugin, name=name)
    manager.check_pending()
    return MappingProxyType({name: _yielded(manager, kind) for name, kind in KINDS.items()})


def _check_version(plugin: object) -> None:
    """Refuse a plugin for a newer contract before its hooks are checked, as they may be unknown, too."""
    version = getattr(plugin, API_ATTRIBUTE, API_VERSION)
    if not isinstance(version, int):
        raise TypeError(f"{API_ATTRIBUTE} must be a whole number, such as {API_VERSION}, got {version!r}")
    if version > API_VERSION:
        raise ApiVersionError(version, API_VERSION)


def _check_hooks(manager: pluggy.PluginManager, plugin: object) -> None:
    """Refuse what would otherwise be silently ignored: a misspelt hook, and a hook without its decorator."""
    for name in dir(plugin):
        options = manager.parse_hookimpl_opts(plugin, name)
        if options is None and (meant := _meant(plugin, name)):
            misspelt = "" if meant == name else f", and is misspelt: did you mean {meant!r}?"
            raise TypeError(f"{name} lacks the decorator @hookimpl{misspelt}")
        if options is not None and (hook := options.get("specname") or name) not in vars(HOOKS):
            nearest = get_close_matches(hook, sorted(vars(HOOKS)), n=1, cutoff=0)
            raise TypeError(f"there is no hook {hook!r}; did you mean {nearest[0]!r}?")


def _meant(plugin: object, name: str) -> str | None:
    """The hook that a function is probably meant to be, judging by its name."""
    if not name.startswith(PREFIX) or not callable(getattr(plugin, name, None)):
        return None
    return next(iter(get_close_matches(name, sorted(vars(HOOKS)), n=1, cutoff=0.85)), None)


def _yielded(manager: pluggy.PluginManager, kind: Kind) -> tuple[Spec, ...]:
    try:
        specs = tuple(spec for result in getattr(manager.hook, kind.hook)() for spec in result)
    except Exception as error:
        if isinstance(error, ValidationError):
            raise HookError(f"hook {kind.hook} yields a wrong spec: {wrong_fields(error)}") from error
        raise HookError(f"hook {kind.hook} raised {type(error).__name__}: {error}") from error
    for spec in specs:
        if not isinstance(spec, kind.spec):
            raise TypeError(f"hook {kind.hook} must yield {kind.spec.__name__}, got {spec!r}")
    return specs
