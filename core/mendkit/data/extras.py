"""The extras for the conditioners of a task, which plugins draw from a photo and its siblings."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from mendkit_registry import ExtraSpec, build

from ..contracts import Extra, Siblings
from ..contracts.photo import Image, Photo, Stack
from ..errors import ImageError, MendkitError, SynthesisError, UnreadableImageError, described, reason_of
from .catalogue import ImageRef
from .images import resize
from .store import ImageStore, as_square

T = TypeVar("T")

log = logging.getLogger(__name__)

THUMBNAIL = 32
"""Photos are compared at this size, px,"""
SAME = 3.0
"""and are copies if they differ by fewer levels of 255 than this on average."""

Stacks = Mapping[str, Stack]
"""The images of each extra for one item."""


class LazySiblings(Generic[T]):
    """The ``Siblings`` of a photo: read only when they are drawn.

    Args:
        items: where the siblings are read from.
        read: reads one.
        hidden: returns the truth of the item, copies of which must not be seen; None: there is none.
    """

    def __init__(
        self, items: Sequence[T], read: Callable[[T], Photo], hidden: Callable[[], Image] | None = None
    ) -> None:
        self._items = items
        self._read = read
        self._hidden = hidden

    def __len__(self) -> int:
        return len(self._items)

    def draw(self, rng: np.random.Generator, most: int) -> list[Photo]:
        """Read at most ``most`` of them, in random order, without copies of the truth and unreadable files."""
        photos: list[Photo] = []
        for row in rng.permutation(len(self._items)):
            if len(photos) >= most:
                break
            if (photo := self._readable(self._items[row])) and not self._shows_truth(photo):
                photos.append(photo)
        return photos

    def _readable(self, item: T) -> Photo | None:
        try:
            return self._read(item)
        except UnreadableImageError as error:
            log.warning("left out: %s", error)
            return None

    def _shows_truth(self, photo: Photo) -> bool:
        return self._hidden is not None and are_copies(photo.pixels, self._hidden())


def are_copies(one: Image, other: Image) -> bool:
    """Whether two images are the same except for format or size."""
    first, second = (resize(image, THUMBNAIL, THUMBNAIL).astype(np.float32) for image in (one, other))
    return bool(np.abs(first - second).mean() < SAME)


@dataclass(frozen=True)
class ExtraSource:
    """Draws the extras of the items of one task.

    Args:
        extras: the specs, sorted by name, with their built components.
        products: the images of domain Y by product.
        plugins: the plugin of each extra.
    """

    task: str
    store: ImageStore
    extras: tuple[tuple[ExtraSpec, Extra], ...] = ()
    products: Mapping[str, tuple[ImageRef, ...]] = field(default_factory=dict)
    plugins: Mapping[str, str] = field(default_factory=dict)

    def draw(self, photo: Photo, shown: ImageRef, rng: np.random.Generator) -> Stacks:
        """The stacks for one item.

        Args:
            photo: the image to mend; extras see it as the model does.
            shown: the file that the item is made from, or its target. Neither it nor a copy of it is a sibling.
            rng: is not advanced: the extras get generators derived from it.

        Raises:
            SynthesisError: an extra failed for it.
        """
        if not self.extras:
            return {}
        siblings, photo = self._siblings(shown), as_square(photo, self.store.size)
        generators = rng.spawn(len(self.extras))
        try:
            return draw_stacks(self.extras, photo, siblings, generators)
        except ExtraError as error:
            plugin = self.plugins.get(error.extra, "")
            raise SynthesisError(str(shown.path), self.task, error.extra, plugin, error.reason) from error

    def _siblings(self, shown: ImageRef) -> Siblings:
        others = self.products.get(shown.product, ()) if shown.product else ()
        refs = tuple(ref for ref in others if ref.path != shown.path)
        return LazySiblings(refs, self.store.photo, lambda: self.store.photo(shown).pixels)


class ExtraError(MendkitError):
    """An extra of a plugin failed."""

    def __init__(self, extra: str, reason: str) -> None:
        super().__init__(f"{extra} failed: {reason}")
        self.extra = extra
        self.reason = reason


def draw_stacks(
    extras: Iterable[tuple[ExtraSpec, Extra]],
    photo: Photo,
    siblings: Siblings,
    generators: Iterable[np.random.Generator],
) -> dict[str, Stack]:
    """The images of each extra for a photo, each drawn with its own generator.

    Raises:
        ExtraError: an extra raised, or did not return a stack of images.
    """
    stacks = {}
    for (spec, extra), rng in zip(extras, generators, strict=True):
        try:
            stack = extra(photo, siblings, rng)
        except ImageError:
            raise
        except Exception as error:
            raise ExtraError(spec.name, reason_of(error)) from error
        if fault := fault_of_stack(stack):
            raise ExtraError(spec.name, fault)
        stacks[spec.name] = stack
    return stacks


def fault_of_stack(stack: object) -> str | None:
    """Why ``stack`` is not a stack of images; None if it is one."""
    if isinstance(stack, np.ndarray) and stack.dtype == np.uint8 and stack.ndim == 4:
        return None
    return f"returned {described(stack)}, not uint8 [K, H, W, C]"


def built_extras(specs: Iterable[ExtraSpec]) -> tuple[tuple[ExtraSpec, Extra], ...]:
    """Build the extras of specs; pairs of spec and extra, sorted by name. Raises FactoryError."""
    return tuple((spec, build(spec, Extra)) for spec in sorted(specs, key=lambda spec: spec.name))


def by_product(refs: Iterable[ImageRef]) -> dict[str, tuple[ImageRef, ...]]:
    """The images of each product, without duplicate files. Images of unknown products are left out."""
    products: dict[str, dict[ImageRef, None]] = defaultdict(dict)
    for ref in refs:
        if ref.product:
            products[ref.product][ref] = None
    return {product: tuple(refs) for product, refs in products.items()}
