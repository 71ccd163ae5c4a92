"""What lies in the folders of a data root: images, the images of a task, and the splits that folder names state."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import DataError
from .catalogue import SPLITS, Half, ImageRef, Pair, Split, TaskFiles
from .images import find_images
from .splits import Keyed

SIDE_BY_SIDE: dict[str, tuple[Half, Half]] = {
    "side_by_side": ("left", "right"),
    "side_by_side_target_left": ("right", "left"),
}
"""Folders whose files hold both sides of a pair: which half is the source, and which the target."""
TASK_FOLDERS = ("source", "target", *SIDE_BY_SIDE)


@dataclass(frozen=True, slots=True)
class Row:
    """A pair, or an image of one side alone; never neither."""

    source: ImageRef | None
    target: ImageRef | None


def images_in(folder: Path) -> Iterator[Keyed[ImageRef]]:
    """All images below ``folder``, none if there is no such folder.

    The key is the path below the folder without its suffix. A first folder ``train``, ``val`` or ``test`` states the
    split and is no part of the key.
    """
    for path in find_images(folder) if folder.is_dir() else ():
        above = path.parts[len(folder.parts) : -1]
        stated = next((split for split in SPLITS if above[:1] == (split,)), None)
        yield Keyed("/".join((*(above[1:] if stated else above), path.stem)), ImageRef(path), stated)


def task_rows(folder: Path) -> Iterator[Keyed[Row]]:
    """The rows of the folder of one task, in which ``train``, ``val`` and ``test`` may hold the same again.

    Raises:
        DataError: two files of one side have the same name but for the suffix.
    """
    yield from _rows(folder)
    for split in SPLITS:
        yield from (replace(row, stated=split) for row in _rows(folder / split))


def is_task_folder(folder: Path) -> bool:
    """Whether the folder has the layout of a task."""
    places = (folder, *(folder / split for split in SPLITS))
    return any((place / name).is_dir() for place in places for name in TASK_FOLDERS)


def task_files(rows: Iterable[Row]) -> TaskFiles:
    """Tell the pairs from the images without a partner."""
    rows = tuple(rows)
    return TaskFiles(
        pairs=tuple(Pair(row.source, row.target) for row in rows if row.source and row.target),
        sources=tuple(row.source for row in rows if row.source and not row.target),
        targets=tuple(row.target for row in rows if row.target and not row.source),
    )


def _rows(folder: Path) -> Iterator[Keyed[Row]]:
    sources, targets = (_by_key(folder / side) for side in ("source", "target"))
    for key, stated in sorted({*sources, *targets}, key=lambda each: (each[0], each[1] or "")):
        yield Keyed(key, Row(sources.get((key, stated)), targets.get((key, stated))), stated)
    for name, (source, target) in SIDE_BY_SIDE.items():
        for image in images_in(folder / name):
            path = image.item.path
            yield Keyed(image.key, Row(ImageRef(path, source), ImageRef(path, target)), image.stated)


def _by_key(folder: Path) -> dict[tuple[str, Split | None], ImageRef]:
    named: dict[tuple[str, Split | None], ImageRef] = {}
    for image in images_in(folder):
        other = named.setdefault((image.key, image.stated), image.item)
        if other is not image.item:
            raise DataError(
                f"{other.path} and {image.item.path.name} have the same name, so their partner is ambiguous; "
                "rename or remove one of them"
            )
    return named
