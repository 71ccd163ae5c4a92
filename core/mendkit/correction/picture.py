"""Opens what Python code can pass as a photo."""

from __future__ import annotations

import os
from collections.abc import Iterable
from io import TextIOBase
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import PIL.Image

from ..contracts.photo import Image
from ..data.color import to_srgb
from ..data.images import Opened, open_image
from ..errors import MendkitError, UnreadableImageError, described
from ..files import Identity

Picture = Image | str | Path | bytes | BinaryIO | PIL.Image.Image
"""An array ``uint8 [H, W, 3]`` sRGB, a path, bytes, an open binary file, or a Pillow image."""


def open_picture(picture: Picture) -> Opened:
    """Decode a photo of any kind.

    Raises:
        UnreadableImageError: it cannot be decoded.
        MendkitError: it is none of these, or an array of another shape or type.
    """
    require_picture(picture)
    if isinstance(picture, str | os.PathLike):
        return open_image(Path(picture))
    if isinstance(picture, np.ndarray):
        return Opened(picture)
    return _open_pillow(picture) if isinstance(picture, PIL.Image.Image) else open_image(picture)


def _open_pillow(image: PIL.Image.Image) -> Opened:
    try:
        return Opened(np.array(to_srgb(image.copy())))
    except Exception as error:  # Pillow decodes when pixels are needed, and decoders can raise anything
        path = Path(getattr(image, "filename", "") or "<Pillow image>")
        raise UnreadableImageError(path, f"{type(error).__name__}: {error}") from error


def require_picture(picture: Any) -> None:
    """Raise MendkitError if it is not a photo; nothing is read."""
    if isinstance(picture, np.ndarray):
        if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or not picture.size:
            raise MendkitError(f"a photo as an array must be uint8 [H, W, 3], got {described(picture)}")
    elif not isinstance(picture, str | os.PathLike | bytes | PIL.Image.Image) and not _is_binary_file(picture):
        raise MendkitError(
            "a photo must be a path, bytes, an open binary file, a Pillow image or an array uint8 [H, W, 3], "
            f"got {described(picture)}"
        )


def _is_binary_file(picture: Any) -> bool:
    return hasattr(picture, "read") and not isinstance(picture, TextIOBase)


def other_photos(photo: Picture, photos: Iterable[Picture]) -> tuple[Picture, ...]:
    """Those of ``photos`` that are not the photo itself: neither the same object nor the same file."""
    own = _file_of(photo)
    return tuple(each for each in photos if each is not photo and (own is None or _file_of(each) != own))


def _file_of(picture: Picture) -> str | None:
    return Identity.of(Path(picture)).path if isinstance(picture, str | os.PathLike) else None


def as_references(references: Iterable[Picture]) -> tuple[Picture, ...]:
    """The references as a tuple. Raises MendkitError if they are not a list of photos."""
    one_alone = isinstance(references, str | os.PathLike | bytes | PIL.Image.Image) or hasattr(references, "read")
    one_alone |= isinstance(references, np.ndarray) and references.ndim != 4
    if one_alone or not isinstance(references, Iterable):
        remedy = "put it in a list" if one_alone else "leave them out if there are none"
        raise MendkitError(f"references must be a list of photos, got {described(references)}; {remedy}")
    given = tuple(references)
    for picture in given:
        require_picture(picture)
    return given
