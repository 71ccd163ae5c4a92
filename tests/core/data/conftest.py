"""What tests of data share: a root in a temporary folder, and images put into it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mendkit.data.images import write_image

Put = Callable[..., list[Path]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


@pytest.fixture
def put(root: Path) -> Put:
    """Write an image at each of the paths below ``root``, all with different pixels unless ``grey`` is given."""
    written = 0

    def write(*names: str, width: int = 4, height: int = 3, grey: int | None = None) -> list[Path]:
        nonlocal written
        for name in names:
            image = np.full((height, width, 3), 200 if grey is None else grey, np.uint8)
            if grey is None:
                image[0, 0] = (written // 256, written % 256, 7)
                written += 1
            write_image(root / name, image)
        return [root / name for name in names]

    return write
