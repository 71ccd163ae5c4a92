"""Reading and writing images: any mode in, ``uint8 [H, W, 3]`` sRGB out; writes are atomic."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ..contracts.photo import Image, Mask
from ..errors import DataError, UnreadableImageError
from ..files import replacing
from .colour import to_srgb

Scalar = TypeVar("Scalar", np.uint8, np.float32)

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"})
MASK_SUFFIX = ".mask.png"
_ENDINGS = tuple(SUFFIXES)
MAX_PIXELS = 150_000_000
MAX_SIDE = 65_535
"""Larger images are refused, not decoded: a few bytes of a forged header must not take all memory."""


def is_image(path: Path) -> bool:
    """Whether the file's name is that of an image (a foreground mask beside an image is none)."""
    return _names_image(path.name)


def _names_image(name: str) -> bool:
    return name.lower().endswith(_ENDINGS) and not name.lower().endswith(MASK_SUFFIX) and name[0] != "."


def find_images(folder: Path) -> Iterator[Path]:
    """All images below ``folder``, sorted by their path. Links are followed, hidden folders are left out.

    Raises:
        DataError: the folder, or one below it, cannot be listed.
    """
    try:
        return map(Path, sorted(_below(os.fspath(folder))))
    except OSError as error:
        raise DataError(f"{error.filename}: the folder cannot be listed: {error.strerror}") from error


def _below(folder: str, above: tuple[str, ...] = ()) -> Iterator[str]:
    real = os.path.realpath(folder)
    if real in above:  # a link that leads back up
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir() and not entry.name.startswith("."):
                yield from _below(entry.path, (*above, real))
            elif _names_image(entry.name) and (entry.is_file() or entry.is_symlink()):
                yield entry.path


def read_image(path: Path) -> Image:
    """Read any image as sRGB: EXIF turned upright, alpha on white, deep images scaled, CMYK and palettes converted.

    Of an animation, the first frame.

    Raises:
        UnreadableImageError: the file is missing, truncated, too large, or no image.
    """
    try:
        if not path.is_file():  # a pipe would block
            raise FileNotFoundError("no such file")
        with PIL.Image.open(path) as file:
            _require_sane_size(file.width, file.height)
            file.load()
            return np.array(to_srgb(file))
    except Exception as error:  # decoders raise anything, from SyntaxError to struct.error
        raise UnreadableImageError(path, f"{type(error).__name__}: {error}") from error


def _require_sane_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise ValueError(f"{width} x {height} is more than {MAX_PIXELS:,} pixels, or than {MAX_SIDE:,} on one side")


def read_mask(path: Path) -> Mask:
    """Read a mask as ``uint8 [H, W]``. Raises UnreadableImageError like ``read_image``."""
    return np.ascontiguousarray(cv2.cvtColor(read_image(path), cv2.COLOR_RGB2GRAY).astype(np.uint8))


def foreground_beside(path: Path) -> Path:
    """Where the foreground mask of an image lies, if it has one: ``shoe.jpg`` -> ``shoe.mask.png``."""
    return path.with_name(path.stem + MASK_SUFFIX)


def write_image(path: Path, image: Image | Mask, *, quality: int = 95) -> None:
    """Write ``[H, W, 3]`` or ``[H, W]`` as the suffix says, whole or not at all.

    Args:
        quality: of JPEG and WebP, 0 to 100. JPEG keeps colour at full resolution.

    Raises:
        DataError: the suffix is none of ``SUFFIXES``.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise DataError(f"{path}: cannot write images as {path.suffix!r}; use one of {', '.join(sorted(SUFFIXES))}")
    kind = PIL.Image.registered_extensions()[path.suffix.lower()]
    with replacing(path) as file:
        PIL.Image.fromarray(image).save(file, format=kind, quality=quality, subsampling=0)


def fit_square(image: NDArray[Scalar], size: int) -> NDArray[Scalar]:
    """Pad to a square by repeating the border, then resize to ``[size, size, ...]``: proportions are kept."""
    height, width = image.shape[:2]
    if height > width:
        return _transposed(fit_square(_transposed(image), size))
    rows = resize(image, height, size)  # the long axis first: a narrow image never becomes a huge square
    above = (width - height) // 2
    below = width - height - above
    return resize(np.pad(rows, [(above, below)] + [(0, 0)] * (image.ndim - 1), mode="edge"), size, size)


def unfit_square(square: NDArray[Scalar], height: int, width: int) -> NDArray[Scalar]:
    """Undo ``fit_square``: from a square of any size, ``[S, S]`` or ``[S, S, C]``, back to ``[height, width, ...]``."""
    if height > width:
        return _transposed(unfit_square(_transposed(square), width, height))
    above = (width - height) // 2
    rows = resize(square, width, square.shape[1])[above : above + height]
    return resize(rows, height, width)


def _transposed(image: NDArray[Scalar]) -> NDArray[Scalar]:
    return np.ascontiguousarray(image.swapaxes(0, 1))


def resize(image: NDArray[Scalar], height: int, width: int) -> NDArray[Scalar]:
    """Resize ``[H, W]`` or ``[H, W, C]``: by area average when it shrinks, bicubic when it grows.

    Values stay within the range of those of ``image``.
    """
    if image.shape[:2] == (height, width):
        return image
    shrinks = height * width < image.shape[0] * image.shape[1]
    resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    resized = resized.reshape(height, width, *image.shape[2:])  # cv2 drops an axis of one channel
    if image.dtype == np.float32:
        resized = resized.clip(image.min(), image.max())
    return resized.astype(image.dtype)
