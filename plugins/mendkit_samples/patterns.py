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


def tiled(table: Plane, per_u: float, per_v: float, rng: np.random.Generator, *, cubic: bool = False) -> Pattern:
    """A table ``[h, w]`` or ``[h, w, c]`` that repeats, ``per_u`` and ``per_v`` cells along a length of 1."""
    rows, columns = table.shape[:2]
    # OpenCV wraps around at the edge of a table only for points near it: repeat some rows, and wrap the points here.
    padded = np.pad(table, ((1, 2), (1, 2), (0, 0))[: table.ndim], mode="wrap")
    shift_u, shift_v = (rng.uniform(0, 1, 2) * (columns, rows)).tolist()
    method = cv2.INTER_CUBIC if cubic else cv2.INTER_LINEAR

    def sample(u: Plane, v: Plane) -> Plane:
        x, y = _wrapped(u * per_u + shift_u, columns) + 1, _wrapped(v * per_v + shift_v, rows) + 1
        return cv2.remap(padded, x, y, method).astype(np.float32, copy=False)

    return sample


def noise(rng: np.random.Generator, scale_u: float, scale_v: float) -> Pattern:
    """Smooth noise, roughly -1 to 1, with ``scale_u`` and ``scale_v`` bumps along a length of 1."""
    table = rng.uniform(-1, 1, (32, 32)).astype(np.float32)
    return tiled(table, scale_u, scale_v, rng, cubic=True)


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


def tartan(rng: np.random.Generator) -> Pattern:
    """Crossing bands of several widths."""
    count = float(rng.uniform(4, 9))
    sett = np.repeat(rng.permutation([0.0, 1.0, 0.15, 0.8, 0.0, 0.4]), rng.integers(2, 12, 6)).astype(np.float32)
    table = 0.5 * (sett + sett[:, None])
    return tiled(table, count * len(sett) / 2, count * len(sett) / 2, rng)


def camouflage(rng: np.random.Generator) -> Pattern:
    """Blotches of three tones."""
    large, small = noise(rng, rng.uniform(5, 9), rng.uniform(7, 12)), noise(rng, 14, 18)

    def sample(u: Plane, v: Plane) -> Plane:
        level = large(u, v) + 0.35 * small(u, v)
        blotches: Plane = 0.5 * (level > -0.12).astype(np.float32) + 0.5 * (level > 0.25).astype(np.float32)
        return blotches

    return sample


def marbled(rng: np.random.Generator) -> Pattern:
    """Soft veins and clouds: marble, batik, tie-dye."""
    bend, count = noise(rng, 3, 3), float(rng.uniform(2, 6))
    fine = noise(rng, 8, 8)
    return lambda u, v: np.abs(np.sin(count * (u + 0.5 * v) + 3 * bend(u, v) + fine(u, v))).astype(np.float32) ** 3


def motifs(rng: np.random.Generator) -> Pattern:
    """A repeated print: flowers with petals, stars or leaves, strewn in a loose grid."""
    side, table = 160, np.zeros((160, 160), np.float32)
    for _ in range(int(rng.integers(3, 9))):
        (x, y), radius = rng.uniform(0, side, 2), rng.uniform(10, 26)
        petals, waist, turn = int(rng.integers(2, 8)), rng.uniform(0.15, 0.7), rng.uniform(0, 6.3)
        angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
        reach = radius * (waist + (1 - waist) * np.abs(np.cos(petals * angles / 2)))
        outline = np.column_stack([x + reach * np.cos(angles + turn), y + reach * np.sin(angles + turn)])
        for shift in np.ndindex(3, 3):
            moved = outline + (np.array(shift) - 1) * side
            cv2.fillPoly(table, [np.round(moved * 16).astype(np.int32)], rng.choice([1.0, 0.6]), cv2.LINE_AA, 4)
    scale = side * float(rng.uniform(2.5, 6))
    return tiled(table, scale, scale, rng)


def holes(rng: np.random.Generator) -> Pattern:
    """A net of holes."""
    fine, share = float(rng.uniform(12, 45)), float(rng.uniform(0.1, 0.45))
    slant = float(rng.choice([0.0, 1.0]))

    def sample(u: Plane, v: Plane) -> Plane:
        x, y = (_wrapped(np.asarray(fine * axis, np.float32), 1.0) - 0.5 for axis in (u + slant * v, v - slant * u))
        return np.asarray(np.maximum(np.abs(x), np.abs(y)) < share, np.float32)

    return sample


def openwork(rng: np.random.Generator) -> Pattern:
    """Holes of lace: between flowers, or scattered."""
    flowers = motifs(rng)
    net = holes(rng)
    return lambda u, v: net(u, v) * (flowers(u, v) < 0.3)


MESHES = (holes, openwork)
"""Where netting and lace are open."""
FABRICS = (stripes, checks, dots, zigzag, tartan, camouflage, marbled, motifs)
"""Patterns of two colours that cloth, paper and ceramics carry."""


def drawn(rng: np.random.Generator) -> Pattern:
    """Any pattern of cloth; stripes and prints are the most common."""
    kinds = (*FABRICS, stripes, motifs)
    return kinds[rng.integers(len(kinds))](rng)


def sheen(rng: np.random.Generator) -> Pattern:
    """A broad soft gradient, as screens and mirrors reflect it."""
    slant, shift = float(rng.uniform(-1, 1)), float(rng.uniform(0, 1))
    return lambda u, v: (0.5 + 0.5 * np.sin(3 * (slant * u + v + shift))).astype(np.float32)
