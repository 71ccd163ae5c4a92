"""Which photos show one product, according to their file names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from ..errors import DataError

EXAMPLE = r"(?P<product>.+)_[^_]+"
"""For names such as ``bag17_front.jpg`` and ``bag17_back.jpg`` of the product ``bag17``."""


def compile_names(expression: str, groups: Iterable[str] = ("product",), example: str = EXAMPLE) -> re.Pattern[str]:
    """Compile a regular expression for file names without suffix, with the named ``groups``.

    Raises:
        DataError: it is not a regular expression, or lacks a group; shows ``example``.
    """
    try:
        pattern = re.compile(expression)
    except re.error as error:
        raise DataError(f"names: {expression!r} is not a regular expression: {error}") from error
    if missing := set(groups) - set(pattern.groupindex):
        raise DataError(f"names: {expression!r} lacks the named group {' and '.join(sorted(missing))}, as in {example}")
    return pattern


class ProductNames:
    """Reads products from file names; without an expression, each file is a product of its own.

    >>> ProductNames(r"(?P<product>.+)_[^_]+").of(Path("photos/bag17_front.jpg"))
    'bag17'
    """

    def __init__(self, expression: str | None = None) -> None:
        self._pattern = None if expression is None else compile_names(expression)

    def of(self, path: Path) -> str | None:
        """The product in the file's name, or None if there is none."""
        match = self._pattern.fullmatch(path.stem) if self._pattern else None
        return match["product"] if match else None
