from __future__ import annotations

import numpy as np

from mendkit.contracts.pair import Pair
from mendkit.data.windows import window_of


def pair_of(height: int, width: int, mask: np.ndarray | None = None) -> Pair:
    """A pair whose pixels say where they are."""
    y, x = np.mgrid[:height, :width].astype(np.uint8)
    source = np.stack([y, x, y], axis=-1)
    truths = {"alpha": y.astype(np.float32), "homography": np.eye(3, dtype=np.float32)}
    return Pair(source, 255 - source, mask, truths)


def test_a_window_is_cut_from_all_that_has_pixels_at_one_place() -> None:
    whole = pair_of(60, 80, np.ones((60, 80), np.uint8))
    window = window_of(whole, 32, np.random.default_rng(0))
    top, left = map(int, window.source[0, 0, :2])
    place = slice(top, top + 32), slice(left, left + 32)
    assert window.mask is not None and window.mask.shape == (32, 32)
    np.testing.assert_array_equal(window.source, whole.source[place])
    np.testing.assert_array_equal(window.target, whole.target[place])
    np.testing.assert_array_equal(window.truths["alpha"], whole.truths["alpha"][place])
    np.testing.assert_array_equal(window.truths["homography"], np.eye(3))


def test_most_windows_show_the_defect() -> None:
    mask = np.zeros((64, 64), np.uint8)
    mask[:8, :8] = 255  # a ninth of all windows show it
    windows = [window_of(pair_of(64, 64, mask), 32, np.random.default_rng(seed)) for seed in range(60)]
    shown = np.mean([bool(window.mask.any()) for window in windows if window.mask is not None])
    assert 0.15 < shown < 1


def test_a_pair_that_is_not_larger_stays_whole() -> None:
    whole = pair_of(32, 80)
    assert window_of(whole, 32, np.random.default_rng(0)) is whole
