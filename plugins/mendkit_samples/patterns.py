"""Patterns of materials, woven, grown or dyed: functions of surface coordinates, from 0 (base) to 1 (accent)."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from .surfaces import Plane

Pattern = Callable[[Plane, Plane], Plane]


def plain() -> Pattern:
    """One colour."""
    return lambda u, v: np.zeros_like(u)


def noise(rng: np.random.Generator, scale_u: float, scale_v: float) -> Pattern:
    """Smooth noise, roughly -1 to 1, with ``scale_u`` and ``scale_v`` bumps along a length of 1."""
    table = rng.uniform(-1, 1, (32, 32)).astype(np.float32)
    # OpenCV wraps around at the edge of a table only for points near it: repeat some rows, and wrap the points here.
    table = np.pad(table, ((1, 2), (1, 2)), mode="wrap")
    shift_u, shift_v = rng.uniform(0, 32, 2).tolist()

    def sample(u: Plane, v: Plane) -> Plane:
        columns, rows = _wrapped(u * scale_u + shift_u, 32) + 1, _wrapped(v * scale_v + shift_v, 32) + 1
        return cv2.remap(table, columns, rows, cv2.INTER_CUBIC).astype(np.float32, copy=False)

    return sample


def _wrapped(values: Plane, period: float) -> Plane:
    """The remainder, some times faster than NumPy's."""
    remainder: Plane = values - period * np.floor(values * (1 / period))
    return remainder


def stripes(rng: np.random.Generator) -> Pattern:
    """Stripes across, along or aslant."""
    angle = rng.choice([0.0, 0.5, 0.5, 0.25]) * np.pi
    count, share = rng.uniform(6, 18), rng.uniform(0.25, 0.6)
    du, dv = float(count * np.cos(angle)), float(count * np.sin(angle))
    return lambda u, v: (_wrapped(du * u + dv * v, 1.0) < share).astype(np.float32)


def checks(rng: np.random.Generator) -> Pattern:
    """Gingham: two crossing bands."""
    count = float(rng.uniform(7, 14))

    def sample(u: Plane, v: Plane) -> Plane:
        bands = [(_wrapped(count * axis, 1.0) < 0.5).astype(np.float32) for axis in (u, v)]
        return 0.5 * (bands[0] + bands[1])

    return sample


def dots(rng: np.random.Generator) -> Pattern:
    """Polka dots, every other row shifted."""
    count, radius = float(rng.uniform(8, 16)), float(rng.uniform(0.2, 0.33))

    def sample(u: Plane, v: Plane) -> Plane:
        row = np.floor(count * v)
        across = _wrapped(count * u + 0.5 * _wrapped(row, 2), 1.0) - 0.5
        down = count * v - row - 0.5
        inside: Plane = (across**2 + down**2 < radius**2).astype(np.float32)
        return inside

    return sample


def zigzag(rng: np.random.Generator) -> Pattern:
    """Chevrons."""
    count, share = float(rng.uniform(7, 14)), float(rng.uniform(0.35, 0.6))
    return lambda u, v: (_wrapped(count * v + np.abs(_wrapped(count * u, 2.0) - 1.0), 1.0) < share).astype(np.float32)


def leaves(count: int) -> Pattern:
    """Pages of a closed book: ``count`` lines along a u from 0 to 1."""
    return lambda u, v: (_wrapped(count * u, 1.0) < 0.5).astype(np.float32)


def heather(rng: np.random.Generator) -> Pattern:
    """Fine flecks of yarn."""
    flecks = noise(rng, 300, 150)
    return lambda u, v: 0.5 + 0.5 * flecks(u, v)


def grain(rng: np.random.Generator, *, upright: bool = False) -> Pattern:
    """Wood: wavy years and fine fibres along u, or along v if ``upright``."""
    bend, fibres = noise(rng, 2, 4), noise(rng, 6, 120)
    count = float(rng.uniform(8, 16))

    def sample(u: Plane, v: Plane) -> Plane:
        along, across = (v, u) if upright else (u, v)
        years = 0.5 + 0.5 * np.sin(2 * np.pi * (count * across + 1.2 * bend(along, across)))
        return np.clip(0.65 * years + 0.35 * fibres(along, across), 0, 1).astype(np.float32)

    return sample


FABRICS = (stripes, checks, dots, zigzag)
"""Patterns of two colours that cloth, paper and ceramics carry."""
