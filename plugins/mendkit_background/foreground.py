"""Two rough ways to find the product of a real photo: a trained segmenter, if installed, and GrabCut."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import Any

import cv2
import numpy as np

from mendkit.contracts import Image, Mask
from mendkit.data.images import resize
from mendkit.errors import MendkitError

WORKING_SIZE = 96
"""Longer side, px, at which GrabCut works: its time grows with the pixels, and its outline is rough at any size."""
ITERATIONS = 3
NO_BOX = (0, 0, 0, 0)
FRAME = 0.03
"""GrabCut takes a frame of this share of the photo as background, and starts with an ellipse as product."""
REACHES = (0.55, 0.38, 0.7)
"""Half axes of the ellipse, as shares of the photo. The next is tried if GrabCut finds nothing plausible."""
LEAST_PART = 0.1
"""Parts smaller than this share of the largest one are dropped, such as dirt on the floor."""
LEAST_SHARE, MOST_SHARE = 0.02, 0.95
"""A foreground that covers less or more of the photo than this has missed the product."""


class SegmenterError(MendkitError):
    """rembg is installed but does not run."""


def is_plausible(foreground: Mask) -> bool:
    """Whether a foreground, 0 to 255, is plausible for a product: neither nearly empty nor nearly full."""
    return bool(LEAST_SHARE <= (foreground >= 128).mean() <= MOST_SHARE)


def has_rembg() -> bool:
    """Whether the extra ``cutout`` is installed."""
    return find_spec("rembg") is not None


def rembg_foreground(pixels: Image) -> Mask:
    """The foreground ``[H, W]``, 0 to 255, by rembg's default network.

    Raises:
        SegmenterError: rembg or its weights cannot be loaded.
    """
    import rembg

    return np.asarray(rembg.remove(pixels, session=_rembg_session(), only_mask=True), np.uint8)


@cache
def _rembg_session() -> Any:
    try:
        from rembg import new_session

        return new_session()
    except (Exception, SystemExit) as error:  # rembg exits the interpreter if it lacks a backend
        raise SegmenterError(
            f"rembg is installed but its segmenter cannot be loaded: {error}; let it download its weights once "
            "(`rembg d`), or `pip uninstall rembg` to use GrabCut instead"
        ) from error


def grabcut_foreground(pixels: Image) -> Mask:
    """The foreground ``[H, W]``, 0 to 255, by GrabCut (Rother et al. 2004); all 0 if it finds none.

    Deterministic, but seeds OpenCV's own random generator.
    """
    height, width = pixels.shape[:2]
    shrink = min(1.0, WORKING_SIZE / max(height, width))
    small = resize(pixels, max(1, round(height * shrink)), max(1, round(width * shrink)))
    attempts = (large_parts(_grabcut(small, reach)) for reach in REACHES)
    found = next(filter(is_plausible, attempts), np.zeros(small.shape[:2], np.uint8))
    return cv2.resize(found, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.uint8)


def _grabcut(pixels: Image, reach: float) -> Mask:
    """1 where GrabCut finds the product, starting from an ellipse with the half axes ``reach``."""
    height, width = pixels.shape[:2]
    return grabcut(pixels, _first_guess(height, width, reach), ITERATIONS)


def grabcut(pixels: Image, labels: Mask, iterations: int) -> Mask:
    """1 where GrabCut finds the product, starting from its labels, which it changes; all 0 if it cannot start."""
    cv2.setRNGSeed(0)  # GrabCut starts from k-means, which draws from OpenCV's own generator
    try:
        cv2.grabCut(pixels, labels, NO_BOX, np.empty(0), np.empty(0), iterations, cv2.GC_INIT_WITH_MASK)
    except cv2.error:  # too few pixels on one side to fit colours
        return np.zeros_like(labels)
    return np.isin(labels, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)


def _first_guess(height: int, width: int, reach: float) -> Mask:
    labels = np.full((height, width), cv2.GC_PR_BGD, np.uint8)
    axes = (max(1, int(width * reach)), max(1, int(height * reach)))
    cv2.ellipse(labels, (width // 2, height // 2), axes, 0, 0, 360, int(cv2.GC_PR_FGD), -1)
    frame = max(1, round(FRAME * min(height, width)))
    labels[:frame] = labels[-frame:] = cv2.GC_BGD
    labels[:, :frame] = labels[:, -frame:] = cv2.GC_BGD
    return labels


def large_parts(found: Mask) -> Mask:
    """255 where ``found`` is 1, except in small parts."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(found, connectivity=8)
    area = stats[:, cv2.CC_STAT_AREA].copy()
    area[0] = 0  # label 0 is background
    large = area >= max(1, LEAST_PART * area.max())
    return np.where(large[labels], 255, 0).astype(np.uint8)
