"""Converts any image that Pillow opens to upright 8-bit sRGB."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, ImageFile

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
"""EXIF orientation -> the operation that makes the image upright (EXIF 2.32, tag 0x0112)."""
BITS_PER_SAMPLE, PHOTOMETRIC, MIN_IS_WHITE = 258, 262, 0
"""TIFF tags, and the value of the second for images whose white is 0."""
GREY = ("1", "L", "LA")
EXPANDED = {"L;2": 85, "L;4": 17}
"""The factors by which Pillow multiplies grey levels of 2 and 4 bits, but not the transparent level."""
PROFILE_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab": "LAB"}
"""Colour space of a profile -> mode of its images."""
SAME = 2
"""A profile that changes no colour by more than this, of 255, is sRGB up to rounding: pixels stay as they are."""


def to_srgb(image: Image.Image) -> Image.Image:
    """The image as mode ``RGB``: turned upright, its colour profile applied, and transparency laid on white.

    If there is nothing to do, the result is ``image`` itself. Deep images are scaled to 8 bits from the range that
    their file, mode or values suggest. Without a profile, the gamma and primaries of a PNG are used. Damaged EXIF data
    and colour profiles are ignored: they are no reason to lose an image.
    """
    key = _transparent_colour(image)
    image.load()
    colour = _in_srgb(_opaque(image), image.info)
    alpha = _alpha(image) if key is None else _unlike(image, key)
    if alpha is not None:
        colour = Image.composite(colour, Image.new("RGB", colour.size, "white"), alpha)
    return _upright(colour, image)


def _transparent_colour(image: Image.Image) -> int | NDArray[np.intp] | None:
    """The colour that means transparent, in the levels of the loaded pixels."""
    key = image.info.get("transparency")
    if image.mode not in (*GREY, "RGB", "I;16") or not isinstance(key, int | tuple):
        return None
    raw = image.tile[0][3] if isinstance(image, ImageFile.ImageFile) and image.tile else None
    if isinstance(key, int):
        return key * EXPANDED.get(raw, 1) if isinstance(raw, str) else key
    return np.array(key) >> (8 if max(key) > 255 or raw == "RGB;16B" else 0)


def _unlike(image: Image.Image, key: int | NDArray[np.intp]) -> Image.Image:
    unlike = np.asarray(image) != key
    return _grey(unlike.any(axis=-1) if unlike.ndim == 3 else unlike)


def _alpha(image: Image.Image) -> Image.Image | None:
    if not image.has_transparency_data:
        return None
    last = image.getbands()[-1]
    return image.getchannel(last) if last in "Aa" else image.convert("RGBA").getchannel("A")


def _opaque(image: Image.Image) -> Image.Image:
    """The colours without transparency, in a mode of ``PROFILE_MODES``."""
    if image.mode.startswith("I") or image.mode == "F":
        return _with_8_bits(image)
    if image.mode in ("La", "RGBa", "P"):  # Pillow converts only through these modes, or warns
        image = image.convert("LA" if image.mode == "La" else "RGBA")
    mode = "L" if image.mode in GREY else image.mode
    return _as(mode if mode in PROFILE_MODES.values() else "RGB", image)


def _upright(image: Image.Image, original: Image.Image) -> Image.Image:
    try:
        orientation = original.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # EXIF of unknown cameras can raise anything
        return image
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image


def _with_8_bits(image: Image.Image) -> Image.Image:
    tags = getattr(image, "tag_v2", {})
    values = np.nan_to_num(np.asarray(image, dtype=np.float64), nan=0.0, posinf=np.inf, neginf=-np.inf)
    peak = values.max(where=np.isfinite(values), initial=0.0)
    full = _full_scale(image.mode, tags.get(BITS_PER_SAMPLE, (16,))[0], peak)
    share = values.clip(0, full) / full
    return _grey(1 - share if tags.get(PHOTOMETRIC) == MIN_IS_WHITE else share)


def _grey(share: NDArray[np.float64] | NDArray[np.bool_]) -> Image.Image:
    return Image.fromarray((share * 255.0).round().astype(np.uint8))


def _full_scale(mode: str, bits: int, peak: float) -> float:
    """The value of white. If the mode does not say, it is the usual range that fits the largest value."""
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
    """Convert to another mode, without the copy that Pillow makes if it is the same."""
    return image if image.mode == mode else image.convert(mode)


def _profile(info: dict[str | tuple[int, int], object]) -> bytes | None:
    """The colour profile; for a PNG, from the first that exists of: a profile, sRGB, gamma and primaries."""
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
    """The transform from the space of a profile to sRGB; None if it changes nothing, or if the profile is unusable."""
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
    """Whether all colours stay the same: this depends on the curves and primaries, not on the profile's name."""
    levels = np.arange(0, 256, 15, dtype=np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    greys = np.arange(256, dtype=np.uint8)[None]
    probes = [greys] if transform.input_mode == "L" else [colours, np.dstack([greys] * 3)]
    return all(_largest_change(transform, Image.fromarray(probe)) <= SAME for probe in probes)


def _largest_change(transform: ImageCms.ImageCmsTransform, image: Image.Image) -> int:
    before, after = (np.asarray(each, dtype=np.int16) for each in (image.convert("RGB"), transform.apply(image)))
    return int(np.abs(after - before).max())
