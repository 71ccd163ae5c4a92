"""The pairs that the synthesizers of a task make of the images of a catalogue, one by one, as often as one likes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mendkit_registry import Registry

from ..errors import DataError
from .catalogue import SPLITS, Catalogue, Split, TaskFiles
from .extras import ExtraSource
from .sampling import TaskSource, task_sources
from .splits import stable_hash
from .testsets import TestPair, fixed_names, fixed_pair


@dataclass(frozen=True, slots=True)
class Origin:
    """An image of one split that pairs are made of: number ``index`` of the images of ``source``."""

    split: Split
    source: TaskSource
    index: int

    @property
    def name(self) -> str:
        """The split and the name of the image, such as ``train/shoe``."""
        return f"{self.split}/{fixed_names(self.source)[self.index]}"

    @property
    def product(self) -> str:
        """What all pairs of the image show, and perhaps those of others: its product, or else its name."""
        return self.source.clean[self.index].product or self.name

    def make(self, seed: int) -> TestPair:
        """A pair of the image. Raises ImageError."""
        return fixed_pair(self.source, self.index, seed)


@dataclass(frozen=True)
class MadePairs:
    """Pair number i of a task depends on the seed, on i and on the images alone.

    The images, those of all splits, take turns in an order that is drawn from the seed. ``size`` is the side of the
    square pairs, px.
    """

    task: str
    size: int
    seed: int
    origins: tuple[Origin, ...]

    def origin(self, number: int) -> Origin:
        """The image that pair ``number`` is made of."""
        return self.origins[self._order[number % len(self.origins)]]

    def make(self, number: int) -> TestPair:
        """Make pair ``number``.

        Raises:
            ImageError: the image cannot be read, or the synthesizer failed for it.
        """
        return self.origin(number).make(stable_hash(f"{self.seed} {number}"))

    @cached_property
    def _order(self) -> list[int]:
        order: list[int] = np.random.default_rng(self.seed).permutation(len(self.origins)).tolist()
        return order


def made_pairs(catalogue: Catalogue, registry: Registry, task: str, *, size: int, seed: int) -> MadePairs:
    """The pairs that can be made for ``task``: of clean images, and of defective ones where a synthesizer mends them.

    Args:
        size: side of the square images, px.

    Raises:
        UnknownNameError: no installed plugin contributes the task.
        DataError: it has no synthesizer, or the catalogue has no image that one could start from.
    """
    origins = tuple(origin for split in SPLITS for origin in _origins(catalogue, registry, task, split, size))
    if not origins:
        raise DataError(f"{task}: {_what_is_missing(registry, task)}")
    return MadePairs(task, size, seed, origins)


def _origins(catalogue: Catalogue, registry: Registry, task: str, split: Split, size: int) -> Iterator[Origin]:
    source = task_sources([registry.task(task)], registry, catalogue[split], size)[task]
    without_extras = ExtraSource(task, source.store)
    # Without files of its own, a source makes its test pairs; both kinds of image can be what it makes them of.
    for images, synthesizers in ((source.clean, source.from_clean), (source.files.sources, source.from_defective)):
        made = replace(source, files=TaskFiles(), clean=images, from_clean=synthesizers, extras=without_extras)
        yield from (Origin(split, made, index) for index in range(len(images) if synthesizers else 0))


def _what_is_missing(registry: Registry, task: str) -> str:
    starts = {spec.starts_from for spec in registry.synthesizers.of(task)}
    folder = task.replace(".", "/")
    places = {"clean": "clean ones, with --clean DIR", "defective": f"defective ones, in DATA/{folder}/source"}
    if not starts:
        return "no installed plugin has a synthesizer for it, so no pair can be made"
    return f"no images that its synthesizers start from; bring {' or '.join(places[start] for start in sorted(starts))}"
