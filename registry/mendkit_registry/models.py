"""Finds the folders of models inside the packages of plugins. No package is imported for it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from .errors import PluginError
from .specs import ModelSpec

CARD = "card.json"
"""What a folder has if it is a model that can ship."""


def models_in(package: str) -> Iterator[ModelSpec]:
    """A spec for each folder of ``package`` that has a card, under the folder's name.

    A plugin that yields them from ``mendkit_models`` ships another model as soon as its folder is there.
    """
    found = {card.parent.name for place in _places(package) for card in place.glob(f"*/{CARD}")}
    yield from (ModelSpec(name=name, package=package, folder=name) for name in sorted(found))


def model_folder(spec: ModelSpec) -> Path:
    """The folder of a model.

    Raises:
        PluginError: the package does not have it.
    """
    for place in _places(spec.package):
        if (place / spec.folder).is_dir():
            return place / spec.folder
    raise PluginError(
        f"model {spec.name!r}: the package {spec.package!r} has no folder {spec.folder!r}; correct its spec, or ship "
        "the folder with the package"
    )


def _places(package: str) -> tuple[Path, ...]:
    """The folders of a package; none if it is not installed."""
    try:
        found = find_spec(package)
    except ModuleNotFoundError:  # the package above it
        found = None
    return tuple(map(Path, found.submodule_search_locations or ())) if found else ()
