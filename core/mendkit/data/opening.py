"""From a data configuration to a catalogue. No pixel is read here, so large roots open fast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from ..config import DataConfig
from ..errors import DataError
from .catalogue import SPLITS, Catalogue, ImageRef, Split, SplitFiles, TaskFiles
from .layouts import Row, images_in, is_task_folder, task_files, task_rows
from .splits import into_splits

Resources = Mapping[str, Mapping[Split, tuple[ImageRef, ...]]]


def open_catalogue(config: DataConfig, tasks: Iterable[str]) -> Catalogue:
    """Index the images that ``config`` names, for the registered ``tasks``.

    Raises:
        DataError: a folder is missing or holds nothing, a folder or manifest names an unknown task, or the manifest is
            wrong; says which, and the remedy.
    """
    _require_folders(config)
    clean = into_splits(images_in(_clean_folder(config)))
    return Catalogue({split: SplitFiles(clean=clean[split], resources=_resources(config, split)) for split in SPLITS})
