from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mendkit.contracts import Pair
from mendkit.data.catalogue import ImageRef, PairRef
from mendkit.data.feeds import Drawn, RealPairs, TwoDomains
from mendkit.data.images import write_image
from mendkit.data.store import ImageStore


@pytest.fixture
def refs(tmp_path: Path) -> tuple[ImageRef, ...]:
    """Four images, "0" to "3", dark on the left and as bright as their number on the right."""
    for number in range(4):
        image = np.zeros((8, 8, 3), np.uint8)
        image[:, 4:] = 60 * (number + 1)
        write_image(tmp_path / f"{number}.png", image)
    return tuple(ImageRef(tmp_path / f"{number}.png") for number in range(4))


def test_both_sides_of_a_real_pair_are_mirrored_together_half_of_the_time(refs: tuple[ImageRef, ...]) -> None:
    feed = RealPairs((PairRef(refs[0], refs[1]), PairRef(refs[2], refs[3])), ImageStore(8))
    pairs = [feed.draw(np.random.default_rng(seed)).pair for seed in range(60)]
    mirrored = [pair.source[0, 0, 0] > 0 for pair in pairs]
    assert 15 < sum(mirrored) < 45
    assert mirrored == [pair.target[0, 0, 0] > 0 for pair in pairs]
    assert {int(pair.source.max()) for pair in pairs} == {60, 180}
    assert all(feed.take(1, np.random.default_rng(seed)).pair.source[0, 0, 0] == 0 for seed in range(9))


def test_the_images_of_two_domains_are_mirrored_each_by_itself(refs: tuple[ImageRef, ...]) -> None:
    feed = TwoDomains(refs[:2], refs[2:], ImageStore(8))
    pairs = [feed.draw(np.random.default_rng(seed)).pair for seed in range(60)]
    assert feed.size == 4
    assert {(bool(pair.source[0, 0, 0]), bool(pair.target[0, 0, 0])) for pair in pairs} == {
        (one, other) for one in (False, True) for other in (False, True)
    }


def test_a_clean_pair_differs_nowhere_and_says_so(refs: tuple[ImageRef, ...]) -> None:
    source, target = np.zeros((4, 6, 3), np.uint8), np.full((4, 6, 3), 9, np.uint8)
    pair = Pair(source, target, truths={"alpha": np.ones((4, 6), np.float32)})
    clean = Drawn(pair, refs[0], synthesizer="dirt.spot").clean
    assert clean.synthesizer == "dirt.spot"
    assert clean.pair.source is clean.pair.target is target
    assert clean.pair.mask is not None and clean.pair.mask.shape == (4, 6) and not clean.pair.mask.any()
    assert not clean.pair.truths
