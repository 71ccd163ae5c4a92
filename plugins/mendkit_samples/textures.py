"""Fine structure of materials: brightness of threads and grain, and slopes of folds and bumps.

All are tables that repeat without a seam, looked up at surface coordinates.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from .patterns import Pattern, tiled
from .surfaces import Plane

Relief = Callable[[Plane, Plane], tuple[Plane, Plane]]
"""Slopes (x, y) at each point of a surface."""
CELLS = 128
"""Length of a table."""


def _clouds(rng: np.random.Generator, waves_u: float, waves_v: float, smoothness: float = 2.0) -> Plane:
    """Noise ``[CELLS, CELLS]`` of mean 0 and deviation 1 that repeats; about so many waves fit along u and v."""
    across, down = np.fft.rfftfreq(CELLS, 1 / CELLS), np.fft.fftfreq(CELLS, 1 / CELLS)[:, None]
    frequency = np.sqrt((across / waves_u) ** 2 + (down / waves_v) ** 2)
    spectrum = np.fft.rfft2(rng.standard_normal((CELLS, CELLS))) / (1 + frequency ** (2 * smoothness))
    spectrum[0, 0] = 0
    field = np.fft.irfft2(spectrum, (CELLS, CELLS))
    return np.asarray(field / field.std(), np.float32)


def _brightness(rng: np.random.Generator, table: Plane, per_u: float, per_v: float, depth: float) -> Pattern:
    """Factors around 1 with deviation ``depth``."""
    factors = 1 + depth * (table - table.mean()) / max(float(table.std()), 1e-6)
    return tiled(factors.astype(np.float32), CELLS * per_u, CELLS * per_v, rng)


def weave(rng: np.random.Generator) -> Pattern:
    """Threads over and under, from linen to canvas."""
    rows, columns = np.indices((CELLS, CELLS)) * (2 * np.pi * 16 / CELLS)
    threads = np.sin(rows) * np.sin(columns) + rng.uniform(0.2, 0.8) * _clouds(rng, 3, 40)
    threads = threads + rng.uniform(0.2, 0.8) * _clouds(rng, 40, 3)
    return _brightness(rng, threads, rng.uniform(4, 11), rng.uniform(4, 11), rng.uniform(0.02, 0.09))


def twill(rng: np.random.Generator) -> Pattern:
    """Denim's diagonal ribs, worn unevenly."""
    rows, columns = np.indices((CELLS, CELLS)) * (2 * np.pi * 16 / CELLS)
    ribs = np.sin(rows + columns) + 0.7 * _clouds(rng, 40, 12) + 0.6 * _clouds(rng, 2, 3)
    return _brightness(rng, ribs, rng.uniform(4, 7), rng.uniform(4, 7), rng.uniform(0.05, 0.12))


def knit(rng: np.random.Generator) -> Pattern:
    """Columns of V-shaped stitches."""
    rows, columns = np.indices((CELLS, CELLS)) * (16 / CELLS)
    bent = rows + 0.9 * np.abs(columns % 1 - 0.5)
    stitches = np.sin(2 * np.pi * bent) + 1.2 * np.abs(np.sin(np.pi * columns)) + 0.3 * _clouds(rng, 30, 30)
    fineness = rng.uniform(2, 8)
    return _brightness(rng, stitches, fineness, 0.8 * fineness, rng.uniform(0.03, 0.11))


def nap(rng: np.random.Generator) -> Pattern:
    """Pile of towels, suede and shaggy rugs."""
    tufts = _clouds(rng, 28, 28, 3) + 0.6 * _clouds(rng, 3, 3)
    fineness = rng.uniform(1.5, 5)
    return _brightness(rng, tufts, fineness, fineness, rng.uniform(0.02, 0.12))


def fibres(rng: np.random.Generator, depth: float = 0.05) -> Pattern:
    """Long scratches or strands along u: brushed metal, slubs of yarn, hair."""
    return _brightness(rng, _clouds(rng, 1.5, 48, 3), 2, rng.uniform(2, 5), depth)


def speckle(rng: np.random.Generator) -> Pattern:
    """The faint grain of moulded plastic, stone and paper."""
    return _brightness(rng, _clouds(rng, 60, 60) + 0.8 * _clouds(rng, 2, 2), 3, 3, rng.uniform(0.005, 0.035))


def wicker(rng: np.random.Generator) -> Pattern:
    """Straw or rattan plaited over upright stakes."""
    rows, columns = np.indices((CELLS, CELLS)) * (8 / CELLS)
    odd = np.floor(rows) % 2
    strands = np.abs(np.sin(np.pi * rows)) * (0.6 + 0.4 * np.cos(2 * np.pi * (columns / 2 + 0.5 * odd)))
    straw = strands + 0.18 * _clouds(rng, 4, 40)
    return _brightness(rng, straw, rng.uniform(2, 5), rng.uniform(3, 7), rng.uniform(0.1, 0.22))


CLOTHS = (weave, weave, twill, knit, knit, nap, fibres, speckle)
"""Textures that cloth may have."""


def _slopes(rng: np.random.Generator, height: Plane, per_u: float, per_v: float, strength: float) -> Relief:
    """The slopes of a table of heights, with the given deviation."""
    slopes = [np.roll(height, 1, axis) - np.roll(height, -1, axis) for axis in (1, 0)]
    table = np.dstack(slopes)
    table *= strength / table.std()
    look_up = tiled(table.clip(-3 * strength, 3 * strength), CELLS * per_u, CELLS * per_v, rng)

    def relief(u: Plane, v: Plane) -> tuple[Plane, Plane]:
        both = look_up(u, v)
        return both[..., 0], both[..., 1]

    return relief


def folds(rng: np.random.Generator, strength: float) -> Relief:
    """Soft folds and sharper creases of cloth, longer in one direction."""
    long, short = rng.uniform(0.8, 2.5), rng.uniform(2, 7)
    waves_u, waves_v = (long, short) if rng.uniform() < 0.35 else (short, long)
    soft = _clouds(rng, waves_u, waves_v, 1.6)
    creases = -np.abs(_clouds(rng, 0.7 * waves_u, 0.7 * waves_v, 1.9))
    height = soft + rng.uniform(0.3, 1.8) * creases.astype(np.float32)
    return _slopes(
        rng,
        np.asarray(cv2.GaussianBlur(height, (0, 0), 1), np.float32),
        rng.uniform(0.7, 1.3),
        rng.uniform(0.7, 1.3),
        strength,
    )


def pebbles(rng: np.random.Generator, strength: float) -> Relief:
    """The grain of leather."""
    height = -(np.abs(_clouds(rng, 16, 16, 2)) ** 0.7)
    fineness = rng.uniform(1.5, 5)
    return _slopes(rng, np.asarray(height, np.float32), fineness, fineness, strength)


def dents(rng: np.random.Generator, strength: float) -> Relief:
    """Slight unevenness of hand-made or pressed things."""
    return _slopes(rng, _clouds(rng, 2, 2, 2.5), 0.7, 0.7, strength)
