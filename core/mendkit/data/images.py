"""Reading and writing images: any mode in, ``uint8 [H, W, 3]`` sRGB out; writes are atomic."""

from __future__ import annotations

import logging
import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple, TypeVar

import cv2
import numpy as np
import PIL.Image
import PIL.ImageFile
from numpy.typing import NDArray

from ..contracts.photo import Image, Mask
from ..errors import DataError, UnreadableImageError
from ..files import is_folder, replacing
from .color import to_srgb
from .intact import JPEG, PNG, TRUNCATED, IncompleteError, decodable, require_checksums

log = logging.getLogger(__name__)

Scalar = TypeVar("Scalar", np.uint8, np.float32)
Source = Path | bytes | BinaryIO
"""A file's path, its bytes, or an open binary file."""

FORMATS = {
    "AVIF": (".avif",),
    "BMP": (".bmp",),
    "GIF": (".gif",),
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "JPEG2000": (".jp2", ".j2k", ".jpx"),
    "PNG": (".png", ".apng"),
    "TIFF": (".tif", ".tiff"),
    "WEBP": (".webp",),
}
"""The formats that are read, by Pillow's names, with their suffixes. No other decoder is ever used."""
SUFFIXES = frozenset(suffix for suffixes in FORMATS.values() for suffix in suffixes)
MASK_SUFFIX = ".mask.png"
_ENDINGS = tuple(SUFFIXES)
MAX_PIXELS = 150_000_000
MAX_SIDE = 65_535
"""Larger images are refused without decoding: a forged header of a few bytes must not exhaust memory."""
_HEIC = re.compile(rb"he(ic|ix|im|is|vc|vx|vm|vs)")
MP_ENTRIES = 0xB002
"""The tag with the entries of a multi-picture JPEG (CIPA DC-007)."""
LABELS_IN_WORDS = 6
"""The number of kinds of left-out files that are named; the others are summed."""


class UnusableError(Exception):
    """Why an image cannot be decoded, in words."""


class Found(NamedTuple):
    """The result of scanning a folder.

    Args:
        images: sorted by path.
        left_out: the number of entries that are not images, by label: ``.heic``, ``no suffix``, ``*.mask.png`` (a mask
            without an image), ``not a file``, ``unlisted folder``. Hidden entries are not counted.
    """

    images: tuple[Path, ...]
    left_out: Mapping[str, int]


def is_image(path: Path) -> bool:
    """Whether the file has the name of an image (a foreground mask beside an image does not count)."""
    return _names_image(path.name)


def _names_image(name: str) -> bool:
    return name.lower().endswith(_ENDINGS) and not name.lower().endswith(MASK_SUFFIX) and name[0] != "."


def scan_images(folder: Path) -> Found:
    """All images below ``folder``, and counts of all other entries. Links are followed.

    An odd entry, such as a link to itself, affects no other; with the name of an image, it is an unreadable image.

    Raises:
        DataError: the folder cannot be listed.
    """
    images: list[str] = []
    left_out: Counter[str] = Counter()
    try:
        _scan(os.fspath(folder), images, left_out)
    except OSError as error:
        raise DataError(f"{folder}: the folder cannot be listed: {error.strerror}") from error
    return Found(tuple(map(Path, sorted(images))), left_out)


def find_images(folder: Path) -> Iterator[Path]:
    """The images that ``scan_images`` finds, in order. Raises the same errors."""
    return iter(scan_images(folder).images)


def _scan(folder: str, images: list[str], left_out: Counter[str], above: tuple[str, ...] = ()) -> None:
    with os.scandir(folder) as listed:
        entries = [entry for entry in listed if not entry.name.startswith(".")]
    files = [entry for entry in entries if not is_folder(entry)]
    own = [entry.path for entry in files if _names_image(entry.name) and _is_file(entry)]
    images += own
    left_out.update(left_out_labels(files, {foreground_beside(Path(path)).name for path in own}))
    within = (*above, os.path.realpath(folder))
    for entry in entries:
        if is_folder(entry) and os.path.realpath(entry.path) not in within:  # not a link that leads back up
            try:
                _scan(entry.path, images, left_out, within)
            except OSError as error:
                log.warning("left out: %s: the folder cannot be listed: %s", entry.path, error.strerror)
                left_out["unlisted folder"] += 1


