"""Clean images drawn by a plugin, written as a data root, to train without photos."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from mendkit_registry import Registry, SamplesSpec, UnknownNameError, build

from ..contracts import SampleSource
from ..errors import DataError
from ..files import write_json
from .images import write_image
from .opening import DRAWN


def draw_images(root: Path, registry: Registry, *, source: str, count: int, size: int, seed: int) -> Iterator[Path]:
    """Draw ``count`` images of ``size`` px to ``ROOT/clean/product_0000.png`` and so on, and yield each path.

    Image i depends only on ``seed`` and i. Existing images are kept, so an interrupted call can be repeated, and a
    larger ``count`` adds images.

    Raises:
        UnknownNameError: no plugin contributes ``source``.
        DataError: the root has other images, or images that were drawn differently.
    """
    if source not in registry[SamplesSpec]:
        raise UnknownNameError("source of samples", source, registry[SamplesSpec])
    draw: SampleSource = build(registry[SamplesSpec][source], SampleSource)
    _claim(root, {"source": source, "size": size, "seed": seed})
    for index in range(count):
        path = root / "clean" / f"product_{index:04d}.png"
        if not path.exists():
            write_image(path, draw(np.random.default_rng([seed, index]), size))
        yield path


def _claim(root: Path, settings: dict[str, object]) -> None:
    """Record how the images are drawn, or check that those in the root were drawn in the same way."""
    record = root / DRAWN
    if record.exists():
        if (there := _read(record)) != settings:
            raise DataError(f"{root}: holds images drawn with {there}, not {settings}; choose another folder")
    elif (root / "clean").exists():
        raise DataError(f"{root / 'clean'}: already exists and does not hold drawn images; choose another folder")
    else:
        write_json(record, settings)


def _read(record: Path) -> object:
    try:
        return json.loads(record.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{record}: cannot be read: {error}; choose another folder") from error
