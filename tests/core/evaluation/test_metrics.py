from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from mendkit.contracts.outcome import Outcome
from mendkit.evaluation.metrics import (
    PSNR_CAP,
    ImageScores,
    Pixels,
    bootstrap_ratio,
    is_worse,
    join_scores,
    score_images,
    summarise,
)


def grey(*levels: float) -> Tensor:
    """Constant images ``[N, 3, 16, 16]``, one a level."""
    return torch.tensor(levels).reshape(-1, 1, 1, 1).expand(-1, 3, 16, 16).contiguous()


def outcome(source: Tensor, output: Tensor, target: Tensor, clean_output: Tensor | None = None) -> Outcome:
    names = tuple(f"image {row}" for row in range(len(source)))
    return Outcome(names, source, output, target, target if clean_output is None else clean_output)


def photos(count: int, seed: int = 0) -> Tensor:
    return torch.rand(count, 3, 24, 24, generator=torch.Generator().manual_seed(seed))


def test_l1_and_psnr_are_those_of_constant_images() -> None:
    scores = score_images(outcome(source=grey(0.9, 0.5), output=grey(0.6, 0.5), target=grey(0.5, 0.5)))
    assert scores.l1_input == pytest.approx([0.4, 0.0], abs=1e-6)
    assert scores.l1 == pytest.approx([0.1, 0.0], abs=1e-6)
    assert scores.psnr == pytest.approx([20.0, PSNR_CAP], abs=1e-4)  # 10 log10(1 / 0.1^2) = 20
    assert scores.psnr_input[0] == pytest.approx(7.9588, abs=1e-4)  # 10 log10(1 / 0.4^2)


def test_ssim_of_constant_images_is_that_of_their_means() -> None:
    scores = score_images(outcome(source=grey(0.2), output=grey(0.5), target=grey(0.5)))
    c1 = 0.01**2
    assert scores.ssim_input == pytest.approx([(2 * 0.2 * 0.5 + c1) / (0.2**2 + 0.5**2 + c1)], abs=1e-4)
    assert scores.ssim == pytest.approx([1.0], abs=1e-6)


def test_clean_in_says_what_a_clean_image_loses() -> None:
    spoilt = outcome(grey(0.0, 0.0), grey(0.5, 0.5), target=grey(0.5, 0.5), clean_output=grey(0.51, 0.5))
    scores = score_images(spoilt)
    assert scores.clean_l1 == pytest.approx([0.01, 0.0], abs=1e-6)
    assert scores.clean_psnr == pytest.approx([40.0, PSNR_CAP], abs=1e-3)


def test_an_output_is_worse_only_if_it_is_farther_from_the_truth_than_its_input() -> None:
    scores = score_images(outcome(grey(0.6, 0.6, 0.6), grey(0.61, 0.59, 0.6), target=grey(0.5, 0.5, 0.5)))
    assert is_worse(scores.l1, scores.l1_input).tolist() == [True, False, False]


def test_the_rounding_of_a_model_that_changes_nothing_is_not_worse() -> None:
    source, target = photos(8), photos(8, seed=1)
    passed = ((source * 2 - 1) + 1) / 2
    scores = score_images(outcome(source, passed, target))
    assert not is_worse(scores.l1, scores.l1_input).any()
    assert summarise(scores, seed=0)["l1_ratio"] == pytest.approx(1.0, abs=1e-6)


def test_scores_do_not_depend_on_the_batch() -> None:
    source, output, target = (photos(5, seed) for seed in range(3))
    whole = score_images(outcome(source, output, target))
    parts = join_scores(
        [score_images(outcome(source[a:b], output[a:b], target[a:b])) for a, b in ((0, 2), (2, 3), (3, 5))]
    )
    np.testing.assert_allclose(parts.ssim, whole.ssim, rtol=1e-5)
    np.testing.assert_allclose(parts.l1, whole.l1, rtol=1e-12)
    assert len(parts.l1) == 5


def scores_of(l1_input: list[float], l1: list[float], clean_psnr: list[float] | None = None) -> ImageScores:
    zeros = np.zeros(len(l1_input))
    return ImageScores(
        l1_input=np.array(l1_input),
        l1=np.array(l1),
        psnr_input=zeros,
        psnr=zeros,
        ssim_input=zeros,
        ssim=zeros,
        clean_l1=zeros,
        clean_psnr=np.array(clean_psnr) if clean_psnr else zeros,
    )


def test_the_ratio_is_of_sums_not_a_mean_of_ratios() -> None:
    metrics = summarise(scores_of([0.9, 0.1], [0.09, 0.11]), seed=0)
    assert metrics["l1_ratio"] == pytest.approx(0.2)
    assert metrics["worse"] == 0.5


def test_the_fifth_percentile_shows_the_clean_images_that_a_mean_hides() -> None:
    metrics = summarise(scores_of([1.0] * 21, [0.0] * 21, clean_psnr=[20.0, 20.0] + [100.0] * 19), seed=0)
    assert metrics["clean_psnr"] == pytest.approx((2 * 20 + 19 * 100) / 21)
    assert metrics["clean_psnr_p5"] == pytest.approx(20.0)


def test_where_no_input_has_an_error_there_is_no_ratio() -> None:
    metrics = summarise(scores_of([0.0, 0.0], [0.1, 0.0]), seed=0)
    assert not [name for name in metrics if name.startswith("l1_ratio")]
    assert metrics["worse"] == 0.5


def test_the_evaluator_gives_the_numbers_of_all_batches_and_none_of_nothing() -> None:
    source, output, target = (photos(5, seed) for seed in range(3))
    evaluator = Pixels(seed=4)
    assert evaluator.compute() == {}
    for rows in (slice(0, 2), slice(2, 5)):
        evaluator.update(outcome(source[rows], output[rows], target[rows]))
    whole = summarise(score_images(outcome(source, output, target)), seed=4)
    assert evaluator.compute() == pytest.approx(whole, rel=1e-5)
    evaluator.reset()
    assert evaluator.compute() == {}


def test_the_interval_of_a_constant_ratio_is_a_point() -> None:
    errors = np.array([0.1, 0.2, 0.3])
    assert bootstrap_ratio(errors / 2, errors, seed=0) == pytest.approx((0.5, 0.5))


def test_the_interval_is_as_wide_as_the_normal_theory_says_and_repeats_with_the_seed() -> None:
    errors = np.random.default_rng(3).normal(0.5, 0.1, size=400)
    low, high = bootstrap_ratio(errors, np.ones(400), seed=1)
    assert high - low == pytest.approx(2 * 1.96 * errors.std() / 20, rel=0.15)
    assert low < errors.mean() < high
    assert bootstrap_ratio(errors, np.ones(400), seed=1) == (low, high)
    assert bootstrap_ratio(errors, np.ones(400), seed=2) != (low, high)
