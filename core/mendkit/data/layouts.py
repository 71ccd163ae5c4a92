"""The folders of a data root: images, the images of a task, and splits set by folder names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import DataError
from .catalogue import SPLITS, Half, ImageRef, PairRef, Split, TaskFiles
from .images import find_images
from .products import ProductNames
from .splits import Keyed

SIDE_BY_SIDE: dict[str, tuple[Half, Half]] = {
    "side_by_side": ("left", "right"),
    "side_by_side_target_left": ("right", "left"),
}
"""Folders whose files hold both sides of a pair: the halves of source and target."""
TASK_FOLDERS = ("source", "target", *SIDE_BY_SIDE)

UNNAMED = ProductNames()
"""Each file shows a different product."""


@dataclass(frozen=True, slots=True)
class Row:
    """A pair, or an image of one side; never neither."""

    source: ImageRef | None
    target: ImageRef | None

    @property
    def product(self) -> str | None:
        """The product that both sides show, if the data says so."""
        image = self.source or self.target
        return image.product if image else None


def images_in(folder: Path, names: ProductNames = UNNAMED) -> Iterator[Keyed[ImageRef]]:
    """All images below ``folder``; none if the folder does not exist.

    The key is the path below the folder without its suffix. A top folder ``train``, ``val`` or ``test`` sets the
    split and is not part of the key. ``names`` gives the product of each image.
    """
    for path in find_images(folder) if folder.is_dir() else ():
        above = path.parts[len(folder.parts) : -1]
        stated = next((split for split in SPLITS if above[:1] == (split,)), None)
        key = "/".join((*(above[1:] if stated else above), path.stem))
        product = names.of(path)
        yield Keyed(key, ImageRef(path, product=product), stated, product)


def task_rows(folder: Path, names: ProductNames = UNNAMED) -> Iterator[Keyed[Row]]:
    """The rows of the folder of one task, which can repeat its layout in ``train``, ``val`` and ``test``.

    Raises:
        DataError: the names of two files on one side differ only in the suffix.
    """
    yield from _rows(folder, names)
    for split in SPLITS:
        yield from (replace(row, stated=split) for row in _rows(folder / split, names))


def is_task_folder(folder: Path) -> bool:
    """Whether the folder has the layout of a task."""
    places = (folder, *(folder / split for split in SPLITS))
    return any((place / name).is_dir() for place in places for name in TASK_FOLDERS)


def task_files(rows: Iterable[Row]) -> TaskFiles:
    """Separate pairs from images without a partner."""
    rows = tuple(rows)
    return TaskFiles(
        pairs=tuple(PairRef(row.source, row.target) for row in rows if row.source and row.target),
        sources=tuple(row.source for row in rows if row.source and not row.target),
        targets=tuple(row.target for row in rows if row.target and not row.source),
    )


def _rows(folder: Path, names: ProductNames) -> Iterator[Keyed[Row]]:
    sources, targets = (_by_key(folder / side, names) for side in ("source", "target"))
    for key, stated in sorted({*sources, *targets}, key=lambda each: (each[0], each[1] or "")):
        row = Row(sources.get((key, stated)), targets.get((key, stated)))
        yield Keyed(key, row, stated, row.product)
    for name, (source, target) in SIDE_BY_SIDE.items():
        for image in images_in(folder / name, names):
            row = Row(replace(image.item, half=source), replace(image.item, half=target))
            yield Keyed(image.key, row, image.stated, image.product)


def _by_key(folder: Path, names: ProductNames) -> dict[tuple[str, Split | None], ImageRef]:
    named: dict[tuple[str, Split | None], ImageRef] = {}
    for image in images_in(folder, names):
        other = named.setdefault((image.key, image.stated), image.item)
        if other is not image.item:
            raise DataError(
                f"{other.path} and {image.item.path.name} have the same name, so their partner is ambiguous; "
                "rename or remove one of them"
            )
    return named
