"""Several products in one photo: a pair, a row of the same, or different things side by side or overlapping."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .studio import Studio

Maker = Callable[[Studio], None]


def arrange(studio: Studio, first: Maker, second: Maker) -> None:
    """Draw a pair or a row of what the first makes, or a group of what both make."""
    studio.pick((_pair, _row, _group))(studio, first, second)


def _made(studio: Studio, maker: Maker, size: float) -> Studio:
    helper = studio.helper(size)
    maker(helper)
    return helper


def _pair(studio: Studio, first: Maker, _: Maker) -> None:
    """The same thing twice: shifted, turned or mirrored, the second partly hidden by the first."""
    one = _made(studio, first, 0.7)
    gap, drop = studio.between(0.08, 0.22), studio.between(-0.1, 0.1)
    turn = studio.pick((0.0, 0.0, studio.between(-30, 30)))
    studio.place(one, (0.5 + gap, 0.5 - drop), 0.55, turn=turn, mirrored=studio.chance(0.3))
    studio.place(one, (0.5 - gap, 0.5 + drop), 0.55 * studio.between(0.97, 1.03))


def _row(studio: Studio, first: Maker, _: Maker) -> None:
    """Two to five of a kind in different colours, side by side."""
    count = int(studio.rng.integers(2, 6))
    length = 0.85 / count * studio.between(0.9, 1.3)
    for x in np.linspace(0.1, 0.9, count + 2)[1:-1].tolist():
        studio.place(_made(studio, first, max(length, 0.35)), (x, 0.5), length)


def _group(studio: Studio, first: Maker, second: Maker) -> None:
    """Two to five things of two kinds, of different sizes, loosely beside and in front of each other."""
    count = int(studio.rng.integers(2, 6))
    for x in studio.rng.permutation(np.linspace(0.28, 0.72, count)).tolist():
        length = studio.between(0.2, 0.45)
        studio.place(
            _made(studio, studio.pick((first, second)), 0.5), (x, 0.65 - length / 2 + studio.between(-0.1, 0.1)), length
        )
