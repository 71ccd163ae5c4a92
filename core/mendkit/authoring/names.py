"""Checks the names of new plugins."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from keyword import iskeyword

from mendkit_registry import Registry

from ..errors import MendkitError

WORD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
LONGEST = 40


class AuthoringError(MendkitError):
    """A plugin cannot be written with that name or to that place."""


def package_of(name: str) -> str:
    """The import package of the plugin ``name``."""
    return f"mendkit_{name}"


def require_word(word: str) -> None:
    """Check that ``word`` can name a plugin, a group or a type.

    Raises:
        AuthoringError: it cannot; suggests a name.
    """
    if not WORD.fullmatch(word) or iskeyword(word) or len(word) > LONGEST:
        raise AuthoringError(
            f"{word!r} cannot be a name: use up to {LONGEST} lower-case letters, digits and single underscores, "
            f"starting with a letter, but no Python keyword; for example {_similar(word)!r}"
        )


def require_free(name: str, registry: Registry) -> None:
    """Check that a plugin ``name``, with its group and package, can be installed beside all others.

    Raises:
        AuthoringError: the name is taken; names by what.
    """
    if claim := next(_claims(name, registry), None):
        raise AuthoringError(f"{name!r} {claim}; choose another name")


def _similar(word: str) -> str:
    """``word`` turned into a name, or an example if that is impossible."""
    similar = re.sub(r"[^a-z0-9]+", "_", word.lower()).strip("_")[:LONGEST].rstrip("_")
    return similar if WORD.fullmatch(similar) and not iskeyword(similar) else "price_stickers"


def _claims(name: str, registry: Registry) -> Iterator[str]:
    if name in sys.stdlib_module_names:
        yield "is a module of Python itself"
    yield from (f"is the name of the installed {plugin}" for plugin in registry.plugins if plugin.name == name)
    if name in registry.groups:
        yield f"is a group of the installed {registry.plugin_of(registry.group(name))}"
    if find_spec(package_of(name)):
        yield f"would be the package {package_of(name)}, which already exists"
