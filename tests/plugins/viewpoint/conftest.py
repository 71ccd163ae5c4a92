from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from mendkit.contracts import Image, Photo


class NoResources:
    """A data root without any resources."""

    def draw(self, kind: str, rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8] | None:
        return None


@pytest.fixture
def no_resources() -> NoResources:
    return NoResources()


@pytest.fixture
def draw_product() -> Callable[[int, int], Photo]:
    """A photo of a dark board with a red corner, which fills the middle of a white frame."""

    def draw(height: int, width: int) -> Photo:
        pixels: Image = np.full((height, width, 3), 255, np.uint8)
        pixels[height // 8 : height - height // 8, width // 8 : width - width // 8] = (40, 60, 80)
        pixels[height // 8 : height // 2, width // 8 : width // 2] = (200, 30, 30)
        return Photo(pixels)

    return draw
