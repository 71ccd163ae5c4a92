"""What a task draws from: real pairs, pairs that synthesizers make of images, and images without a partner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np

from mendkit_registry import SynthesizerSpec

from ..contracts import Synthesizer
from ..contracts.pair import Pair
from ..contracts.photo import Mask, Photo
from ..errors import SynthesisError, UnreadableImageError, reason_of
from .catalogue import ImageRef, PairRef
from .store import ImageStore, StoredResources
from .synthesis import synthesize

T = TypeVar("T")


class Drawn(NamedTuple):
    """A pair, and where it comes from.

    Args:
        pair: of a size; without a partner, source and target show different products.
        shown: the file that it is made of, or that of its target.
        foreground: the mask that lies beside the source's file, or that of the photo that the pair was made of.
        synthesizer: the name of the one that made it, if one did.
    """

    pair: Pair
    shown: ImageRef
    foreground: Mask | None = None
    synthesizer: str | None = None

    @property
    def clean(self) -> Drawn:
        """The same with the target as its source: it differs nowhere, and nothing else is said of it."""
        target = self.pair.target
        return self._replace(pair=Pair(target, target, np.zeros(target.shape[:2], np.uint8)))


@dataclass(frozen=True)
class RealPairs:
    """Pairs of image files."""

    refs: tuple[PairRef, ...]
    store: ImageStore

    @cached_property
    def images(self) -> tuple[ImageRef, ...]:
        """The files that name the pairs: those of their sources."""
        return tuple(ref.source for ref in self.refs)

    @property
    def size(self) -> int:
        """How many pairs there are."""
        return len(self.refs)

    def take(self, index: int, rng: np.random.Generator) -> Drawn:
        """Pair ``index`` as it is. Raises UnreadableImageError."""
        source, target = self._photos(index)
        return self._drawn(index, source, target)

    def draw(self, rng: np.random.Generator) -> Drawn:
        """One of the pairs, mirrored half of the time. Raises UnreadableImageError."""
        index = int(rng.integers(self.size))
        source, target = self._photos(index)
        if rng.random() < 0.5:
            source, target = flipped(source), flipped(target)
        return self._drawn(index, source, target)

    def _photos(self, index: int) -> tuple[Photo, Photo]:
        return self.store.photo(self.refs[index].source), self.store.photo(self.refs[index].target)

    def _drawn(self, index: int, source: Photo, target: Photo) -> Drawn:
        return Drawn(Pair(source.pixels, target.pixels), self.refs[index].target, source.foreground)


class BuiltSynthesizer(NamedTuple):
    """A synthesizer with its spec and the name of its plugin."""

    spec: SynthesizerSpec
    make: Synthesizer
    plugin: str


@dataclass(frozen=True)
class SynthesisedPairs:
    """Pairs that the ``synthesizers`` of a task make of images, each as often as its weight says."""

    task: str
    images: tuple[ImageRef, ...]
    synthesizers: tuple[BuiltSynthesizer, ...]
    store: ImageStore
    resources: StoredResources

    @property
    def size(self) -> int:
        """How many images there are; each gives any number of pairs."""
        return len(self.images)

    def take(self, index: int, rng: np.random.Generator) -> Drawn:
        """A pair of image ``index``, which is not mirrored. Raises ImageError."""
        return self._made(self.images[index], self.store.photo(self.images[index]), rng)

    def draw(self, rng: np.random.Generator) -> Drawn:
        """A pair of one of the images, mirrored half of the time. Raises ImageError."""
        ref = pick(self.images, rng)
        return self._made(ref, mirror(self.store.photo(ref), rng), rng)

    def _made(self, ref: ImageRef, photo: Photo, rng: np.random.Generator) -> Drawn:
        shares = np.array([built.spec.weight for built in self.synthesizers])
        spec, make, plugin = self.synthesizers[rng.choice(len(shares), p=shares / shares.sum())]
        try:
            pair = synthesize(make, photo, rng, self.resources)
        except UnreadableImageError:  # one of the resources, which is not the synthesizer's fault
            raise
        except Exception as error:
            raise SynthesisError(str(ref.path), self.task, spec.name, plugin, reason_of(error)) from error
        return Drawn(pair, ref, photo.foreground, spec.name)


@dataclass(frozen=True)
class TwoDomains:
    """Images of domain X and of domain Y that have no partners."""

    sources: tuple[ImageRef, ...]
    targets: tuple[ImageRef, ...]
    store: ImageStore

    @property
    def size(self) -> int:
        """How many images there are."""
        return len(self.sources) + len(self.targets)

    def draw(self, rng: np.random.Generator) -> Drawn:
        """An image of each, both mirrored half of the time. Raises UnreadableImageError."""
        refs = [pick(refs, rng) for refs in (self.sources, self.targets)]
        source, target = (mirror(photo, rng) for photo in [self.store.photo(ref) for ref in refs])
        return Drawn(Pair(source.pixels, target.pixels), refs[0], source.foreground)


PairFeed = RealPairs | SynthesisedPairs


def mirror(photo: Photo, rng: np.random.Generator) -> Photo:
    """The photo, mirrored half of the time."""
    return photo if rng.random() < 0.5 else flipped(photo)


def flipped(photo: Photo) -> Photo:
    """The photo with left and right exchanged."""
    foreground = None if photo.foreground is None else np.ascontiguousarray(photo.foreground[:, ::-1])
    return Photo(np.ascontiguousarray(photo.pixels[:, ::-1]), photo.name, foreground)


def pick(items: Sequence[T], rng: np.random.Generator) -> T:
    """One of ``items``, all equally likely."""
    return items[int(rng.integers(len(items)))]
