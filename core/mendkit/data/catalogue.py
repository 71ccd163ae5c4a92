"""An index of the files of a data root: for each split the clean images, each task's data, and resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Literal, get_args

from ..contracts.photo import Image, Mask, Photo
from ..errors import UnreadableImageError
from ..files import exists
from .images import foreground_beside, read_image, read_mask

Split = Literal["train", "val", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)
Half = Literal["left", "right"]


@dataclass(frozen=True, slots=True, order=True)
class ImageRef:
    """An image file, or one half of a side-by-side file. Nothing is read before ``read``.

    ``product`` is the product it shows, if the data says so: other images may show the same one.
    """

    path: Path
    half: Half | None = None
    product: str | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """The file's name without its suffix."""
        return self.path.stem

    def read(self) -> Image:
        """The pixels, ``uint8 [H, W, 3]``. If the width is odd, the middle column is in neither half.

        Raises:
            UnreadableImageError: the file is missing or damaged, or too narrow for two halves.
        """
        pixels = read_image(self.path)
        if self.half is None:
            return pixels
        width = pixels.shape[1] // 2
        if width == 0:
            raise UnreadableImageError(self.path, "one pixel wide, so it cannot hold two images side by side")
        return pixels[:, :width] if self.half == "left" else pixels[:, -width:]

    def read_foreground(self) -> Mask | None:
        """The foreground mask ``<name>.mask.png`` beside the file, or None."""
        path = foreground_beside(self.path)
        return read_mask(path) if self.half is None and exists(path) else None

    def photo(self) -> Photo:
        """The image as input for synthesizers.

        Raises:
            UnreadableImageError: image or mask cannot be read, or their sizes differ.
        """
        return self.with_foreground(self.read())

    def with_foreground(self, pixels: Image) -> Photo:
        """The ``pixels`` of the image with the mask beside the file. Raises UnreadableImageError."""
        foreground = self.read_foreground()
        if foreground is not None and foreground.shape != pixels.shape[:2]:
            sizes = " and ".join(f"{width} x {height}" for height, width in (foreground.shape, pixels.shape[:2]))
            raise UnreadableImageError(foreground_beside(self.path), f"mask and image have different sizes: {sizes}")
        return Photo(pixels, self.name, foreground)


@dataclass(frozen=True, slots=True)
class PairRef:
    """One product with (``source``) and without (``target``) the defect."""

    source: ImageRef
    target: ImageRef

    @property
    def name(self) -> str:
        """The name of the pair in reports: the name of its source."""
        return self.source.name


@dataclass(frozen=True, slots=True)
class TaskFiles:
    """The files of one task in one split: pairs, and images of domain X or Y without a partner."""

    pairs: tuple[PairRef, ...] = ()
    sources: tuple[ImageRef, ...] = ()
    targets: tuple[ImageRef, ...] = ()


@dataclass(frozen=True, slots=True)
class SplitFiles:
    """All files of one split, and how pairs are made from them.

    Args:
        resources: the images of each kind, such as ``backgrounds``.
        options: of synthesizers, by name, over those of their plugins.
    """

    clean: tuple[ImageRef, ...] = ()
    tasks: Mapping[str, TaskFiles] = field(default_factory=dict)
    resources: Mapping[str, tuple[ImageRef, ...]] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def refs(self) -> Iterator[ImageRef]:
        """All images, including both sides of pairs."""
        yield from self.clean
        for files in self.tasks.values():
            yield from chain.from_iterable((pair.source, pair.target) for pair in files.pairs)
            yield from (*files.sources, *files.targets)
        for refs in self.resources.values():
            yield from refs

    def of(self, task: str) -> TaskFiles:
        """The files of ``task``; none if the data has none."""
        return self.tasks.get(task, TaskFiles())


@dataclass(frozen=True, slots=True)
class Catalogue:
    """An index of a data root, by split."""

    splits: Mapping[Split, SplitFiles]

    def __getitem__(self, split: Split) -> SplitFiles:
        return self.splits.get(split, SplitFiles())

    def paths(self) -> set[Path]:
        """All image files of all splits."""
        return {ref.path for split in SPLITS for ref in self[split].refs()}
