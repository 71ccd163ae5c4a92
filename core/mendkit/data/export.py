"""Writes synthesized pairs as a data root: images, and a manifest that keeps each image's pairs in its split."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import DataError, ImageError
from ..files import write_json
from ..text import printable
from .images import write_image
from .making import MadePairs
from .manifest import write_manifest
from .opening import MADE, MANIFESTS

MANIFEST = MANIFESTS[0]

Line = dict[str, str]
"""One line of the manifest, by column."""
Watch = Callable[[Iterable[int], int], Iterable[int]]
"""Passes items through, given their number: a place for a progress bar."""


class Exported(NamedTuple):
    """The result of an export.

    Args:
        made: the number of pairs that were made, or of which a missing side was.
        there: the number of pairs that were there already.
        failures: why images could not be used. Their pairs are left out.
    """

    made: int
    there: int
    failures: tuple[ImageError, ...]


def export_pairs(
    root: Path, pairs: MadePairs, *, count: int, watch: Watch = lambda numbers, count: numbers
) -> Exported:
    """Write pairs 0 to ``count - 1`` to ``ROOT/<task>/source/00000.png``, ``ROOT/<task>/target/00000.png`` and so on.

    Existing files are kept, so an interrupted call can be repeated, and a larger ``count`` adds pairs. The manifest is
    written at the end. It states the split of the image that a pair was made from, and puts all pairs of a product
    in one group, so that no image is in two splits.

    Raises:
        DataError: ``root`` has pairs of the task that were made differently, or a manifest from elsewhere.
    """
    _claim(root, pairs)
    written = [_write(root, pairs, number) for number in watch(range(count), count)]
    _list(root, [_line(pairs, number) for number in range(count)])
    failures = {str(each): each for each in written if isinstance(each, ImageError)}
    return Exported(written.count(True), written.count(False), tuple(failures.values()))


def _claim(root: Path, pairs: MadePairs) -> None:
    """Record how the pairs of the task are made, or check that those in the root were made in the same way."""
    if root.exists() and not root.is_dir():
        raise DataError(f"{root}: not a folder; choose another one")
    made, settings = _made(root), _settings(pairs)
    there = made.get(pairs.task)
    if there is None and (root / pairs.task).exists():
        raise DataError(f"{root / pairs.task}: already exists and does not hold exported pairs; choose another folder")
    if there is None:
        write_json(root / MADE, made | {pairs.task: settings})
    elif there != settings:
        raise DataError(f"{root}: holds pairs of {pairs.task} made with {there}, not {settings}; choose another folder")


def _made(root: Path) -> dict[str, Any]:
    """The record of the root."""
    record, manifest = root / MADE, root / MANIFEST
    if not record.exists():
        if manifest.exists():
            raise DataError(f"{manifest}: already exists and does not list exported pairs; choose another folder")
        return {}
    try:
        return dict(json.loads(record.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise DataError(f"{record}: cannot be read: {error}; choose another folder") from error


def _settings(pairs: MadePairs) -> dict[str, object]:
    """What a pair depends on besides its number. Images are identified by their names."""
    names = "\n".join(origin.name for origin in pairs.origins)
    return {
        "seed": pairs.seed,
        "size": pairs.size,
        "images": len(pairs.origins),
        "names": blake2b(names.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest(),
    }


def _write(root: Path, pairs: MadePairs, number: int) -> bool | ImageError:
    """Write the missing files of one pair. Returns whether there were any, or why the pair cannot be made."""
    line = _line(pairs, number)
    sides = [side for side in ("source", "target") if not (root / line[side]).exists()]
    if not sides:
        return False
    try:
        pair = pairs.make(number)
    except ImageError as failure:
        return failure
    for side in sides:
        write_image(root / line[side], pair.source if side == "source" else pair.target)
    return True


def _line(pairs: MadePairs, number: int) -> Line:
    origin, file = pairs.origin(number), f"{number:05d}.png"
    return {
        "source": f"{pairs.task}/source/{file}",
        "target": f"{pairs.task}/target/{file}",
        "task": pairs.task,
        "split": origin.split,
        "group": printable(origin.product),
    }


def _list(root: Path, lines: list[Line]) -> None:
    """Add the lines whose images exist to the manifest, and keep its other lines."""
    known = _lines(root / MANIFEST)
    listed = {line["source"] for line in known}
    new = [line for line in lines if line["source"] not in listed and _is_there(root, line)]
    write_manifest(root / MANIFEST, [*known, *new])


def _lines(manifest: Path) -> list[Line]:
    if not manifest.exists():
        return []
    with manifest.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _is_there(root: Path, line: Line) -> bool:
    return all((root / line[side]).exists() for side in ("source", "target"))
