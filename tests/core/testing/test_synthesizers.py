"""Each way to be a bad synthesizer is found, by the check that is for it, and a good one passes."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mendkit.contracts import Pair, Photo, Resources
from mendkit.testing.synthesizers import CHECKS, Trial
from mendkit_registry import SynthesizerSpec

Problems = Callable[..., dict[str, str]]
GLOBAL = np.random.default_rng(0)


def bar(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    """A bar of a random height across the photo, in the negative of what it covers."""
    top = int(rng.integers(photo.pixels.shape[0] // 2))
    source, mask = photo.pixels.copy(), np.zeros(photo.pixels.shape[:2], np.uint8)
    source[top : top + 6], mask[top : top + 6] = 255 - source[top : top + 6], 255
    return Pair(source, photo.pixels, mask)


def cut_out(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    """The product of a photo that has a mask, on white."""
    if photo.foreground is None:
        return Pair(photo.pixels, photo.pixels)
    target = np.where(photo.foreground[..., None] > 0, photo.pixels, np.uint8(255))
    return Pair(photo.pixels, target)


def raises(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    raise ValueError("boom")


def needs_a_product(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    if photo.pixels.min() == 255:
        raise ValueError("no product found")
    return bar(photo, rng, resources)


def gives_floats(photo: Photo, rng: np.random.Generator, resources: Resources) -> Any:
    made = bar(photo, rng, resources)
    floats: Any = made.source / 255
    return replace(made, source=floats)


def is_square(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    side = min(photo.pixels.shape[:2])
    return bar(replace(photo, pixels=photo.pixels[:side, :side].copy()), rng, resources)


def needs_resources(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    room = resources.draw("rooms", rng, *photo.pixels.shape[:2])
    return Pair(room[: photo.pixels.shape[0]], photo.pixels)  # type: ignore[index]


def draws_undeclared(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    resources.draw("rooms", rng, 8, 8)
    return bar(photo, rng, resources)


def has_its_own_randomness(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    return bar(photo, GLOBAL, resources)


def ignores_what_it_draws(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    rng.random()
    return bar(photo, np.random.default_rng(0), resources)


def does_nothing(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    return Pair(photo.pixels, photo.pixels)


def misses_dark_products(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    return does_nothing(photo, rng, resources) if photo.pixels.min() < 40 else bar(photo, rng, resources)


def misplaces_its_mask(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    made = bar(photo, rng, resources)
    assert made.mask is not None
    return replace(made, mask=np.roll(made.mask, 3, axis=0))


def marks_everything(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    return replace(bar(photo, rng, resources), mask=np.full(photo.pixels.shape[:2], 255, np.uint8))


def ink(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    """A red bar of half opacity, with its truths."""
    made = bar(photo, rng, resources)
    assert made.mask is not None
    alpha, red = (made.mask > 0) * np.float32(0.5), np.array([1, 0, 0], np.float32)
    source = (1 - alpha[..., None]) * photo.pixels + alpha[..., None] * red * 255
    truths = {"alpha": alpha, "ink": np.broadcast_to(red, photo.pixels.shape)}
    return Pair(source.round().astype(np.uint8), photo.pixels, made.mask, truths)


def gives_the_other_alpha(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    made = ink(photo, rng, resources)
    return replace(made, truths={**made.truths, "alpha": 1 - made.truths["alpha"]})


def shift(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    """Moved to the right by an eighth of the width or more; its homography says so."""
    width = photo.pixels.shape[1]
    step = int(rng.integers(width // 8, width // 6))
    source = np.roll(photo.pixels, step, axis=1)
    return Pair(
        source,
        photo.pixels,
        truths={"homography": np.array([[1, 0, 2 * step / width], [0, 1, 0], [0, 0, 1]], np.float32)},
    )


def shifts_the_other_way(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    made = shift(photo, rng, resources)
    return replace(made, truths={"homography": np.linalg.inv(made.truths["homography"])})


def counts_its_bars(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    made = bar(photo, rng, resources)
    return replace(made, truths={"bars.tops": np.zeros(rng.integers(1, 9), np.float32)})


def knows_more_each_time(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    return replace(bar(photo, rng, resources), truths={"bars.shade": GLOBAL.random(3, np.float32)})


def paints_on_the_photo(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    before = photo.pixels.copy()
    photo.pixels[:4] //= 2
    return Pair(photo.pixels, before)


def prints(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    print("painting", photo.name)
    return bar(photo, rng, resources)


def seeds_the_world(photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
    np.random.seed(0)
    random.random()
    return bar(photo, rng, resources)


BAD = {
    raises: ("makes a pair of any photo", "raised ValueError: boom (test_synthesizers.py:"),
    needs_a_product: ("makes a pair of any photo", "no product found"),
    gives_floats: ("makes a pair of any photo", "made a source that is float64 [64, 64, 3]"),
    is_square: ("makes a pair of any photo", "not uint8 [48, 64, 3], of a colourful product of 64 x 48 px"),
    needs_resources: ("makes a pair of any photo", "'NoneType' object is not subscriptable"),
    draws_undeclared: ("names its resources", "'rooms', which its spec does not name"),
    has_its_own_randomness: ("repeats a pair with its seed", "two different pairs"),
    ignores_what_it_draws: ("makes other pairs with other seeds", "with 8 seeds"),
    does_nothing: ("has a defect in its pairs", "48 of 48 pairs have equal sides"),
    misses_dark_products: ("has a defect in its pairs", "16 of 48 pairs have equal sides, such as one of a dark"),
    misplaces_its_mask: ("covers the defect with its mask", "pixels differ where the mask is 0"),
    marks_everything: ("says with its mask where the defect is", "the whole photo"),
    counts_its_bars: ("gives truths of one shape", "returned 'bars.tops' as ["),
    knows_more_each_time: ("repeats a pair with its seed", "two different pairs"),
    gives_the_other_alpha: (
        "gives an alpha and an ink that make its source",
        "pixels differ from what alpha and ink give",
    ),
    shifts_the_other_way: ("gives a homography from target to source", "away from the target"),
    paints_on_the_photo: ("leaves the photo as it is", "changed `photo.pixels` of a colourful product"),
    prints: ("has no side effects", "printed 'painting colourful product"),
    seeds_the_world: (
        "has no side effects",
        "changed the global state of random and changed the global state of numpy.random",
    ),
}


def trial(synthesizer: Any, **fields: Any) -> Trial:
    return Trial(SynthesizerSpec(name="test.it", tasks=("*",), factory="m:C", **fields), synthesizer)


@pytest.mark.parametrize("synthesizer", BAD, ids=lambda synthesizer: synthesizer.__name__)
def test_a_bad_synthesizer_fails_the_check_that_is_for_it_and_no_other(synthesizer: Any, problems: Problems) -> None:
    check, problem = BAD[synthesizer]
    found = problems(trial(synthesizer), CHECKS)
    assert list(found) == [check]
    assert problem in found[check]


def test_a_good_synthesizer_passes(problems: Problems) -> None:
    for good in (bar, ink, shift):
        assert problems(trial(good), CHECKS) == {}
    assert problems(trial(draws_undeclared, resources=("rooms",)), CHECKS) == {}


def test_what_starts_from_a_defective_photo_gets_one_with_a_mask_and_may_find_nothing_without(
    problems: Problems,
) -> None:
    assert problems(trial(cut_out, starts_from="defective"), CHECKS) == {}
    assert list(problems(trial(does_nothing, starts_from="defective"), CHECKS)) == ["has a defect in its pairs"]
