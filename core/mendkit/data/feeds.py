"""The feeds of a task: real pairs, pairs that synthesizers make from images, and images without a partner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np

from mendkit_registry import SynthesizerSpec

from ..contracts import Synthesizer
from ..contracts.pair import Pair
from ..contracts.photo import Mask, Photo
from ..errors import SynthesisError, UnreadableImageError, reason_of
from .catalogue import ImageRef, PairRef
from .images import resize
from .store import ImageStore, StoredResources
from .synthesis import synthesize

T = TypeVar("T")


class Drawn(NamedTuple):
    """A pair and its origin.

    Args:
        pair: both images have the same size; without partners, they show different products.
        shown: the file that it is made from, or its target.
        foreground: the mask beside the source's file, or beside the photo that the pair was made from.
        synthesizer: the name of the synthesizer that made it, if any.
    """

    pair: Pair
    shown: ImageRef
    foreground: Mask | None = None
    synthesizer: str | None = None

    @property
    def clean(self) -> Drawn:
        """The same with the target as its source, and an empty mask as the only truth."""
        target = self.pair.target
        return self._replace(pair=Pair(target, target, np.zeros(target.shape[:2], np.uint8)))


@dataclass(frozen=True)
class RealPairs:
    """Pairs of image files."""

    refs: tuple[PairRef, ...]
    store: ImageStore

    @cached_property
    def images(self) -> tuple[ImageRef, ...]:
        """The files that name the pairs: their sources."""
        return tuple(ref.source for ref in self.refs)

    @property
    def size(self) -> int:
        """The number of pairs."""
        return len(self.refs)

    def take(self, index: int, rng: np.random.Generator) -> Drawn:
        """Pair ``index``, unchanged. Raises UnreadableImageError."""
        source, target = self._photos(index)
        return self._drawn(index, source, target)

    def draw(self, rng: np.random.Generator) -> Drawn:
        """A random pair, mirrored half of the time. Raises UnreadableImageError."""
        index = int(rng.integers(self.size))
        source, target = self._photos(index)
        if rng.random() < 0.5:
            source, target = flipped(source), flipped(target)
        return self._drawn(index, source, target)

    def _photos(self, index: int) -> tuple[Photo, Photo]:
        source, target = self.store.photo(self.refs[index].source), self.store.photo(self.refs[index].target)
        if source.pixels.shape == target.pixels.shape:
            return source, target
        return source, replace(target, pixels=resize(target.pixels, *source.pixels.shape[:2]))

    def _drawn(self, index: int, source: Photo, target: Photo) -> Drawn:
        return Drawn(Pair(source.pixels, target.pixels), self.refs[index].target, source.foreground)


class BuiltSynthesizer(NamedTuple):
    """A synthesizer with its spec and the name of its plugin."""

    spec: SynthesizerSpec
    make: Synthesizer
    plugin: str


@dataclass(frozen=True)
class SynthesisedPairs:
    """Pairs that the ``synthesizers`` of a task make from images, each as often as its weight says."""

    task: str
    images: tuple[ImageRef, ...]
    synthesizers: tuple[BuiltSynthesizer, ...]
    store: ImageStore
    resources: StoredResources

    @property
    def size(self) -> int:
        """The number of images; each gives any number of pairs."""
        return len(self.images)

    def take(self, index: int, rng: np.random.Generator) -> Drawn:
        """A pair made from image ``index``, not mirrored. Raises ImageError."""
        return self._made(self.images[index], self.store.photo(self.images[index]), rng)

    def draw(self, rng: np.random.Generator) -> Drawn:
        """A pair made from a random image, mirrored half of the time. Raises ImageError."""
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
    """Images of domains X and Y without partners."""

    sources: tuple[ImageRef, ...]
    targets: tuple[ImageRef, ...]
    store: ImageStore

    @property
    def size(self) -> int:
        """The number of images."""
        return len(self.sources) + len(self.targets)

    def draw(self, rng: np.random.Generator) -> Drawn:
        """A random image of each domain, each mirrored half of the time. Raises UnreadableImageError."""
        refs = [pick(refs, rng) for refs in (self.sources, self.targets)]
        source, target = (mirror(photo, rng) for photo in [self.store.photo(ref) for ref in refs])
        return Drawn(Pair(source.pixels, target.pixels), refs[0], source.foreground)


PairFeed = RealPairs | SynthesisedPairs


def mirror(photo: Photo, rng: np.random.Generator) -> Photo:
    """The photo, mirrored half of the time."""
    return photo if rng.random() < 0.5 else flipped(photo)


def flipped(photo: Photo) -> Photo:
    """The photo with left and right swapped."""
    foreground = None if photo.foreground is None else np.ascontiguousarray(photo.foreground[:, ::-1])
    return Photo(np.ascontiguousarray(photo.pixels[:, ::-1]), photo.name, foreground)


def pick(items: Sequence[T], rng: np.random.Generator) -> T:
    """One of ``items``, all equally likely."""
    return items[int(rng.integers(len(items)))]
