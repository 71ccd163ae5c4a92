from __future__ import annotations

import pytest
import torch

from mendkit.data.guidance import Exemplars
from mendkit_colour.matching import REFERENCES, MatchReferences, colour_moments


@pytest.fixture
def matching() -> MatchReferences:
    """One that has learnt something."""
    torch.manual_seed(0)
    module = MatchReferences(channels=8)
    torch.nn.init.normal_(module.film.weight, 0, 0.1)
    torch.nn.init.normal_(module.film.bias, 0, 0.1)
    return module


FEATURES = torch.randn(3, 8, 4, 4, generator=torch.Generator().manual_seed(1))
IMAGES = torch.rand(3, 3, 3, 16, 16, generator=torch.Generator().manual_seed(2)) * 2 - 1


def references(*numbers: int) -> dict[str, Exemplars]:
    """So many for each of the samples."""
    return {REFERENCES: Exemplars(IMAGES, torch.arange(3) < torch.tensor(numbers)[:, None])}


def test_a_fresh_one_changes_nothing() -> None:
    assert MatchReferences(channels=8)(FEATURES, references(3, 1, 0)).equal(FEATURES)


def test_samples_without_references_pass_whatever_was_learnt(matching: MatchReferences) -> None:
    steered = matching(FEATURES, references(0, 2, 0))
    assert steered[[0, 2]].equal(FEATURES[[0, 2]]) and not steered[1].equal(FEATURES[1])
    assert matching(FEATURES, {}).equal(FEATURES)


def test_the_order_of_references_does_not_matter(matching: MatchReferences) -> None:
    turned = {REFERENCES: Exemplars(IMAGES.flip(1), torch.ones(3, 3, dtype=torch.bool))}
    torch.testing.assert_close(matching(FEATURES, references(3, 3, 3)), matching(FEATURES, turned))


def test_gradients_stay_finite_where_a_sample_has_no_reference(matching: MatchReferences) -> None:
    features = FEATURES.clone().requires_grad_()
    matching(features, references(0, 2, 0)).square().sum().backward()
    gradients = [features.grad, *(parameter.grad for parameter in matching.parameters())]
    assert all(gradient is not None and gradient.isfinite().all() for gradient in gradients)


def test_moments_are_those_of_the_product_and_not_of_its_white_background() -> None:
    image = torch.ones(1, 3, 4, 4)
    image[:, 0, :2], image[:, 1:, :2] = 0.5, -1
    image[:, 0, 0] = -0.5
    moments = colour_moments(torch.cat([image, torch.ones(1, 3, 4, 4)]))
    assert moments[0].tolist() == pytest.approx([0, -1, -1, 0.5, 0, 0])
    assert moments[1].tolist() == [0] * 6
