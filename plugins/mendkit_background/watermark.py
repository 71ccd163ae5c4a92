"""Adds a visible watermark: words, a logo, a badge, a stamp or a frame over a photo, once or tiled."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from mendkit.contracts import Image, Mask, Pair, Photo, Resources
from mendkit.errors import ConfigError

from .compression import compressed
from .marks.ink import Overlay, contrasting, difference, draw_overlay, is_visible, lay_on, recoloured
from .marks.kinds import draw_mark
from .marks.printing import print_on
from .marks.typefaces import Typeface, find_typefaces

ATTEMPTS, INKS = 9, 3
"""The numbers of shapes times inks, and of inks for each shape, to try until a mark is visible."""
TRIED_SIDE = 96
"""Of larger photos, only some pixels are used to try whether a mark is visible."""
NOISE = 2
"""Compression changes pixels beside the mark by this many levels, which nobody sees, and the mask leaves out."""
QUALITIES = (40, 96)
"""JPEG qualities, from the first to below the second."""


class WatermarkSynthesizer:
    """Pairs of a photo with a watermark (source) and without it (target).

    A part of the photos gets a print on the product first, in source and target: text on a product is not a mark. A
    part is compressed as JPEG after the mark, as shops do. Then the target is compressed in the same way. So the two
    are equal except in the blocks of the mark, and the mask, which is where they differ, has the noise of compression
    around the mark, but not that in the rest of the photo, which a model would else learn to redraw.

    Pairs have the truths ``alpha`` and ``ink``, except those that are compressed, for which no ink makes the source.

    Args:
        fonts: folder of ``.ttf`` and ``.otf`` files to write with, besides the typeface that is embedded in Pillow,
            which has only ASCII. Words in other scripts are written if a file has all their glyphs. The same seed gives
            the same pair where the folder has the same files.
        printed: how often something is printed on the product, in [0, 1].
        compressed: how often the pair is compressed, in [0, 1].

    Raises:
        ConfigError: an option is out of its range, or ``fonts`` has no fonts that can be read.
    """

    def __init__(self, fonts: str | Path | None = None, printed: float = 0.15, compressed: float = 0.25) -> None:
        for name, share in (("printed", printed), ("compressed", compressed)):
            if not 0 <= share <= 1:
                raise ConfigError(f"watermark: {name} must lie in 0 to 1, got {share}")
        self._typefaces = find_typefaces(fonts)
        self._printed, self._compressed = printed, compressed

    def __call__(self, photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
        """Make a pair of the size of ``photo``, with a mark that is visible on any photo."""
        target = photo.pixels
        if rng.random() < self._printed:
            target = print_on(rng, self._typefaces, target)
        source, truths = lay_on(target, _visible_overlay(rng, self._typefaces, target))
        if rng.random() >= self._compressed:
            return Pair(source, target, _mask(source, target, 0), truths)
        quality = int(rng.integers(*QUALITIES))
        source, target = compressed(source, quality), compressed(target, quality)
        return Pair(source, target, _mask(source, target, NOISE))


def _mask(source: Image, target: Image, most: int) -> Mask:
    """255 where the two differ by more than ``most`` levels."""
    return np.asarray(cv2.inRange(difference(source, target), most + 1, 255), np.uint8)


def _visible_overlay(rng: np.random.Generator, typefaces: tuple[Typeface, ...], pixels: Image) -> Overlay:
    """A mark that can be seen on the photo, neither too small nor so large that it hides the product."""
    step = max(1, min(pixels.shape[:2]) // TRIED_SIDE)
    some = np.ascontiguousarray(pixels[::step, ::step])
    for attempt in range(ATTEMPTS):
        if attempt % INKS == 0:
            layer, opacities = draw_mark(rng, typefaces, *pixels.shape[:2])
        overlay = draw_overlay(rng, layer, opacities)
        if attempt % INKS:
            overlay = recoloured(rng, overlay)
        if is_visible(some, overlay.every(step)):
            return overlay
    return contrasting(pixels, overlay)
