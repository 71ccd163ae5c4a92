"""Whether two cells, or two tables, were asked for alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import ConfigError

PLACE = {"device", "workers"}
"""Settings that say where a cell is made, not what it is."""


def require_same(found: Mapping[str, Any], wanted: Mapping[str, Any], where: object) -> None:
    """Compare what was asked for in ``where`` with what is wanted now, both nested and as JSON has them.

    Raises:
        ConfigError: they differ in more than the place; names the first key, with dots.
    """
    for key, before, now in _differences(found, wanted):
        raise ConfigError(
            f"{where}: {key} was {before!r}, but now is {now!r}; give what it was, or another --out"
            " (what is not given comes from the preset, which another version may have changed)"
        )


def _differences(
    found: Mapping[str, Any], wanted: Mapping[str, Any], above: str = ""
) -> Iterator[tuple[str, object, object]]:
    for key in sorted({*found, *wanted} - PLACE):
        before, now = found.get(key), wanted.get(key)
        if isinstance(before, Mapping) and isinstance(now, Mapping):
            yield from _differences(before, now, f"{above}{key}.")
        elif before != now:
            yield f"{above}{key}", before, now
