"""Published sets in a data root, found by the folders that plugins describe, with their splits and direction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from mendkit_registry import DatasetSpec, UnknownNameError

from ..errors import DataError
from .catalogue import SPLITS, Half, ImageRef
from .layouts import Row, images_in
from .splits import Divided, Keyed, into_splits

OTHER_HALF: Mapping[Half, Half] = {"left": "right", "right": "left"}


def published_rows(root: Path, dataset: DatasetSpec, *, reverse: bool = False) -> list[Divided[Row]]:
    """The rows of a published set in ``root``, one entry for each of its folders; none if one has no images.

    The splits are the published ones. Without test, val becomes the test split. Without val, a tenth of train,
    chosen by hash, becomes val.

    Args:
        reverse: swap source and target.
    """
    folders = [_images(root, folder) for folder in dataset.folders]
    if not all(folders):
        return []
    return [
        into_splits(Keyed(image.key, row_of(image.item), image.stated) for image in images)
        for row_of, images in zip(_row_makers(dataset, reverse), folders, strict=True)
    ]


def lacking(root: Path | None, dataset: DatasetSpec) -> tuple[str, ...]:
    """The folders of a published set that have no images in ``root``: none if the set is there."""
    return tuple(folder for folder in dataset.folders if root is None or not _images(root, folder))


def sides(dataset: DatasetSpec, *, reverse: bool = False) -> tuple[str, str]:
    """Where source and target of a published set are, in words."""
    if half := dataset.source_half:
        named = [f"{dataset.source}, {each} half" for each in (half, OTHER_HALF[half])]
    else:
        named = list(dataset.folders)
    source, target = reversed(named) if reverse else named
    return source, target


def require_reversible(
    reverse: Iterable[str], tasks: Collection[str], datasets: Iterable[DatasetSpec], found: Collection[str]
) -> None:
    """Check that the direction of each task of ``reverse`` can be chosen.

    Args:
        found: the tasks whose published sets the data has.

    Raises:
        DataError: the task does not exist, is not of a published set, or the set is missing; with the remedy.
    """
    reversible = {dataset.task: dataset for dataset in datasets if dataset.reversible}
    for task in reverse:
        if task not in tasks:
            raise DataError(f"cannot reverse: {UnknownNameError('task', task, tasks)}; `mendkit tasks` lists them")
        if task not in reversible:
            able = ", ".join(sorted(reversible)) or "none is installed"
            raise DataError(f"cannot reverse {task}: only published sets can be reversed: {able}")
        if task not in found:
            places = " or ".join(reversible[task].folders)
            raise DataError(
                f"cannot reverse {task}: no images in {places} of the data root; put some there, from "
                f"{reversible[task].url}, or do not reverse it"
            )


def _images(root: Path, folder: str) -> list[Keyed[ImageRef]]:
    """All images of one side, each with its published split; val is test if there is no test."""
    by_split = {split: list(images_in(root / folder.format(split=split))) for split in SPLITS}
    if not by_split["test"]:
        by_split = {"train": by_split["train"], "test": by_split["val"]}
    return [replace(image, stated=split) for split, images in by_split.items() for image in images]


def _row_makers(dataset: DatasetSpec, reverse: bool) -> tuple[Callable[[ImageRef], Row], ...]:
    """For each folder of a set, a function that makes a row from one of its images."""
    if half := dataset.source_half:
        source = OTHER_HALF[half] if reverse else half
        return (lambda ref: Row(ImageRef(ref.path, source), ImageRef(ref.path, OTHER_HALF[source])),)
    alone = (lambda ref: Row(ref, None), lambda ref: Row(None, ref))
    return alone[::-1] if reverse else alone
