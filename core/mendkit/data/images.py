"""Reading and writing images: any mode in, ``uint8 [H, W, 3]`` sRGB out; writes are atomic."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as PIL
from PIL import ImageOps

from ..contracts import Image, Mask
from ..errors import UnreadableImageError

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"})
MASK_SUFFIX = ".mask.png"
MAX_PIXELS = 200_000_000
"""Larger images are refused, not decoded: a few bytes of a forged header must not take all memory."""


def is_image(path: Path) -> bool:
    """Whether the file's name is that of an image (a foreground mask beside an image is none)."""
    return path.suffix.lower() in SUFFIXES and not path.name.endswith(MASK_SUFFIX) and not path.name.startswith(".")


def find_images(folder: Path) -> Iterator[Path]:
    """All images below ``folder``, sorted by their path."""
    return iter(sorted(path for path in folder.rglob("*") if is_image(path) and path.is_file()))


def read_image(path: Path) -> Image:
    """Read any image as sRGB: EXIF turned upright, alpha on white, 16-bit scaled, CMYK and palettes converted.

    Raises:
        UnreadableImageError: the file is missing, truncated, too large, or no image.
    """
    try:
        with PIL.open(path) as file:
            if file.width * file.height > MAX_PIXELS:
                raise ValueError(f"{file.width} x {file.height} pixels are more than {MAX_PIXELS:,}")
            return np.asarray(_as_rgb(ImageOps.exif_transpose(file)))
    except Exception as error:  # decoders raise anything, from SyntaxError to struct.error
        raise UnreadableImageError(path, f"{type(error).__name__}: {error}") from error


def _as_rgb(image: PIL.Image) -> PIL.Image:
    if image.mode.startswith("I") or image.mode == "F":
        image = _as_8_bit(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = PIL.alpha_composite(PIL.new("RGBA", image.size, "white"), image)
    return image.convert("RGB")


def _as_8_bit(image: PIL.Image) -> PIL.Image:
    values = np.asarray(image, dtype=np.float64)
    full_scale = 65535.0 if values.max(initial=0) > 255 else 255.0
    return PIL.fromarray((values.clip(0, full_scale) * (255.0 / full_scale)).round().astype(np.uint8), "L")


def read_mask(path: Path) -> Mask:
    """Read a mask as ``uint8 [H, W]``. Raises UnreadableImageError like ``read_image``."""
    return np.ascontiguousarray(cv2.cvtColor(read_image(path), cv2.COLOR_RGB2GRAY).astype(np.uint8))


def foreground_beside(path: Path) -> Path:
    """Where the foreground mask of an image lies, if it has one: ``shoe.jpg`` -> ``shoe.mask.png``."""
    return path.with_name(path.stem + MASK_SUFFIX)


def write_image(path: Path, image: Image, *, quality: int = 95) -> None:
    """Write an image in the format of its suffix, whole or not at all (temporary file, then replace)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
    try:
        with os.fdopen(handle, "wb") as file:
            PIL.fromarray(image).save(file, format=PIL.registered_extensions()[path.suffix.lower()], quality=quality)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def fit_square(image: Image, size: int) -> Image:
    """Pad to a square by repeating the border, then resize to ``[size, size, 3]``: proportions are kept."""
    height, width = image.shape[:2]
    side = max(height, width)
    if height != width:
        top, left = (side - height) // 2, (side - width) // 2
        bottom, right = side - height - top, side - width - left
        image = cv2.copyMakeBorder(image, top, bottom, left, right, cv2.BORDER_REPLICATE).astype(np.uint8)
    return resize(image, size, size)


def unfit_square(square: Image, height: int, width: int) -> Image:
    """Undo ``fit_square``: from a square of any size back to ``[height, width, C]``."""
    side = max(height, width)
    full = resize(square, side, side)
    top, left = (side - height) // 2, (side - width) // 2
    return full[top : top + height, left : left + width]


def resize(image: Image, height: int, width: int) -> Image:
    """Resize ``[H, W]`` or ``[H, W, C]``: by area average when it shrinks, bicubic when it grows."""
    if image.shape[:2] == (height, width):
        return image
    shrinks = height * width < image.shape[0] * image.shape[1]
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC).astype(
        image.dtype
    )