def left_out_labels(files: Collection[os.DirEntry[str] | Path], masks: Collection[str]) -> Iterator[str]:
    """Labels of the entries that are neither images nor one of the ``masks`` beside them."""
    for entry in files:
        suffix = Path(entry.name).suffix.lower()
        if not _is_file(entry):
            yield "not a file"
        elif entry.name.lower().endswith(MASK_SUFFIX):
            if entry.name not in masks:
                yield f"*{MASK_SUFFIX}"
        elif not _names_image(entry.name):
            yield suffix if suffix[1:].isalnum() else "no suffix"


def _is_file(entry: os.DirEntry[str] | Path) -> bool:
    """Whether it is a file or a link, even a broken one: reading it then gives the error."""
    return entry.is_symlink() or entry.is_file()


def left_out_in_words(left_out: Mapping[str, int]) -> str:
    """What a scan left out, the most frequent kinds first; empty if nothing.

    >>> left_out_in_words({".heic": 3, ".pdf": 4})
    '7 files left out: .pdf 4, .heic 3'
    """
    if not left_out:
        return ""
    total = sum(left_out.values())
    counts = sorted(left_out.items(), key=lambda each: (-each[1], each[0]))
    named, others = counts[:LABELS_IN_WORDS], counts[LABELS_IN_WORDS:]
    named += [("others", sum(count for _, count in others))] if others else []
    return f"{total} file{'s' * (total != 1)} left out: {', '.join(f'{label} {count}' for label, count in named)}"


@dataclass(frozen=True, slots=True)
class Opened:
    """A decoded image.

    Args:
        pixels: ``uint8 [H, W, 3]``, sRGB, upright; the first of several frames.
        frames: the number of frames or pages of the file.
        name: the file name without suffix, for messages; ``<bytes>`` if it has none.
    """

    pixels: Image
    frames: int = 1
    name: str = ""


def read_image(path: Path) -> Image:
    """The pixels of ``open_image``, ``uint8 [H, W, 3]``. Raises UnreadableImageError."""
    return open_image(path).pixels


def open_image(source: Source) -> Opened:
    """Read any image as sRGB: turned upright by EXIF, alpha on white, deep images scaled, CMYK and palettes converted.

    Raises:
        UnreadableImageError: the file is missing, incomplete, too large, or not an image.
    """
    path = _name(source)
    try:
        with _stream(source) as stream:
            return _decoded(stream, path.stem)
    except Exception as error:  # decoders can raise anything, from SyntaxError to struct.error
        raise UnreadableImageError(path, _reason(error)) from error


@contextmanager
def _stream(source: Source) -> Iterator[BinaryIO]:
    """The source as a seekable file, at its start."""
    if isinstance(source, bytes):
        yield BytesIO(source)
    elif not isinstance(source, Path):
        yield source if source.seekable() else BytesIO(source.read())
    elif source.is_dir():
        raise UnusableError("it is a folder")
    elif not source.is_file():  # a pipe would block
        raise UnusableError("no such file")
    else:
        with source.open("rb") as file:
            yield file


def _decoded(stream: BinaryIO, name: str) -> Opened:
    stream.seek(0)
    head = stream.read(64)
    _require_supported(head)
    if head.startswith(JPEG):
        stream = BytesIO(decodable(head + stream.read()))
    elif head.startswith(PNG):
        content = head + stream.read()
        require_checksums(content)
        stream = BytesIO(content)
    PIL.ImageFile.LOAD_TRUNCATED_IMAGES = False  # a plugin may have set it; half an image must not be read
    with PIL.Image.open(stream, formats=tuple(FORMATS)) as file:
        _require_sane_size(file.width, file.height)
        frames = _frames(file)
        return Opened(np.array(to_srgb(file)), frames, name)


