"""A picture at full size, computed row by row. Imports numpy but not torch."""

from __future__ import annotations

from typing import Protocol

from .photo import Image


class Layer(Protocol):
    """A photo, or one computed from it: rows are computed on request, which saves memory."""

    @property
    def height(self) -> int:
        """H, in pixels."""

    @property
    def width(self) -> int:
        """W, in pixels."""

    def rows(self, start: int, stop: int) -> Image:
        """Rows ``start`` to ``stop``: ``uint8 [stop - start, W, 3]``, not to be changed in place."""
