"""Adds a visible watermark: words or a logo over a photo, once or tiled."""

from __future__ import annotations

import numpy as np

from mendkit.contracts import Image, Mask, Pair, Photo, Resources

from .coverage import draw_coverage
from .ink import Ink, contrasting_ink, draw_ink, is_visible, lay_on, truths_of

ATTEMPTS, INKS = 9, 3
"""The numbers of shapes, and of inks for each shape, to try until a mark is visible."""


class WatermarkSynthesizer:
    """Pairs of a photo with a watermark (source) and the photo itself (target)."""

    def __call__(self, photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
        """Make a pair of the size of ``photo``, with a mark that is visible on any photo, and its truths."""
        source, coverage, ink = _marked(photo.pixels, rng)
        differs = (source != photo.pixels).any(axis=2)
        return Pair(source, photo.pixels, differs.astype(np.uint8) * 255, truths_of(photo.pixels, coverage, ink))


def _marked(pixels: Image, rng: np.random.Generator) -> tuple[Image, Mask, Ink]:
    """The photo with a mark, the coverage of the mark, and its ink."""
    for attempt in range(ATTEMPTS):
        if attempt % INKS == 0:
            coverage = draw_coverage(rng, *pixels.shape[:2])
        ink = draw_ink(rng, coverage)
        marked = lay_on(pixels, coverage, ink)
        if is_visible(pixels, marked, coverage):
            return marked, coverage, ink
    ink = contrasting_ink(pixels, coverage)
    return lay_on(pixels, coverage, ink), coverage, ink
