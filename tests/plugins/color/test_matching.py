from __future__ import annotations

import pytest
import torch

from mendkit.contracts.guidance import Exemplars
from mendkit.contracts.view import View
from mendkit.networks.resnet import resnet_layout
from mendkit_color.matching import PHOTO, REFERENCES, MatchReferences, color_quantiles


@pytest.fixture
def matching() -> MatchReferences:
    """One that has learnt something."""
    torch.manual_seed(0)
    module = MatchReferences(resnet_layout(8))
    torch.nn.init.normal_(module.film.weight, 0, 0.1)
    torch.nn.init.normal_(module.film.bias, 0, 0.1)
    return module


FEATURES = torch.randn(3, 8, 4, 4, generator=torch.Generator().manual_seed(1))
IMAGES = torch.rand(3, 3, 3, 16, 16, generator=torch.Generator().manual_seed(2)) * 2 - 1
PHOTOS = torch.rand(3, 1, 3, 16, 16, generator=torch.Generator().manual_seed(3)) * 2 - 1


def references(*numbers: int) -> dict[str, Exemplars]:
    """So many for each of the samples, and the photos themselves."""
    return {
        PHOTO: Exemplars(PHOTOS, torch.ones(3, 1, dtype=torch.bool)),
        REFERENCES: Exemplars(IMAGES, torch.arange(3) < torch.tensor(numbers)[:, None]),
    }


def steer(module: MatchReferences, features: torch.Tensor, extras: dict[str, Exemplars]) -> torch.Tensor:
    return module(features, "decoded", View(torch.zeros(3, 3, 4, 4), (), extras=extras))  # type: ignore[no-any-return]


def test_a_fresh_one_changes_nothing() -> None:
    assert steer(MatchReferences(resnet_layout(8)), FEATURES, references(3, 1, 0)).equal(FEATURES)


def test_samples_without_references_pass_whatever_was_learnt(matching: MatchReferences) -> None:
    steered = steer(matching, FEATURES, references(0, 2, 0))
    assert steered[[0, 2]].equal(FEATURES[[0, 2]]) and not steered[1].equal(FEATURES[1])
    assert steer(matching, FEATURES, {}).equal(FEATURES)


def test_the_order_of_references_does_not_matter(matching: MatchReferences) -> None:
    turned = references(3, 3, 3) | {REFERENCES: Exemplars(IMAGES.flip(1), torch.ones(3, 3, dtype=torch.bool))}
    torch.testing.assert_close(steer(matching, FEATURES, references(3, 3, 3)), steer(matching, FEATURES, turned))


def test_it_matters_how_far_the_photo_is_from_its_references(matching: MatchReferences) -> None:
    darker = references(2, 2, 2)
    darker[PHOTO] = darker[PHOTO]._replace(images=PHOTOS - 0.3)
    assert not steer(matching, FEATURES, darker).equal(steer(matching, FEATURES, references(2, 2, 2)))


def test_without_the_photo_nothing_is_compared(matching: MatchReferences) -> None:
    extras = references(2, 2, 2)
    extras[PHOTO] = Exemplars(PHOTOS, torch.tensor([[True], [False], [True]]))
    steered = steer(matching, FEATURES, extras)
    assert steered[1].equal(FEATURES[1]) and not steered[0].equal(FEATURES[0])
    del extras[PHOTO]
    assert steer(matching, FEATURES, extras).equal(FEATURES)


def test_gradients_stay_finite_where_a_sample_has_no_reference(matching: MatchReferences) -> None:
    features = FEATURES.clone().requires_grad_()
    steer(matching, features, references(0, 2, 0)).square().sum().backward()
    gradients = [features.grad, *(parameter.grad for parameter in matching.parameters())]
    assert all(gradient is not None and gradient.isfinite().all() for gradient in gradients)


def test_quantiles_are_those_of_the_product_and_not_of_its_white_background() -> None:
    image = torch.ones(1, 3, 5, 5)
    image[:, 1:, 0] = -1
    image[:, 0, 0] = torch.linspace(-0.5, 0.5, 5)
    quantiles = color_quantiles(torch.cat([image, torch.ones(1, 3, 5, 5)]))
    assert quantiles[0].tolist() == pytest.approx([-0.45, -0.25, 0, 0.25, 0.45, *[-1] * 10])
    assert quantiles[1].tolist() == [0] * 15
