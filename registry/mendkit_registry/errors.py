"""Errors between mendkit and its plugins. Their messages name the thing at fault and the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase

LISTED = 8
"""So many known names are listed; the others are counted."""


class RegistryError(Exception):
    """Base of every error that this package raises."""


class UnknownNameError(RegistryError, LookupError):
    """No installed plugin contributes a group, task or component of the given name.

    Args:
        name: the name, or a glob.
        known: the existing names; if they map to specs, former names are recognized.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        renamed = renamings(name, known)
        names = sorted(known)
        nearest = list(renamed.values()) or get_close_matches(name, names, n=3)
        if renamed:
            hint = ", ".join(f"{old!r} is now {now!r}" for old, now in renamed.items())
        else:
            hint = f"nearest: {', '.join(nearest)}" if nearest else f"known: {_listed(names)}"
        super().__init__(f"no {kind} named {name!r} ({hint})")
        self.name = name
        self.nearest = tuple(nearest)


def with_article(name: str) -> str:
    """A name with the article that its first letter asks for.

    >>> with_article("int"), with_article("str")
    ('an int', 'a str')
    """
    return f"{'an' if name[:1].lower() in tuple('aeiou') else 'a'} {name}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"{', '.join(names[:LISTED]) or 'none'}{more}"


def renamings(pattern: str, known: Iterable[str]) -> dict[str, str]:
    """Former names that ``pattern`` matches, with their new names; none if ``known`` is not a mapping to specs."""
    specs = known.items() if isinstance(known, Mapping) else ()
    former = ((old, now) for now, spec in specs for old in getattr(spec, "formerly", ()))
    return {old: now for old, now in former if fnmatchcase(old, pattern)}


class PluginError(RegistryError):
    """An installed plugin is broken. The message names plugin, distribution, version, fault and remedy."""


class FactoryError(RegistryError):
    """A factory string does not name a callable."""


class HookError(RegistryError):
    """A hook of a plugin raises, or yields a spec that is wrong."""


class ApiVersionError(RegistryError):
    """A plugin was written for a newer version of the contract than this mendkit has."""

    def __init__(self, asked: int, known: int) -> None:
        super().__init__(f"written for version {asked} of the plugin API, but this mendkit has {known}; update mendkit")
