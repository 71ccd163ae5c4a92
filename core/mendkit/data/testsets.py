"""What models are scored on: the fixed pairs of a task, or the two domains of a task that has no pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from mendkit_registry import Registry

from ..contracts.photo import Image, Mask, Photo
from ..errors import DataError
from .catalogue import Catalogue, ImageRef, Split
from .extras import Stacks
from .sampling import TaskSource, task_sources
from .splits import stable_hash

Domain = Literal["source", "target"]


@dataclass(frozen=True, slots=True)
class TestPair:
    """One pair of a fixed test set, ``uint8 [S, S, 3]``, and where its defect is, if that is known."""

    __test__ = False  # not a test case, whatever its name says

    name: str
    source: Image
    target: Image
    mask: Mask | None = None
    extras: Stacks = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TestImage:
    """One image of a fixed test set without pairs, ``uint8 [S, S, 3]``, and the domain that it belongs to."""

    __test__ = False

    name: str
    domain: Domain
    pixels: Image
    extras: Stacks = field(default_factory=dict)


@dataclass(frozen=True)
class TestPairs(Sequence[TestPair]):
    """A task's fixed test pairs, made when they are asked for: the same seed gives the same pairs."""

    __test__ = False

    source: TaskSource
    seed: int
    length: int

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: int) -> TestPair:  # type: ignore[override]
        if not 0 <= index < self.length:
            raise IndexError(index)
        return fixed_pair(self.source, index, self.seed)


@dataclass(frozen=True)
class TestDomains(Sequence[TestImage]):
    """The test images of a task that has no pairs: those of domain X, then those of domain Y."""

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
        return _fixed_image(self.source, ref, name, "source" if index < len(self.sources) else "target", self.seed)

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
) -> TestPairs:
    """The fixed pairs on which ``task`` is scored: the real ones, or else one made of each clean image of the split.

    Raises:
        DataError: the split has neither pairs nor clean images that a synthesizer could use.
    """
    source = task_sources([registry.task(task)], registry, catalogue[split], size)[task]
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
) -> TestPairs | TestDomains:
    """What ``task`` is scored on: pairs, as ``test_pairs`` has them, or the two domains of a task that has none.

    Args:
        limit: at most so many pairs, or images of each domain.

    Raises:
        DataError: the split has neither.
    """
    source = task_sources([registry.task(task)], registry, catalogue[split], size)[task]
    if source.files.pairs or source.has_clean or not source.has_unpaired:
        return _pairs_of(source, split, seed, limit)
    sources, targets = source.domains
    return TestDomains(source, sources[:limit], targets[:limit], seed)


test_pairs.__test__ = False  # type: ignore[attr-defined]
test_set.__test__ = False  # type: ignore[attr-defined]


def _pairs_of(source: TaskSource, split: Split, seed: int, limit: int | None) -> TestPairs:
    count = len(source.files.pairs) or (len(source.clean) if source.has_clean else 0)
    if not count:
        raise DataError(
            f"{source.task.name}: no pairs and no clean images in split {split!r}; see `mendkit data check`"
        )
    return TestPairs(source, seed, count if limit is None else min(limit, count))


def fixed_pair(source: TaskSource, index: int, seed: int) -> TestPair:
    """Pair ``index`` of the fixed test set: a real one if the task has any, else one made of a clean image.

    Raises:
        ImageError: the image cannot be read, or no pair be made of it.
    """
    name = fixed_names(source)[index]
    rng = fixed_rng(source, name, seed)
    if source.files.pairs:
        drawn = source.read_pair(source.files.pairs[index])
    else:
        ref = source.clean[index]
        drawn = source.synthesize(source.from_clean, ref, source.store.photo(ref), rng)
    extras = source.extras.draw(Photo(drawn.source, name, drawn.foreground), drawn.shown, rng)
    return TestPair(name, drawn.source, drawn.target, drawn.mask, extras)


def _fixed_image(source: TaskSource, ref: ImageRef, name: str, domain: Domain, seed: int) -> TestImage:
    """An image of a fixed test set without pairs; those of domain X have extras. Raises ImageError."""
    photo = source.store.photo(ref)
    extras = source.extras.draw(photo, ref, fixed_rng(source, name, seed)) if domain == "source" else {}
    return TestImage(name, domain, photo.pixels, extras)


def fixed_rng(source: TaskSource, name: str, seed: int) -> np.random.Generator:
    """The generator of the test image of that name."""
    return np.random.default_rng([seed, stable_hash(source.task.name), stable_hash(name)])


def fixed_names(source: TaskSource) -> tuple[str, ...]:
    """The names of the test pairs, in order and unique: those that repeat get their folder before them."""
    return unique_names([pair.source for pair in source.files.pairs] or source.clean)


def unique_names(refs: Sequence[ImageRef]) -> tuple[str, ...]:
    """The names of images, in order; those that repeat get their folder before them."""
    counts = Counter(ref.name for ref in refs)
    return tuple(ref.name if counts[ref.name] == 1 else f"{ref.path.parent.name}/{ref.name}" for ref in refs)
