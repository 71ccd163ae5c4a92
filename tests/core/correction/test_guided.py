from __future__ import annotations

import numpy as np

from mendkit.correction.guided import guided_coefficients


def two_colours(columns: int, edge: int) -> np.ndarray:
    guide = np.full((columns, columns, 3), (0.2, 0.4, 0.6), np.float32)
    guide[:, edge:] = (0.9, 0.8, 0.1)
    return guide


def test_with_the_small_guide_the_model_gives_the_small_mask_back() -> None:
    rng = np.random.default_rng(0)
    guide, mask = rng.random((12, 12, 3), np.float32), rng.random((12, 12), np.float32)
    line = guided_coefficients(guide, mask)
    np.testing.assert_allclose((line[..., :3] * guide).sum(-1) + line[..., 3], mask, atol=1e-4)


def test_at_an_edge_of_the_guide_the_model_tells_the_two_colours_apart() -> None:
    mask = np.zeros((8, 8), np.float32)
    mask[:, 4:] = 1
    line = guided_coefficients(two_colours(8, 4), mask)[4, 4]
    assert abs(line[:3] @ (0.2, 0.4, 0.6) + line[3]) < 0.01
    assert abs(line[:3] @ (0.9, 0.8, 0.1) + line[3] - 1) < 0.01


def test_a_flat_guide_says_nothing_about_the_mask() -> None:
    mask = np.zeros((8, 8), np.float32)
    mask[:, 4:] = 1
    line = guided_coefficients(np.full((8, 8, 3), 0.5, np.float32), mask)
    np.testing.assert_allclose(line[..., :3], 0, atol=1e-6)
    np.testing.assert_allclose(line[..., 3], mask, atol=1e-6)
