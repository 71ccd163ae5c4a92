"""Whether the sides of a pair match: with different proportions, they show the product in different places."""

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
"""Sides whose borders differ by a smaller share of the model's square count as equal."""
SIDEWAYS = frozenset({5, 6, 7, 8})
"""The EXIF orientations that swap width and height."""


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
    """The pairs whose sides have different proportions; halves of one file never do.

    Args:
        size_of: the size of a file's image, None if it cannot be read.
    """
    for pair in pairs:
        source, target = pair.source.path, pair.target.path
        sizes = (None, None) if source == target else (size_of(source), size_of(target))
        if sizes[0] and sizes[1] and differ(sizes[0], sizes[1]):
            yield Misfit(task, source, target, sizes[0], sizes[1])


def differ(first: Size, second: Size) -> bool:
    """Whether two images, each fitted to a square, end in different places, beyond rounding to whole pixels."""
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
    except Exception:  # decoders can raise anything; the error is reported when the image is read
        return None
