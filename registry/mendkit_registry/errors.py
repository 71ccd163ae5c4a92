"""What can go wrong between mendkit and its plugins, in words that name the thing and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase


class RegistryError(Exception):
    """Base of every error that this package raises."""


class UnknownNameError(RegistryError, LookupError):
    """A group, task or component was asked for by a name that no installed plugin contributes.

    Args:
        name: the name, or a glob.
        known: the names that there are; of a mapping to specs, those that were renamed are recognized.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        renamed = renamings(name, known)
        names = sorted(known)
        nearest = list(renamed.values()) or get_close_matches(name, names, n=3, cutoff=0.5)
        if renamed:
            hint = ", ".join(f"{old!r} is now {now!r}" for old, now in renamed.items())
        else:
            hint = f"nearest: {', '.join(nearest)}" if nearest else f"known: {', '.join(names[:8]) or 'none'}"
        super().__init__(f"no {kind} named {name!r} ({hint})")
        self.name = name
        self.nearest = tuple(nearest)


def renamings(pattern: str, known: Iterable[str]) -> dict[str, str]:
    """Former names that ``pattern`` matches, each with its new one; none if ``known`` is not a mapping to specs."""
    specs = known.items() if isinstance(known, Mapping) else ()
    former = ((old, now) for now, spec in specs for old in getattr(spec, "formerly", ()))
    return {old: now for old, now in former if fnmatchcase(old, pattern)}


class PluginError(RegistryError):
    """An installed plugin is broken. The message names plugin, distribution, version, fault and remedy."""


class FactoryError(RegistryError):
    """A factory string does not lead to something that can be called."""


class ApiVersionError(RegistryError):
    """A plugin is written for a newer version of the contract than this mendkit has."""

    def __init__(self, asked: int, known: int) -> None:
        super().__init__(f"written for version {asked} of the plugin API, and this mendkit has {known}; update mendkit")
