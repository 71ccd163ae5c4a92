"""Whether the sides of a pair fit on each other: of other proportions, they show the product on other rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import PIL.Image
from PIL.ExifTags import Base

from .catalogue import PairRef

Size = tuple[int, int]
"""Width and height, px."""

TOLERANCE = 0.02
"""Sides whose borders lie apart by a smaller share of the model's square are taken for equal."""
SIDEWAYS = frozenset({5, 6, 7, 8})
"""The orientations of EXIF by which width and height change places."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A pair whose sides have different proportions, and their sizes."""

    task: str
    source: Path
    target: Path
    source_size: Size
    target_size: Size

    def __str__(self) -> str:
        sides = ((self.source, self.source_size), (self.target, self.target_size))
        return f"{self.task}: {' and '.join(f'{path} ({width} x {height})' for path, (width, height) in sides)}"


def misfits(task: str, pairs: Iterable[PairRef], size_of: Callable[[Path], Size | None]) -> Iterator[Misfit]:
    """The pairs whose sides have different proportions; halves of one file never have.

    Args:
        size_of: the size of a file's image, None if it cannot be read.
    """
    for pair in pairs:
        source, target = pair.source.path, pair.target.path
        sizes = (None, None) if source == target else (size_of(source), size_of(target))
        if sizes[0] and sizes[1] and differ(sizes[0], sizes[1]):
            yield Misfit(task, source, target, sizes[0], sizes[1])


def differ(first: Size, second: Size) -> bool:
    """Whether two images, each fitted to a square, end at different places, by more than whole pixels explain."""
    rounding = 1 / min(max(first), max(second))
    return max(abs(a - b) for a, b in zip(_shares(first), _shares(second), strict=True)) > max(TOLERANCE, rounding)


def _shares(size: Size) -> tuple[float, float]:
    """Width and height as shares of the longer side, which fills the square."""
    width, height = size
    return width / max(size), height / max(size)


def size_in_header(path: Path) -> Size | None:
    """The size of an image, turned upright, without decoding it; None if it cannot be read."""
    try:
        with PIL.Image.open(path) as file:
            sideways = file.getexif().get(Base.Orientation) in SIDEWAYS
            return (file.height, file.width) if sideways else (file.width, file.height)
    except Exception:  # decoders raise anything; what cannot be read is reported when it is
        return None
