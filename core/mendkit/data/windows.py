"""Windows of the photos of local tasks, which training cuts out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..contracts.pair import Pair

ATTEMPTS = 4
"""The number of windows to try until one shows a part of the defect."""


def window_of(pair: Pair, side: int, rng: np.random.Generator) -> Pair:
    """A random window ``[side, side]`` of a pair, with the truths that have a value for each pixel; others stay.

    It shows a part of the defect, unless that is small. A smaller pair is returned as it is.
    """
    height, width = size = pair.source.shape[:2]
    if height <= side or width <= side:
        return pair
    for _ in range(ATTEMPTS):
        top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
        place = slice(top, top + side), slice(left, left + side)
        if pair.mask is None or pair.mask[place].any():
            break

    def cut(values: NDArray[Any]) -> NDArray[Any]:
        return np.ascontiguousarray(values[place]) if values.shape[:2] == size else values

    mask = None if pair.mask is None else cut(pair.mask)
    return Pair(cut(pair.source), cut(pair.target), mask, {name: cut(truth) for name, truth in pair.truths.items()})
