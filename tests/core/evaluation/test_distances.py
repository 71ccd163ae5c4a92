from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mendkit.contracts.outcome import Outcome
from mendkit.errors import DataError
from mendkit.evaluation.distances import Distances, frechet_distance, kernel_distance, two_halves
from mendkit.networks.features import FeatureExtractor


class MeanColour(FeatureExtractor):
    """The mean colour as features, so that distances can be foretold."""

    name = "mean colour"
    size = 8

    def __init__(self) -> None:
        super().__init__(nn.Identity(), "cpu")

    def _stages(self, images: Tensor) -> tuple[Tensor, ...]:
        return (images,)


def normal(count: int, width: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.random.default_rng(seed).normal(size=(count, width))


def test_frechet_distance_of_a_set_to_itself_is_zero() -> None:
    features = normal(30, 8, seed=0)
    assert frechet_distance(features, features) == pytest.approx(0, abs=1e-9)


def test_frechet_distance_of_a_moved_set_is_the_squared_shift() -> None:
    features = normal(30, 8, seed=0)
    assert frechet_distance(features, features + 0.5) == pytest.approx(8 * 0.25)


def test_frechet_distance_of_a_scaled_set_is_that_of_its_standard_deviations() -> None:
    features = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])  # variance 2/3 in each direction
    assert frechet_distance(features, 3 * features) == pytest.approx(2 * (2 / 3) * (3 - 1) ** 2)


@pytest.mark.parametrize(("count", "others"), [(60, 45), (20, 15)], ids=["more than features", "fewer than features"])
def test_frechet_distance_is_that_of_pytorch_fid(count: int, others: int) -> None:
    fid_score = pytest.importorskip("pytorch_fid.fid_score")
    a, b = normal(count, 24, seed=0), 1.5 * normal(others, 24, seed=1) + 0.2
    statistics = [(f.mean(axis=0), np.cov(f, rowvar=False)) for f in (a, b)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = fid_score.calculate_frechet_distance(*statistics[0], *statistics[1])
        except TypeError:
            pytest.skip("this version of scipy has no sqrtm that pytorch-fid can call")
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-4)


def test_kernel_distance_is_unbiased_about_zero_for_sets_of_one_kind() -> None:
    values = [kernel_distance(normal(40, 6, 2 * i), normal(40, 6, 2 * i + 1), seed=0) for i in range(100)]
    assert abs(np.mean(values)) < 3 * np.std(values) / 10
    assert min(values) < 0 < max(values)


def test_kernel_distance_is_the_u_statistic_of_the_cubic_kernel() -> None:
    a, b = np.array([[1.0], [2.0]]), np.array([[0.0], [1.0]])
    within = (1 * 2 + 1) ** 3 + (0 * 1 + 1) ** 3
    between = (1 * 1 + 1) ** 3 + (2 * 0 + 1) ** 3  # a_0 with b_1 and a_1 with b_0, not a_0 with b_0
    assert kernel_distance(a, b, seed=0) == pytest.approx(within - between)


def test_kernel_distance_of_a_set_to_itself_is_zero_in_subsets_as_well() -> None:
    assert kernel_distance(normal(20, 6, seed=0), normal(20, 6, seed=0), seed=0) == pytest.approx(0, abs=1e-12)
    assert kernel_distance(normal(1100, 2, seed=0), normal(1100, 2, seed=0), seed=0) == pytest.approx(0, abs=1e-12)


def test_kernel_distance_of_paired_sets_is_that_of_the_sets_not_of_the_likeness_of_pairs() -> None:
    truth = [normal(30, 6, seed) for seed in range(60)]
    paired = [kernel_distance(t + 0.05 * normal(30, 6, 1000 + i), t, seed=0) for i, t in enumerate(truth)]
    assert np.mean(paired) == pytest.approx(0.0, abs=0.02)


def test_kernel_distance_takes_sets_of_different_sizes_and_grows_with_a_shift() -> None:
    a, b = normal(50, 6, seed=0), normal(30, 6, seed=1)
    near, far = kernel_distance(a, b, seed=0), kernel_distance(a, b + 1, seed=0)
    assert far > near + 0.5
    assert kernel_distance(a, b, seed=0) == near


def test_two_halves_are_disjoint_and_of_one_size() -> None:
    one, other = two_halves(np.arange(7.0)[:, None], seed=0)
    assert one.shape == other.shape == (3, 1)
    assert not set(one.ravel()) & set(other.ravel())


def outcome(target: Tensor, shift: float) -> Outcome:
    names = tuple(map(str, range(len(target))))
    return Outcome(names, source=target + shift, output=target, target=target, clean_output=target)


def test_feature_maps_stay_where_they_are_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[int] = []
    monkeypatch.setattr(Tensor, "cpu", lambda tensor: fetched.append(tensor.dim()) or tensor)
    meter = Distances(MeanColour(), seed=0)
    meter.update(outcome(torch.rand(6, 3, 8, 8), shift=0.25))
    assert sorted(fetched) == [1, 1, 2, 2, 2], "distances [N] of inputs and outputs, features [N, D] of those and truth"


def test_a_perfect_output_is_at_distance_zero_and_its_input_at_the_squared_shift() -> None:
    target = torch.rand(6, 3, 8, 8, generator=torch.Generator().manual_seed(0)) / 2
    meter = Distances(MeanColour(), seed=0)
    meter.update(outcome(target[:4], shift=0.25))
    meter.update(outcome(target[4:], shift=0.25))
    found = meter.compute()
    assert found["frechet_input"] == pytest.approx(3 * 0.25**2, abs=1e-6)
    assert found["frechet"] == pytest.approx(0, abs=1e-9)
    assert found["frechet_halves"] > 0
    assert found["perceptual_input"] > found["perceptual"] == 0


def test_too_few_images_are_a_reason_not_a_number() -> None:
    meter = Distances(MeanColour(), seed=0)
    meter.update(outcome(torch.zeros(3, 3, 8, 8), shift=0.0))
    with pytest.raises(DataError, match="not computed: needs at least 4 images, got 3"):
        meter.compute()
