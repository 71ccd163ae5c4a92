"""A sheet of images with labels, as one image: for training at intervals, and for documents."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont

from ..contracts.photo import Image, Mask

SMALLEST_CELL = 128
"""Smaller images are enlarged by a whole factor, pixel by pixel, so that they are visible and labels fit."""

GAP = 8
FONT_SIZE = 13
PAPER, INK = "white", (40, 40, 40)


def contact_sheet(
    rows: Sequence[Sequence[Image | Mask | None]], *, titles: Sequence[str] = (), row_titles: Sequence[str] = ()
) -> Image:
    """Draw images on white, one row per item, as ``uint8 [H, W, 3]``.

    Args:
        rows: images ``[h, w, 3]`` or masks ``[h, w]``; None leaves a gap. A smaller image is centred in its cell.
        titles: above the columns, from the left.
        row_titles: above the rows, from the top; rows without a title are close together.

    Raises:
        ValueError: there are no images.
    """
    cells = [[None if image is None else _enlarged(image) for image in row] for row in rows]
    images = [image for row in cells for image in row if image is not None]
    if not images:
        raise ValueError("a contact sheet needs at least one image")
    height, width = max(image.height for image in images), max(image.width for image in images)
    total = GAP + max(len(row) for row in cells) * (width + GAP)
    strips = [_labels(titles, width, total)] if titles else []
    for index, row in enumerate(cells):
        strips += [_labels([title], total - 2 * GAP, total) for title in row_titles[index : index + 1]]
        strips.append(_strip(row, height, width, total))
    return np.concatenate([np.asarray(strip) for strip in strips])


def _enlarged(image: Image | Mask) -> Pillow.Image:
    factor = -(-SMALLEST_CELL // max(image.shape[:2]))
    return Pillow.fromarray(image.repeat(factor, axis=0).repeat(factor, axis=1)).convert("RGB")


def _labels(texts: Sequence[str], width: int, total: int) -> Pillow.Image:
    """A line of texts, each at the left edge of its column of ``width`` px."""
    line = Pillow.new("RGB", (total, FONT_SIZE + GAP), PAPER)
    font = ImageFont.load_default(FONT_SIZE)
    for column, text in enumerate(texts):
        ImageDraw.Draw(line).text((GAP + column * (width + GAP), GAP // 2), _shortened(text, width, font), INK, font)
    return line


def _strip(images: Sequence[Pillow.Image | None], height: int, width: int, total: int) -> Pillow.Image:
    """Images side by side, each centred in its cell."""
    strip = Pillow.new("RGB", (total, height + GAP), PAPER)
    for column, image in enumerate(images):
        if image is not None:
            left = GAP + column * (width + GAP) + (width - image.width) // 2
            strip.paste(image, (left, (height - image.height) // 2))
    return strip


def _shortened(text: str, width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    """The text, ending in dots if it is wider than ``width`` px."""
    short = text
    while short and font.getlength(short if short == text else f"{short}...") > width:
        short = short[:-1]
    return text if short == text else f"{short}..."
