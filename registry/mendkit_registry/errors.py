"""What can go wrong between mendkit and its plugins, in words that name the thing and the remedy."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class RegistryError(Exception):
    """Base of every error that this package raises."""


class UnknownNameError(RegistryError, LookupError):
    """A group, task or component was asked for by a name that no installed plugin contributes."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        nearest = get_close_matches(name, known, n=3, cutoff=0.5)
        hint = f"nearest: {', '.join(nearest)}" if nearest else f"known: {', '.join(known[:8]) or 'none'}"
        super().__init__(f"no {kind} named {name!r} ({hint})")
        self.name = name
        self.nearest = tuple(nearest)


class PluginError(RegistryError):
    """An installed plugin is broken. The message names plugin, distribution, version, fault and remedy."""


class FactoryError(RegistryError):
    """A factory string does not lead to something that can be called."""


class ApiVersionError(RegistryError):
    """A plugin is written for a newer version of the contract than this mendkit has."""

    def __init__(self, asked: int, known: int) -> None:
        super().__init__(f"written for version {asked} of the plugin API, and this mendkit has {known}; update mendkit")
