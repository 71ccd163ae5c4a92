"""Any image that Pillow opens, to upright 8-bit sRGB."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import ExifTags, Image, ImageCms

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


def to_srgb(image: Image.Image) -> Image.Image:
    """The image as mode ``RGB``: turned upright, its colour profile applied, and transparency laid on white.

    Deep images are scaled to 8 bits from the range that their mode or their values suggest. Damaged EXIF data and
    colour profiles are passed over: they are no reason to lose an image.
    """
    image = _upright(_with_8_bits(image))
    if image.has_transparency_data:
        image = _in_srgb(image.convert("RGBA"))
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return _in_srgb(image).convert("RGB")


def _upright(image: Image.Image) -> Image.Image:
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # EXIF of unknown cameras raises anything
        return image
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image


def _with_8_bits(image: Image.Image) -> Image.Image:
    if not (image.mode.startswith("I") or image.mode == "F"):
        return image
    values = np.nan_to_num(np.asarray(image, dtype=np.float64), nan=0.0, posinf=np.inf, neginf=-np.inf)
    full = _full_scale(image.mode, values.max(where=np.isfinite(values), initial=0.0))
    grey = Image.fromarray((values.clip(0, full) * (255 / full)).round().astype(np.uint8))
    grey.info = image.info
    return grey


def _full_scale(mode: str, peak: float) -> float:
    """The value of white. Where the mode leaves it open, that of the usual ranges which suits the largest value."""
    if mode.startswith("I;16"):
        return 65535.0
    if mode == "F" and peak < 16:  # 0 to 1, with some room for highlights; 16 of 255 would be a black image
        return 1.0
    return 255.0 if peak < 256 else 65535.0


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.pop("icc_profile", None)
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    try:
        given = ImageCms.ImageCmsProfile(BytesIO(profile))
        if (given.profile.profile_description or "").lower().startswith("srgb"):
            return image
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, TypeError):
        return image
