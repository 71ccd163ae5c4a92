"""From a data configuration to a catalogue. Pixels are not read here, so large roots open fast."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path

from mendkit_registry import DatasetSpec, UnknownNameError

from ..config import DataConfig
from ..errors import DataError
from ..files import is_folder
from .catalogue import SPLITS, Catalogue, ImageRef, Split, SplitFiles
from .images import find_images, scan_images
from .layouts import TASK_FOLDERS, UNNAMED, Row, images_in, is_task_folder, task_files, task_rows
from .manifest import read_manifest
from .products import ProductNames
from .published import published_rows, require_reversible
from .splits import Divided, Keyed, into_splits

CLEAN, RESOURCES = "clean", "resources"
ROOT_RESOURCES = ("backgrounds",)
"""Kinds of resources that can be in the root itself, without ``resources/``."""
MANIFESTS = ("manifest.csv", "manifest.jsonl")
DRAWN, MADE = "drawn.json", "made.json"
"""Mendkit's own records in a root: how its images were drawn, and how its pairs were made."""
OUTSIDE = "images outside the layout"
LAYOUT = "`clean/`, `<group>/<type>/source/` and `target/`, or a manifest; docs/your-data.md shows how"


def open_catalogue(config: DataConfig, tasks: Collection[str], datasets: Iterable[DatasetSpec] = ()) -> Catalogue:
    """Index the images that ``config`` names, for the registered ``tasks``.

    Args:
        datasets: published sets to look for in the data root, such as ``registry[DatasetSpec].values()``.

    Raises:
        DataError: a folder is missing or holds no image, a folder or manifest names an unknown task, the manifest has
            faults, a task cannot be reversed, or no file name matches ``product``; with the remedy.
    """
    _require_places(config)
    names = ProductNames(config.product)
    clean = into_splits(_clean(config, names))
    rows = _rows(config, names, tasks, tuple(datasets))
    if not (any(clean.values()) or rows):
        raise DataError(_nothing_found(config))
    _require_products(config, clean, rows)
    resources = {kind: into_splits(_images_of(kind, folders)) for kind, folders in _resource_folders(config).items()}
    options = config.synthesizers
    return Catalogue({split: replace(_split_files(split, clean, rows, resources), options=options) for split in SPLITS})


def left_out(config: DataConfig, catalogue: Catalogue) -> Counter[str]:
    """The number of files in the folders of ``config`` that are not in its catalogue, by the labels of ``scan_images``.

    Images count as ``images outside the layout``. Manifests and mendkit's own records do not count.
    """
    listed = (config.root, config.clean, *config.resources.values())
    folders = {Path(os.path.abspath(folder)) for folder in listed if folder}  # noqa: PTH100 (links are kept)
    known = {os.path.abspath(path) for path in catalogue.paths()}  # noqa: PTH100
    counts: Counter[str] = Counter()
    for folder in folders:
        if folders.isdisjoint(folder.parents):
            found = scan_images(folder)
            counts.update(found.left_out)
            counts[OUTSIDE] += sum(os.fspath(path) not in known for path in found.images)
            counts.subtract(file.suffix.lower() for file in _known_files(config) if folder in file.absolute().parents)
    return +counts


def _split_files(
    split: Split,
    clean: Divided[ImageRef],
    rows: Mapping[str, Divided[Row]],
    resources: Mapping[str, Divided[ImageRef]],
) -> SplitFiles:
    return SplitFiles(
        clean=clean[split],
        tasks={task: task_files(divided[split]) for task, divided in rows.items() if divided[split]},
        resources={kind: divided[split] for kind, divided in resources.items() if divided[split]},
    )


def _require_places(config: DataConfig) -> None:
    if not (config.root or config.clean or config.manifest):
        raise DataError("no data: give a data root, a folder of clean images, or a manifest")
    for folder in filter(None, (config.root, config.clean, *config.resources.values())):
        if not folder.is_dir():
            raise DataError(f"{folder}: no such folder; correct the path, or put the images there")


def _require_products(config: DataConfig, clean: Divided[ImageRef], rows: Mapping[str, Divided[Row]]) -> None:
    """An expression that matches no name was meant for other names."""
    known = [ref.product for refs in clean.values() for ref in refs]
    known += [row.product for divided in rows.values() for found in divided.values() for row in found]
    if config.product and not any(known):
        raise DataError(f"data.product: {config.product!r} matches no file name here; correct it, or leave it out")


