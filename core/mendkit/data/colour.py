"""Any image that Pillow opens, to upright 8-bit sRGB."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms

from .icc import matrix_profile

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation -> what makes the image upright (EXIF 2.32, tag 0x0112)."""
BITS_PER_SAMPLE, PHOTOMETRIC, MIN_IS_WHITE = 258, 262, 0
"""Tags of TIFF, and the value of the second for images whose white is 0."""
GREY = ("1", "L", "LA")
PROFILE_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}
"""Colour space of a profile -> mode of the images that it is for."""
SAME = 2
"""A profile that moves no colour by more than this, of 255, is sRGB but for rounding: pixels stay as they are."""


def to_srgb(image: Image.Image) -> Image.Image:
    """The image as mode ``RGB``: turned upright, its colour profile applied, and transparency laid on white.

    Where there is nothing to do it is ``image`` itself. Deep images are scaled to 8 bits from the range that their
    file, their mode or their values suggest. PNG's gamma and primaries count where there is no profile. Damaged EXIF
    data and colour profiles are passed over: they are no reason to lose an image.
    """
    colour, alpha = _parted(image)
    colour = _in_srgb(colour, image.info)
    if alpha is not None:
        colour = Image.composite(colour, Image.new("RGB", colour.size, "white"), alpha)
    return _upright(colour, image)


def _parted(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """The image in a mode of ``PROFILE_MODES``, and its transparency, if it has any, as mode ``L``."""
    if image.mode.startswith("I") or image.mode == "F":
        return _with_8_bits(image)
    if image.mode == "La":  # Pillow knows only the way over LA
        image = image.convert("LA")
    grey = image.mode in GREY
    if image.has_transparency_data:
        with_alpha = _keyed(image).convert("RGBA")
        red, *_, alpha = with_alpha.split()
        return red if grey else with_alpha.convert("RGB"), alpha
    mode = "L" if grey else image.mode
    return _as(mode if mode in PROFILE_MODES.values() else "RGB", image), None


def _keyed(image: Image.Image) -> Image.Image:
    """With a transparent colour of 16 bits as one of 8 bits, to which Pillow has reduced the pixels."""
    key = image.info.get("transparency")
    if not (image.mode == "RGB" and isinstance(key, tuple) and max(key) > 255):
        return image
    image = image.copy()
    image.info["transparency"] = tuple(value >> 8 for value in key)
    return image


def _upright(image: Image.Image, original: Image.Image) -> Image.Image:
    try:
        orientation = original.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # EXIF of unknown cameras raises anything
        return image
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image


def _with_8_bits(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    tags = getattr(image, "tag_v2", {})
    values = np.nan_to_num(np.asarray(image, dtype=np.float64), nan=0.0, posinf=np.inf, neginf=-np.inf)
    peak = values.max(where=np.isfinite(values), initial=0.0)
    full = _full_scale(image.mode, tags.get(BITS_PER_SAMPLE, (16,))[0], peak)
    share = values.clip(0, full) / full
    if tags.get(PHOTOMETRIC) == MIN_IS_WHITE:
        share = 1 - share
    key = image.info.get("transparency")
    return _grey(share), _grey(values != key) if isinstance(key, int) else None


def _grey(share: NDArray[np.float64] | NDArray[np.bool_]) -> Image.Image:
    return Image.fromarray((share * 255.0).round().astype(np.uint8))


def _full_scale(mode: str, bits: int, peak: float) -> float:
    """The value of white. Where the mode leaves it open, that of the usual ranges which suits the largest value."""
    if mode.startswith("I;16"):
        return 2.0**bits - 1
    if mode == "F" and peak < 16:  # 0 to 1, with some room for highlights; 16 of 255 would be a black image
        return 1.0
    return 255.0 if peak < 256 else 65535.0


def _in_srgb(image: Image.Image, info: dict[str | tuple[int, int], object]) -> Image.Image:
    profile = _profile(info)
    transform = _from_profile(profile) if profile else None
    if transform and transform.input_mode == "RGB" and image.mode == "L":
        image = image.convert("RGB")
    if transform and transform.input_mode == image.mode:
        return transform.apply(image)
    return _from_lab().apply(image) if image.mode == "LAB" else _as("RGB", image)


def _as(mode: str, image: Image.Image) -> Image.Image:
    """In another mode; without the copy that Pillow makes where it is the same."""
    return image if image.mode == mode else image.convert(mode)


def _profile(info: dict[str | tuple[int, int], object]) -> bytes | None:
    """The colour profile; of a PNG, the first of what it may have: a profile, sRGB, gamma and primaries."""
    profile = info.get("icc_profile")
    if isinstance(profile, bytes) and profile:
        return profile
    gamma, primaries = info.get("gamma"), info.get("chromaticity")
    if "srgb" in info or not (gamma or primaries):
        return None
    return matrix_profile(
        gamma if isinstance(gamma, float) else None, primaries if isinstance(primaries, tuple) else None
    )


@lru_cache(maxsize=16)
def _from_profile(profile: bytes) -> ImageCms.ImageCmsTransform | None:
    """From the space of a profile to sRGB; None if that changes nothing, or if the profile is of no use."""
    try:
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        mode = PROFILE_MODES[given.profile.xcolor_space.strip()]
        transform = ImageCms.buildTransform(given, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, TypeError, KeyError):
        return None
    return None if mode in ("RGB", "L") and _changes_nothing(transform) else transform


@lru_cache(maxsize=1)
def _from_lab() -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether colours of all kinds stay what they are: told by the curves and primaries, not by the profile's name."""
    levels = np.arange(0, 256, 15, dtype=np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    greys = np.arange(256, dtype=np.uint8)[None]
    probes = [greys] if transform.input_mode == "L" else [colours, np.dstack([greys] * 3)]
    return all(_largest_change(transform, Image.fromarray(probe)) <= SAME for probe in probes)


def _largest_change(transform: ImageCms.ImageCmsTransform, image: Image.Image) -> int:
    before, after = (np.asarray(each, dtype=np.int16) for each in (image.convert("RGB"), transform.apply(image)))
    return int(np.abs(after - before).max())
