"""What models are scored on: the fixed pairs of a task, or the two domains of a task without pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeVar

import numpy as np

from mendkit_registry import Registry

from ..contracts.photo import Image, Photo
from ..errors import DataError, ImageError
from .catalogue import Catalogue, ImageRef, Split
from .extras import Stacks
from .feeds import PairFeed
from .sampling import Item, TaskSource, task_sources
from .splits import stable_hash
from .store import ImageStore

T = TypeVar("T")
Domain = Literal["source", "target"]


@dataclass(frozen=True, slots=True)
class TestImage:
    """One image of a fixed test set without pairs, ``uint8 [H, W, 3]``, and its domain."""

    __test__ = False  # not a test case, despite its name

    name: str
    domain: Domain
    pixels: Image
    extras: Stacks = field(default_factory=dict)


@dataclass(frozen=True)
class TestPairs(Sequence[Item]):
    """A task's fixed test pairs, made on access: the same seed gives the same pairs.

    Access raises ImageError if an image cannot be read, or no pair can be made from it.
    """

    __test__ = False

    source: TaskSource
    feed: PairFeed
    seed: int
    limit: int | None = None

    def __len__(self) -> int:
        return self.feed.size if self.limit is None else min(self.limit, self.feed.size)

    def __getitem__(self, index: int) -> Item:  # type: ignore[override]
        if not 0 <= index < len(self):
            raise IndexError(index)
        task, name = self.source.task.name, self._names[index]
        rng = fixed_rng(task, name, self.seed)
        drawn = self.feed.take(index, rng)
        extras = self.source.extras.draw(Photo(drawn.pair.source, name, drawn.foreground), drawn.shown, rng)
        return Item(task, drawn.pair, name=name, synthesizer=drawn.synthesizer, extras=extras)

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return unique_names(self.feed.images)


@dataclass(frozen=True)
class TestDomains(Sequence[TestImage]):
    """The test images of a task without pairs: those of domain X, with extras, then those of domain Y.

    Access raises ImageError if an image cannot be read.
    """

    __test__ = False

    source: TaskSource
    sources: tuple[ImageRef, ...]
    targets: tuple[ImageRef, ...]
    seed: int

    def __len__(self) -> int:
        return len(self.sources) + len(self.targets)

    def __getitem__(self, index: int) -> TestImage:  # type: ignore[override]
        if not 0 <= index < len(self):
            raise IndexError(index)
        ref, name = (self.sources + self.targets)[index], self._names[index]
        extras, domains = self.source.extras, self.source.domains
        assert domains is not None, "the task has no pairs because it has these"
        photo = domains.store.photo(ref)
        if index >= len(self.sources):
            return TestImage(name, "target", photo.pixels)
        rng = fixed_rng(self.source.task.name, name, self.seed)
        return TestImage(name, "source", photo.pixels, extras.draw(photo, ref, rng))

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return unique_names(self.sources) + unique_names(self.targets)


def test_pairs(
    catalogue: Catalogue,
    registry: Registry,
    task: str,
    split: Split,
    *,
    size: int,
    seed: int,
    limit: int | None = None,
    store: ImageStore | None = None,
) -> TestPairs:
    """The fixed pairs that ``task`` is scored on: real ones, or else one made from each clean image of the split.

    Args:
        store: a store of images of ``size`` px, to share among several tasks; by default, a new one.

    Raises:
        DataError: the split has neither pairs nor clean images for a synthesizer.
    """
    source = task_sources([registry.task(task)], registry, catalogue[split], size, store)[task]
    return _pairs_of(source, split, seed, limit)


def test_set(
    catalogue: Catalogue,
    registry: Registry,
    task: str,
    split: Split,
    *,
    size: int,
    seed: int,
    limit: int | None = None,
    store: ImageStore | None = None,
) -> TestPairs | TestDomains:
    """What ``task`` is scored on: the pairs of ``test_pairs``, or the two domains of a task without pairs.

    Args:
        limit: maximum number of pairs, or of images of each domain.
        store: a store of images of ``size`` px, to share among several tasks; by default, a new one.

    Raises:
        DataError: the split has neither.
    """
    source = task_sources([registry.task(task)], registry, catalogue[split], size, store)[task]
    if source.real or source.from_clean or not source.domains:
        return _pairs_of(source, split, seed, limit)
    sources, targets = source.domains.sources, source.domains.targets
    return TestDomains(source, sources[:limit], targets[:limit], seed)


test_pairs.__test__ = False  # type: ignore[attr-defined]
test_set.__test__ = False  # type: ignore[attr-defined]


def _pairs_of(source: TaskSource, split: Split, seed: int, limit: int | None) -> TestPairs:
    feed = source.real or source.from_clean
    if feed is None:
        raise DataError(
            f"{source.task.name}: no pairs and no clean images in split {split!r}; see `mendkit data check`"
        )
    return TestPairs(source, feed, seed, limit)


def fixed_rng(task: str, name: str, seed: int) -> np.random.Generator:
    """The random generator for the pair, or the extras, of an image of that name."""
    return np.random.default_rng([seed, stable_hash(task), stable_hash(name)])


def unique_names(refs: Sequence[ImageRef]) -> tuple[str, ...]:
    """The names of images, in order; repeated names are prefixed with their folder."""
    counts = Counter(ref.name for ref in refs)
    return tuple(ref.name if counts[ref.name] == 1 else f"{ref.path.parent.name}/{ref.name}" for ref in refs)


def readable(tests: Sequence[T], failures: list[str], tell: Callable[[int, int], None] | None = None) -> Iterator[T]:
    """The tests that can be read and made; the reasons for the others are added to ``failures``.

    Args:
        tell: is called after each test with the number of tests so far and their total.
    """
    for index in range(len(tests)):
        try:
            yield tests[index]
        except ImageError as error:
            failures.append(str(error))
        if tell:
            tell(index + 1, len(tests))
