"""Builds a colour profile from a gamma and primaries, as PNG files state them."""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

SRGB_PRIMARIES = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
"""x and y of white, red, green and blue (IEC 61966-2-1)."""
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
SRGB_GAMMA = 1 / 2.2
"""What PNG files state for the curve of sRGB."""
GAMMA_TOLERANCE = 0.05
"""libpng ignores smaller differences."""
D50 = np.array([0.9642, 1.0, 0.8249])
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
POWER, SRGB_LIKE = 0, 3
"""Kinds of parametric curves."""


def matrix_profile(gamma: float | None = None, primaries: tuple[float, ...] | None = None) -> bytes | None:
    """An ICC profile (ICC.1:2010, three-component matrix) of an RGB space.

    Args:
        gamma: the encoding exponent, as in PNG's gAMA; None for the curve of sRGB.
        primaries: x and y of white, red, green and blue, as in PNG's cHRM; None for those of sRGB.

    Returns:
        None if the numbers do not describe a colour space.
    """
    columns = _columns(np.array(primaries or SRGB_PRIMARIES).reshape(4, 2))
    if columns is None or (gamma is not None and gamma <= 0):
        return None
    is_srgb = gamma is None or abs(gamma / SRGB_GAMMA - 1) < GAMMA_TOLERANCE
    curve = _curve(SRGB_LIKE, *SRGB_CURVE) if is_srgb else _curve(POWER, 1 / (gamma or 1))
    tags = {b"wtpt": _xyz(D50)}
    for name, column in zip(b"rgb", columns.T, strict=True):
        tags |= {bytes([name]) + b"XYZ": _xyz(column), bytes([name]) + b"TRC": curve}
    return _file(tags)


def _columns(points: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """XYZ of red, green and blue as columns ``[3, 3]``, adapted to D50."""
    x, y = points.T
    if y.min() <= 0:
        return None
    white, *colours = np.stack([x / y, np.ones(4), (1 - x - y) / y], axis=-1)
    primaries = np.array(colours).T
    if abs(np.linalg.det(primaries)) < 1e-6:
        return None
    adapted = np.linalg.inv(BRADFORD) @ np.diag(BRADFORD @ D50 / (BRADFORD @ white)) @ BRADFORD
    columns: NDArray[np.float64] = adapted @ (primaries * np.linalg.solve(primaries, white))
    return columns if np.isfinite(columns).all() and np.abs(columns).max() < 4 else None


def _file(tags: dict[bytes, bytes]) -> bytes:
    start = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, content in tags.items():
        table += name + struct.pack(">II", start + len(body), len(content))
        body += content
    size = start + len(body)
    header = struct.pack(">I4xI4s4s4s12x4s28x", size, 0x04200000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    return (header + _numbers(*D50)).ljust(128, b"\0") + table + body


def _xyz(values: NDArray[np.float64]) -> bytes:
    return b"XYZ \0\0\0\0" + _numbers(*values)


def _curve(kind: int, *parameters: float) -> bytes:
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + _numbers(*parameters)


def _numbers(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)
