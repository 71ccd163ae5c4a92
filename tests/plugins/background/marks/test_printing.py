from __future__ import annotations

import numpy as np
import pytest

from mendkit.contracts import Image
from mendkit_background.marks.printing import print_on
from mendkit_background.marks.typefaces import EMBEDDED


def test_prints_are_on_the_product_only(product: Image) -> None:
    changed = 0
    for seed in range(30):
        printed = print_on(np.random.default_rng(seed), (EMBEDDED,), product)
        differs = (printed != product).any(axis=2)
        assert not differs[(product == 255).all(axis=2)].any()
        changed += differs.any()
    assert changed > 20


def test_prints_are_dark_where_the_product_is(product: Image) -> None:
    shaded = product.copy()
    shaded[:, :32] //= 3
    for seed in range(30):
        printed = print_on(np.random.default_rng(seed), (EMBEDDED,), shaded)
        assert printed[30:54, 14:32].max() <= 255 * 0.5  # it is a third as bright, and the shade is blurred a little


@pytest.mark.parametrize("level", [0, 128, 255])
def test_nothing_is_printed_without_a_product_on_white(level: int) -> None:
    page = np.full((64, 64, 3), level, np.uint8)
    assert print_on(np.random.default_rng(0), (EMBEDDED,), page) is page


def test_nothing_is_printed_on_what_is_too_thin() -> None:
    page = np.full((64, 64, 3), 255, np.uint8)
    page[30:33] = 0
    assert print_on(np.random.default_rng(0), (EMBEDDED,), page) is page
