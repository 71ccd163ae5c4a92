"""Procedural patterns: each draws a map ``[H, W]`` in [0, 1], which two colours turn into a surface."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]
Pattern = Callable[[np.random.Generator, int, int], Map]


def plain(rng: np.random.Generator, height: int, width: int) -> Map:
    """One tone."""
    return np.full((height, width), rng.random(), np.float32)


def linear(rng: np.random.Generator, height: int, width: int) -> Map:
    """A gradient in any direction."""
    angle = rng.uniform(0, 2 * np.pi)
    return _normalised(_column(height) * np.sin(angle) + _row(width) * np.cos(angle))


def radial(rng: np.random.Generator, height: int, width: int) -> Map:
    """A spot of light that falls off from any centre."""
    y, x = rng.uniform(0.2, 0.8, 2)
    return _normalised(np.exp(-((_column(height) - y) ** 2 + (_row(width) - x) ** 2) / rng.uniform(0.1, 0.5)))


def clouds(rng: np.random.Generator, height: int, width: int) -> Map:
    """Noise of several octaves: paper, concrete, marble, blurred rooms."""
    cells, fade = int(rng.integers(2, 7)), rng.uniform(0.4, 0.8)
    octaves = (fade**k * noise(rng, height, width, cells << k, cells << k) for k in range(4))
    return _normalised(sum(octaves, np.zeros((height, width), np.float32)))


def grain(rng: np.random.Generator, height: int, width: int) -> Map:
    """Stretched noise, with joints between boards: wood."""
    across = int(rng.integers(12, 40))
    fibres = noise(rng, height, width, across, 2) + 0.5 * noise(rng, height, width, 3 * across, 4)
    boards = int(rng.integers(1, 7))
    place = _column(height) * boards % 1
    tone = rng.random(boards + 1).astype(np.float32)[(_column(height) * boards).astype(int)]
    return _jointed(_normalised(fibres + tone), place < 0.04 * (boards > 1), 0.3)


def planks(rng: np.random.Generator, height: int, width: int) -> Map:
    """Rows of boards, each shifted and of its own tone: laminate, parquet."""
    rows = int(rng.integers(4, 13))
    y = _column(height) * rows
    row = y.astype(int)
    x = _row(width) * rng.uniform(0.8, 2) + rng.random(rows + 1, np.float32)[row]
    tone = rng.random((rows + 1, 4), np.float32)[row, x.astype(int)]
    fibres = noise(rng, height, width, 8 * rows, 4) + 0.6 * noise(rng, height, width, 20 * rows, 12)
    surface = _normalised(fibres + rng.uniform(0.3, 1.2) * tone)
    return _jointed(surface, (y % 1 < rng.uniform(0.02, 0.07)) | (x % 1 < 0.01), rng.uniform(0.3, 0.8))


def folds(rng: np.random.Generator, height: int, width: int) -> Map:
    """A cloth in soft folds with some creases, lit from one side."""
    angle, count = rng.uniform(0, np.pi), rng.uniform(1, 5)
    along = _column(height) * np.float32(count * np.sin(angle)) + _row(width) * np.float32(count * np.cos(angle))
    bent = along + np.float32(rng.uniform(0.5, 2)) * noise(rng, height, width, 4, 4)
    slope = np.sin(2 * np.pi * bent, dtype=np.float32) * noise(rng, height, width, 3, 3)
    ridges = 1 - np.abs(2 * noise(rng, height, width, 4, 4) - 1)
    return _normalised(slope + np.float32(rng.uniform(0, 1)) * ridges**6)


def pile(rng: np.random.Generator, height: int, width: int) -> Map:
    """Short threads with worn areas: carpet, felt, terry cloth."""
    fine = rng.uniform(0.3, 0.9)
    threads = noise(rng, height, width, max(1, round(fine * height)), max(1, round(fine * width)))
    return _normalised(threads + rng.uniform(0.2, 1) * noise(rng, height, width, 6, 6))


def stripes(rng: np.random.Generator, height: int, width: int) -> Map:
    """Stripes in any direction, soft or hard."""
    angle, count = rng.uniform(0, np.pi), rng.uniform(3, 16)
    wave = np.sin(2 * np.pi * count * (_column(height) * np.sin(angle) + _row(width) * np.cos(angle)))
    return np.asarray(0.5 + 0.5 * np.clip(wave * rng.uniform(1, 6), -1, 1), np.float32)


def weave(rng: np.random.Generator, height: int, width: int) -> Map:
    """Threads over and under each other: fabric."""
    count = rng.uniform(10, 30)
    threads = np.sin(2 * np.pi * count * _column(height)) * np.sin(2 * np.pi * count * _row(width))
    return _normalised(threads + noise(rng, height, width, 5, 5) + 0.7 * noise(rng, height, width, 64, 64))


def tiles(rng: np.random.Generator, height: int, width: int) -> Map:
    """A grid of tiles that differ a little, with joints."""
    count, joint = int(rng.integers(2, 9)), rng.uniform(0.02, 0.1)
    y, x = _column(height) * count, _row(width) * count
    x = x + rng.choice([0, 0.5]) * (y.astype(int) % 2)
    tone = 0.7 + 0.3 * rng.random((count + 1, count + 2), np.float32)
    return _jointed(tone[y.astype(int), x.astype(int)], (y % 1 < joint) | (x % 1 < joint), 0.4)


def checks(rng: np.random.Generator, height: int, width: int) -> Map:
    """A chequered cloth."""
    count = int(rng.integers(3, 12))
    stripes_down, stripes_across = _column(height) * count % 1 < 0.5, _row(width) * count % 1 < 0.5
    return (0.5 * stripes_down + 0.5 * stripes_across).astype(np.float32)


def noise(rng: np.random.Generator, height: int, width: int, rows: int, columns: int) -> Map:
    """Smooth noise in [0, 1] from ``rows`` x ``columns`` random values."""
    grid = rng.random((min(rows, height), min(columns, width)), np.float32)
    return cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC).clip(0, 1).astype(np.float32)


def _jointed(surface: Map, joints: NDArray[np.bool_], tone: float) -> Map:
    return (surface * np.where(joints, np.float32(tone), np.float32(1))).astype(np.float32)


def _normalised(values: NDArray[np.floating]) -> Map:
    low, high = values.min(), values.max()
    return np.asarray((values - low) / max(high - low, 1e-6), np.float32)


def _column(height: int) -> Map:
    return np.linspace(0, 1, height, endpoint=False, dtype=np.float32)[:, None]


def _row(width: int) -> Map:
    return np.linspace(0, 1, width, endpoint=False, dtype=np.float32)[None, :]


SMOOTH: tuple[Pattern, ...] = (plain, linear, radial)
TEXTURED: tuple[Pattern, ...] = (clouds, grain, planks, folds, pile, stripes, weave, tiles, checks)