def _nothing_found(config: DataConfig) -> str:
    places = ", ".join(str(place) for place in (config.root, config.manifest) if place)
    fault = f"{places}: no clean images and no images of a task; put images in {LAYOUT}"
    elsewhere = next(find_images(config.root), None) if config.root else None
    return (
        f"{fault}. If {elsewhere} is a clean image, give its folder as the folder of clean images"
        if elsewhere
        else fault
    )


def _clean(config: DataConfig, names: ProductNames) -> Iterator[Keyed[ImageRef]]:
    if config.clean:
        return _images_of(CLEAN, [config.clean], names)
    return images_in(config.root / CLEAN, names) if config.root else iter(())


def _images_of(kind: str, folders: Iterable[Path], names: ProductNames = UNNAMED) -> Iterator[Keyed[ImageRef]]:
    """The images of folders that are named or laid out for ``kind``, so that finding none is an error."""
    for folder in folders:
        images = tuple(images_in(folder, names))
        if not images:
            raise DataError(f"{folder}: no images for {kind!r}; put some there, or leave the folder out")
        yield from images


def _resource_folders(config: DataConfig) -> dict[str, list[Path]]:
    """The folders of each kind; those in the configuration replace those in the root."""
    root = config.root
    beside = (root / kind for kind in ROOT_RESOURCES if (root / kind).is_dir()) if root else ()
    folders: dict[str, list[Path]] = {}
    for folder in (*(_subfolders(root / RESOURCES) if root else ()), *beside):
        folders.setdefault(folder.name, []).append(folder)
    return folders | {kind: [folder] for kind, folder in config.resources.items()}


def _rows(
    config: DataConfig, names: ProductNames, tasks: Collection[str], datasets: Collection[DatasetSpec]
) -> dict[str, Divided[Row]]:
    """The rows of each task. Each folder or manifest is divided separately: one can set splits, another not."""
    places: dict[str, list[Divided[Row]]] = {}
    manifests = [read_manifest(file, tasks).items() for file in _manifests(config)]
    published = _published_rows(config, tasks, datasets)
    for task, divided in chain(_folder_rows(config.root, names, tasks).items(), *manifests, published):
        places.setdefault(task, []).append(divided)
    return {task: _joined(all_divided) for task, all_divided in sorted(places.items())}


def _published_rows(
    config: DataConfig, tasks: Collection[str], datasets: Collection[DatasetSpec]
) -> list[tuple[str, Divided[Row]]]:
    root, reverse = config.root, config.reverse
    rows = [
        (dataset.task, divided)
        for dataset in datasets
        for divided in (published_rows(root, dataset, reverse=dataset.task in reverse) if root else ())
    ]
    require_reversible(reverse, tasks, datasets, {task for task, _ in rows})
    return rows


def _joined(places: list[Divided[Row]]) -> Divided[Row]:
    return {split: tuple(chain.from_iterable(place[split] for place in places)) for split in SPLITS}


def _manifests(config: DataConfig) -> list[Path]:
    if config.manifest:
        return [config.manifest]
    return [config.root / name for name in MANIFESTS if (config.root / name).is_file()] if config.root else []


def _known_files(config: DataConfig) -> list[Path]:
    """The manifests, and what mendkit itself has written beside them."""
    records = [config.root / name for name in (DRAWN, MADE)] if config.root else []
    return [*_manifests(config), *(record for record in records if record.is_file())]


def _folder_rows(root: Path | None, names: ProductNames, tasks: Collection[str]) -> dict[str, Divided[Row]]:
    return {task: into_splits(_rows_of(folder, names)) for task, folder in _task_folders(root, tasks)} if root else {}


def _rows_of(folder: Path, names: ProductNames) -> list[Keyed[Row]]:
    rows = list(task_rows(folder, names))
    if not rows:
        raise DataError(f"{folder}: no images in {', '.join(TASK_FOLDERS)}; put some there, or remove the folder")
    return rows


def _task_folders(root: Path, tasks: Collection[str]) -> Iterator[tuple[str, Path]]:
    for folder in chain.from_iterable(map(_subfolders, _subfolders(root))):
        task = f"{folder.parent.name}.{folder.name}"
        if task in tasks:
            yield task, folder
        elif is_task_folder(folder):
            fault = UnknownNameError("task", task, tasks)
            raise DataError(f"{folder}: {fault}; rename the folder, or install the plugin that has the task")


def _subfolders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:  # unlike Path.iterdir, it knows folders without a system call for each file
        return sorted(folder / entry.name for entry in entries if is_folder(entry) and entry.name[0] != ".")