def _frames(file: PIL.Image.Image) -> int:
    """The number of frames, without the large previews that cameras append to a JPEG."""
    count: int = getattr(file, "n_frames", 1)
    entries = (getattr(file, "mpinfo", None) or {}).get(MP_ENTRIES, ())
    previews = [entry for entry in entries if entry["Attribute"]["MPType"].startswith("Large Thumbnail")]
    return count - len(previews)


def _require_supported(head: bytes) -> None:
    if not head:
        raise UnusableError("the file is empty")
    if head[4:8] == b"ftyp" and _HEIC.search(head, 8) and b"avif" not in head:
        raise UnusableError("HEIC is not supported; convert it to JPEG or PNG")


def _reason(error: Exception) -> str:
    if isinstance(error, UnusableError | IncompleteError):
        return str(error)
    if isinstance(error, PIL.UnidentifiedImageError):
        return f"damaged, or not in a supported format: {', '.join(FORMATS)}"
    return TRUNCATED if "truncated" in str(error) else f"{type(error).__name__}: {error}"


def _name(source: Source) -> Path:
    if isinstance(source, Path):
        return source
    name = getattr(source, "name", None)  # a file without a name has a number or nothing
    return Path(name) if isinstance(name, str) else Path("<bytes>")


def _require_sane_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise UnusableError(f"{width} x {height} exceeds {MAX_PIXELS:,} pixels, or {MAX_SIDE:,} on one side")


def read_mask(path: Path) -> Mask:
    """Read a mask as ``uint8 [H, W]``. Raises UnreadableImageError like ``read_image``."""
    return np.ascontiguousarray(cv2.cvtColor(read_image(path), cv2.COLOR_RGB2GRAY).astype(np.uint8))


def foreground_beside(path: Path) -> Path:
    """The path of an image's foreground mask, which need not exist: ``shoe.jpg`` -> ``shoe.mask.png``."""
    return path.with_name(path.stem + MASK_SUFFIX)


def write_image(path: Path, image: Image | Mask, *, quality: int = 95) -> None:
    """Write ``[H, W, 3]`` or ``[H, W]`` in the format of the suffix, atomically.

    Args:
        quality: for JPEG and WebP, 0 to 100. JPEG keeps colour at full resolution.

    Raises:
        DataError: the suffix is not in ``SUFFIXES``.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise DataError(f"{path}: cannot write images as {path.suffix!r}; use one of {', '.join(sorted(SUFFIXES))}")
    kind = PIL.Image.registered_extensions()[path.suffix.lower()]
    with replacing(path) as file:
        PIL.Image.fromarray(image).save(file, format=kind, quality=quality, subsampling="4:4:4")


def fit_square(image: NDArray[Scalar], size: int) -> NDArray[Scalar]:
    """Pad to a square by repeating the border, then resize to ``[size, size, ...]``: proportions are kept."""
    height, width = image.shape[:2]
    if height > width:
        return _transposed(fit_square(_transposed(image), size))
    rows = resize(image, height, size)  # the long axis first: a narrow image never becomes a huge square
    above = (width - height) // 2
    below = width - height - above
    return resize(np.pad(rows, [(above, below)] + [(0, 0)] * (image.ndim - 1), mode="edge"), size, size)


def place_in_square(height: int, width: int) -> tuple[int, int, int]:
    """The side of the square that ``fit_square`` pads an image to, and the rows above and columns left of the image."""
    side = max(height, width)
    return side, (side - height) // 2, (side - width) // 2


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

    Values stay within the range of ``image``.
    """
    if image.shape[:2] == (height, width):
        return image
    shrinks = height * width < image.shape[0] * image.shape[1]
    resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    resized = resized.reshape(height, width, *image.shape[2:])  # cv2 drops a channel axis of length 1
    if image.dtype == np.float32:
        resized = resized.clip(image.min(), image.max())
    return resized.astype(image.dtype)
