"""The pairs that the synthesizers of a task make from the images of a catalogue, one by one, in any number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mendkit_registry import Registry, SynthesizerSpec

from ..contracts.pair import Pair
from ..errors import DataError
from .catalogue import SPLITS, Catalogue, Split
from .feeds import SynthesisedPairs
from .sampling import task_sources
from .splits import stable_hash
from .testsets import fixed_rng, unique_names


@dataclass(frozen=True, slots=True)
class Origin:
    """An image of one split that pairs are made from: ``image``, number ``index`` of ``feed``."""

    split: Split
    feed: SynthesisedPairs
    index: int
    image: str

    @property
    def name(self) -> str:
        """The split and the name of the image, such as ``train/shoe``."""
        return f"{self.split}/{self.image}"

    @property
    def product(self) -> str:
        """The product of the image, or else its name; pairs of other images can show the same."""
        return self.feed.images[self.index].product or self.name

    def make(self, seed: int) -> Pair:
        """A pair made from the image. Raises ImageError."""
        return self.feed.take(self.index, fixed_rng(self.feed.task, self.image, seed)).pair


@dataclass(frozen=True)
class MadePairs:
    """The made pairs of a task. Pair number i depends only on the seed, i and the images.

    The images of all splits take turns in an order drawn from the seed. ``size`` is the side of the square pairs, px.
    """

    task: str
    size: int
    seed: int
    origins: tuple[Origin, ...]

    def origin(self, number: int) -> Origin:
        """The image that pair ``number`` is made from."""
        return self.origins[self._order[number % len(self.origins)]]

    def make(self, number: int) -> Pair:
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
    """The pairs that can be made for ``task``: from clean images, and from defective ones if a synthesizer mends them.

    Args:
        size: side of the square images, px.

    Raises:
        UnknownNameError: no installed plugin contributes the task.
        DataError: it has no synthesizer, or the catalogue has no image for one.
    """
    origins = tuple(origin for split in SPLITS for origin in _origins(catalogue, registry, task, split, size))
    if not origins:
        raise DataError(f"{task}: {_what_is_missing(registry, task)}")
    return MadePairs(task, size, seed, origins)


def _origins(catalogue: Catalogue, registry: Registry, task: str, split: Split, size: int) -> Iterator[Origin]:
    source = task_sources([registry.task(task)], registry, catalogue[split], size)[task]
    for feed in filter(None, (source.from_clean, source.from_defective)):
        for index, image in enumerate(unique_names(feed.images)):
            yield Origin(split, feed, index, image)


def _what_is_missing(registry: Registry, task: str) -> str:
    starts = {spec.starts_from for spec in registry[SynthesizerSpec].of(task)}
    folder = task.replace(".", "/")
    places = {"clean": "clean ones, with --clean DIR", "defective": f"defective ones, in DATA/{folder}/source"}
    if not starts:
        return "no installed plugin has a synthesizer for it, so no pair can be made"
    return f"no images for its synthesizers; add {' or '.join(places[start] for start in sorted(starts))}"
