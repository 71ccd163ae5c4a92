"""A cache of decoded images at the sizes that training needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np

from mendkit_registry import DefectType

from ..contracts.photo import Image, Mask, Photo
from .catalogue import ImageRef
from .images import fit_square, place_in_square, resize

T = TypeVar("T")

MEGABYTES = 2048
"""The memory for cached images, over all processes of a run."""
SCENERY_SCALE = 1.5
"""Resources are stored larger than the model's image by this factor, so that crops differ."""


class ImageStore:
    """Reads images at ``size`` px and keeps them in memory, first come, up to ``megabytes``.

    Args:
        zoomed: the size of photos of local tasks, px; None: as of all others.
    """

    def __init__(self, size: int, megabytes: int = MEGABYTES, *, zoomed: int | None = None) -> None:
        self.size = size
        self._zoomed = None if zoomed in (None, size) else _Zoomed(zoomed, self, megabytes // 2)
        self._free = (megabytes // 2 if self._zoomed else megabytes) * 2**20
        self._photos: dict[ImageRef, Photo] = {}
        self._scenery: dict[ImageRef, Image] = {}

    def divide(self, processes: int) -> None:
        """Divide the memory among processes that each have a copy of this store."""
        self._free //= processes
        if self._zoomed:
            self._zoomed.divide(processes)

    def of(self, task: DefectType) -> ImageStore:
        """The store of the photos of a task."""
        return self._zoomed if self._zoomed and task.local else self

    def photo(self, ref: ImageRef) -> Photo:
        """The photo fitted to a square of ``size`` px. Raises UnreadableImageError."""
        return self._remember(self._photos, ref, self._read_photo, lambda photo: photo.pixels.nbytes)

    def scenery(self, ref: ImageRef) -> Image:
        """The image with its shorter side at ``1.5 * size`` px. Raises UnreadableImageError."""
        return self._remember(self._scenery, ref, self._read_scenery, lambda image: image.nbytes)

    def _remember(
        self, known: dict[ImageRef, T], ref: ImageRef, read: Callable[[ImageRef], T], size: Callable[[T], int]
    ) -> T:
        if ref in known:
            return known[ref]
        value = read(ref)
        if size(value) <= self._free:
            self._free -= size(value)
            known[ref] = value
        return value

    @property
    def squares(self) -> ImageStore:
        """The store of the same images as the model sees them."""
        return self

    def _read_photo(self, ref: ImageRef) -> Photo:
        return fitted(ref.photo(), self.size)

    def _read_scenery(self, ref: ImageRef) -> Image:
        image = ref.read()
        scale = SCENERY_SCALE * self.size / min(image.shape[:2])
        return resize(image, *(max(self.size, round(side * scale)) for side in image.shape[:2]))


class _Zoomed(ImageStore):
    """Reads images larger than the model sees those of most tasks, which ``squares`` has."""

    def __init__(self, size: int, squares: ImageStore, megabytes: int) -> None:
        super().__init__(size, megabytes)
        self._squares = squares

    @property
    def squares(self) -> ImageStore:
        """The store of the same images as the model sees them."""
        return self._squares


class FullSizeStore(_Zoomed):
    """Reads images at their own size, and keeps them likewise. ``squares`` has them at ``size`` px."""

    def __init__(self, size: int, megabytes: int = MEGABYTES) -> None:
        super().__init__(size, ImageStore(size, megabytes // 2), megabytes // 2)

    def _read_photo(self, ref: ImageRef) -> Photo:
        return ref.photo()

    def _read_scenery(self, ref: ImageRef) -> Image:
        return ref.read()


def fitted(photo: Photo, size: int) -> Photo:
    """The photo and its foreground, each fitted to a square of ``size`` px."""
    mask = photo.foreground
    foreground = None if mask is None else resize(_padded_square(mask), size, size)
    return Photo(fit_square(photo.pixels, size), photo.name, foreground)


def as_square(photo: Photo, size: int) -> Photo:
    """The photo itself if it is a square of ``size`` px, or else fitted to one."""
    return photo if photo.pixels.shape[:2] == (size, size) else fitted(photo, size)


def _padded_square(mask: Mask) -> Mask:
    """Pad like ``fit_square``, but with background: a product cut off at the edge does not continue beyond it."""
    side, top, left = place_in_square(*mask.shape)
    square = np.zeros((side, side), np.uint8)
    square[top : top + mask.shape[0], left : left + mask.shape[1]] = mask
    return square


class StoredResources:
    """The ``Resources`` that synthesizers draw from: random crops of the stored images of a kind."""

    def __init__(self, store: ImageStore, kinds: Mapping[str, tuple[ImageRef, ...]]) -> None:
        self._store = store
        self._kinds = kinds

    def refs(self, kind: str) -> tuple[ImageRef, ...]:
        """The images of a kind; none if the data has none."""
        return self._kinds.get(kind, ())

    def draw(self, kind: str, rng: np.random.Generator, height: int, width: int) -> Image | None:
        """A random crop ``[height, width, 3]``, mirrored half of the time; None if there is no such kind."""
        refs = self.refs(kind)
        if not refs:
            return None
        image = self._store.scenery(refs[rng.integers(len(refs))])
        grow = max(height / image.shape[0], width / image.shape[1])
        if grow > 1:
            image = resize(image, *(int(np.ceil(side * grow)) for side in image.shape[:2]))
        top = rng.integers(image.shape[0] - height + 1)
        left = rng.integers(image.shape[1] - width + 1)
        crop = image[top : top + height, left : left + width]
        return np.ascontiguousarray(crop[:, ::-1] if rng.random() < 0.5 else crop)
