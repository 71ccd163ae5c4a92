"""Outlines as points ``[N, 2]`` (x, y) in the unit square, x to the right and y down."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float32]
XY = tuple[float, float]


def polygon(points: Iterable[XY]) -> Points:
    """Straight lines between the points."""
    return np.array(list(points), np.float32)


def smooth(points: Iterable[XY], *, closed: bool = True, steps: int = 10) -> Points:
    """A Catmull-Rom curve through the points; a point given twice in a row makes a corner."""
    knots = polygon(points)
    padded = np.concatenate([knots[-1:], knots, knots[:2]] if closed else [knots[:1], knots, knots[-1:]])
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[:, None]
    before, start, end, after = (padded[i : len(padded) - 3 + i] for i in range(4))
    apart = (start != end).any(axis=1)  # between equal points the curve would only make a loop
    before, start, end, after = (knots[apart, None] for knots in (before, start, end, after))
    curve = start + 0.5 * t * (
        end - before + t * (2 * before - 5 * start + 4 * end - after + t * (3 * (start - end) + after - before))
    )
    points_on_it = curve.reshape(-1, 2)
    return points_on_it if closed else np.concatenate([points_on_it, knots[-1:]])


def monotone(knots: Iterable[XY]) -> list[XY]:
    """A smooth profile (y, radius) through the knots, sorted by y; no radius falls below 0.01."""
    profile = smooth(knots, closed=False)
    return [(y, max(radius, 0.01)) for y, radius in sorted(profile.tolist())]


def ellipse(x: float, y: float, radius_x: float, radius_y: float, *, start: float = 0, end: float = 360) -> Points:
    """An ellipse around (x, y), or its arc between two angles in degrees, clockwise from the right."""
    angles = np.radians(np.linspace(start, end, 73 if end - start >= 360 else 37))
    return np.column_stack([x + radius_x * np.cos(angles), y + radius_y * np.sin(angles)]).astype(np.float32)


def rectangle(left: float, top: float, right: float, bottom: float, radius: float = 0.0) -> Points:
    """A rectangle with rounded corners."""
    radius = min(radius, (right - left) / 2, (bottom - top) / 2)
    corners = [(right, bottom, 0), (left, bottom, 90), (left, top, 180), (right, top, 270)]
    arcs = []
    for x, y, angle in corners:
        inwards = radius if x == left else -radius, radius if y == top else -radius
        arcs.append(ellipse(x + inwards[0], y + inwards[1], radius, radius, start=angle, end=angle + 90))
    return np.concatenate(arcs)


def moved(points: Points, x: float, y: float) -> Points:
    """The points, further to the right by x and down by y."""
    return points + np.array((x, y), np.float32)


def mirrored(points: Iterable[XY], axis: float = 0.5) -> list[XY]:
    """The points, then their mirror images about the line x = axis, backwards: half an outline becomes a whole.

    Points on the line are not repeated.
    """
    half = list(points)
    return half + [(2 * axis - x, y) for x, y in reversed(half) if x != axis]


def scaled(points: Points, x: float, y: float, radius_x: float, radius_y: float, *, degrees: float = 0.0) -> Points:
    """Points around (0, 0), turned by an angle (clockwise), stretched, and moved to (x, y)."""
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    stretched = points * np.array((radius_x, radius_y), np.float32)
    return np.asarray(stretched @ np.array([[cos, sin], [-sin, cos]]) + (x, y), np.float32)


def turned(points: Iterable[XY], degrees: float, centre: XY = (0.5, 0.5)) -> Points:
    """The points, turned by an angle (clockwise) about a centre."""
    return scaled(polygon(points) - np.array(centre, np.float32), *centre, 1.0, 1.0, degrees=degrees)


def boulder(rng: np.random.Generator, roughness: float, *, squareness: float = 1.0) -> Points:
    """A closed outline about (0, 0) that every ray meets once, at most 1 from it; round for a roughness of 0.

    A ``squareness`` below 1 gives it corners.
    """
    angles = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    radius = np.ones_like(angles)
    for wave in range(2, 9):
        radius += roughness / wave * rng.uniform(-1, 1) * np.cos(wave * angles + rng.uniform(0, 2 * np.pi))
    x, y = (np.sign(wave) * np.abs(wave) ** squareness for wave in (np.cos(angles), np.sin(angles)))
    outline = np.column_stack([x, y]) * np.maximum(radius, 0.15)[:, None]
    return np.asarray(outline / np.abs(outline).max(), np.float32)


def tube(points: Iterable[XY], widths: Iterable[float]) -> Points:
    """The outline of a limb along a smooth line through the points, as wide at each as its width."""
    knots = list(points)
    line = smooth(knots, closed=False)
    along = np.linspace(0, len(knots) - 1, len(line))
    width = np.interp(along, np.arange(len(knots)), list(widths))
    ahead = np.gradient(line, axis=0)
    normals = np.column_stack([-ahead[:, 1], ahead[:, 0]]) / np.maximum(np.hypot(*ahead.T), 1e-6)[:, None]
    half = normals * (width / 2)[:, None]
    return np.concatenate([line + half, (line - half)[::-1]]).astype(np.float32)


def wander(rng: np.random.Generator, start: XY, end: XY, sway: float, knots: int = 4) -> Points:
    """A smooth line from one point to another that sways to both sides."""
    share = np.linspace(0, 1, knots + 2)[:, None]
    line = np.array(start) * (1 - share) + np.array(end) * share
    line[1:-1] += rng.uniform(-sway, sway, (knots, 2))
    return smooth([(float(x), float(y)) for x, y in line], closed=False)


def along(outline: Points, count: int) -> Points:
    """So many points at equal distances along a closed outline."""
    closed = np.concatenate([outline, outline[:1]])
    lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(closed, axis=0).T))])
    steps = np.linspace(0, lengths[-1], count, endpoint=False)
    return np.column_stack([np.interp(steps, lengths, axis) for axis in closed.T]).astype(np.float32)
