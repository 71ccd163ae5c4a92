"""The references of a photo: a few other photos of the same product, made small, and the photo itself."""

from __future__ import annotations

import numpy as np

from mendkit.contracts import Photo, Siblings, Stack
from mendkit.data.images import fit_square


class Itself:
    """The photo to mend, so that its colors can be compared with those of the references.

    Args:
        size: its side, px: colors need no detail.
    """

    def __init__(self, size: int = 32) -> None:
        self.size = size

    def __call__(self, photo: Photo, siblings: Siblings, rng: np.random.Generator) -> Stack:
        """``[1, size, size, 3]``."""
        return fit_square(photo.pixels, self.size)[None]


class References:
    """Siblings of the photo, drawn at random.

    Args:
        most: maximum number.
        size: the side of each, px.
    """

    def __init__(self, most: int = 3, size: int = 32) -> None:
        self.most = most
        self.size = size

    def __call__(self, photo: Photo, siblings: Siblings, rng: np.random.Generator) -> Stack:
        """``[K, size, size, 3]``, K from 0 to ``most``."""
        squares = [fit_square(sibling.pixels, self.size) for sibling in siblings.draw(rng, self.most)]
        return np.stack(squares) if squares else np.zeros((0, self.size, self.size, 3), np.uint8)
