"""Writes a new plugin from the template beside this file, completely or not at all, without overwriting anything."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from string import Template

from mendkit_registry import API_VERSION, DefectGroup, Registry

from .. import __version__
from .names import AuthoringError, package_of, require_free, require_word

TEMPLATE = Path(__file__).with_name("template")
DESCRIPTION = "What is wrong with the products of this group, in a sentence."
"""Of the group of a new plugin, until its author writes another."""
PACKAGE, ENDING = "package", ".tmpl"
"""The template's folder that becomes the import package, and the suffix that hides its files from code tools."""


def write_plugin(name: str, type_: str, parent: Path, registry: Registry) -> Path:
    """Write the distribution ``mendkit-NAME`` into the folder ``parent``: one group, and one defect ``type_`` of it.

    Args:
        registry: the installed plugins, whose names the new plugin must not use.

    Returns:
        The distribution's folder.

    Raises:
        AuthoringError: the name is bad or taken, or the folder exists or cannot be written.
    """
    require_word(name)
    require_word(type_)
    require_free(name, registry)
    folder = parent / f"mendkit-{name}"
    if os.path.lexists(folder):
        raise AuthoringError(f"{folder} already exists and is not overwritten; choose another name or --out")
    try:
        with _becoming(folder) as draft:
            for path, text in rendered(name, type_):
                (draft / path).parent.mkdir(parents=True, exist_ok=True)
                (draft / path).write_text(text, encoding="utf-8")
    except OSError as error:
        raise AuthoringError(f"{folder} cannot be written: {error.strerror}; choose another --out") from error
    return folder


def rendered(name: str, type_: str) -> Iterator[tuple[Path, str]]:
    """The files of the plugin ``name``, as paths in the distribution and texts."""
    words = {
        "name": name,
        "type": type_,
        "title": name.replace("_", " ").capitalize(),
        "type_title": type_.replace("_", " ").capitalize(),
        "Name": "".join(word.capitalize() for word in name.split("_")),
        "description": DESCRIPTION,
        "version": __version__,
        "api": API_VERSION,
    }
    for file in sorted(TEMPLATE.rglob(f"*{ENDING}")):
        *above, last = file.relative_to(TEMPLATE).parts
        folders = (package_of(name) if folder == PACKAGE else folder for folder in above)
        yield Path(*folders, last.removesuffix(ENDING)), Template(file.read_text(encoding="utf-8")).substitute(words)


@contextmanager
def _becoming(folder: Path) -> Iterator[Path]:
    """A folder to fill, renamed to ``folder`` when the block ends without an error, and otherwise removed."""
    draft = folder.with_name(f".{token_hex(8)}")
    draft.mkdir(parents=True)
    try:
        yield draft
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def undescribed_groups(plugin: str, registry: Registry) -> list[str]:
    """The names of the plugin's groups that still have the description of the template."""
    groups = registry[DefectGroup].values()
    return [each.name for each in groups if each.description == DESCRIPTION and registry.plugin_of(each).name == plugin]
