from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from mendkit.networks.features import SMALLEST, TimmFeatures, perceptual_distance
from mendkit.networks.pretrained import load_features


@pytest.fixture(scope="module")
def extractor(mobilenet: Path) -> TimmFeatures:
    found = load_features(mobilenet)
    assert isinstance(found, TimmFeatures)
    return found


def test_mobilenet_gives_1280_features_that_are_the_mean_of_its_last_stage(extractor: TimmFeatures) -> None:
    images = torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    stages = extractor.stages(images)
    assert [stage.shape[1] for stage in stages] == [16, 24, 32, 96, 320, 1280]
    pooled = extractor(images)
    assert pooled.dtype == torch.float32
    assert torch.equal(pooled, stages[-1].mean(dim=(2, 3)))


def test_mobilenet_features_are_what_its_classifier_sees(extractor: TimmFeatures) -> None:
    images = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    network = extractor._network
    with torch.inference_mode():
        expected = network((images - 0.5) / 0.5)
        found = network.classifier(extractor(images))
    assert torch.allclose(found, expected, atol=1e-4)


def test_perceptual_distance_is_zero_for_equal_images_and_grows_with_noise(
    extractor: TimmFeatures,
) -> None:
    image = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    noise = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    truth = extractor.stages(image)
    none, little, much = (
        perceptual_distance(extractor.stages((image + scale * noise).clamp(0, 1)), truth).item()
        for scale in (0.0, 0.05, 0.3)
    )
    assert none == 0 < little < much


def test_a_loss_sees_small_images_enlarged_and_others_as_they_are(extractor: TimmFeatures) -> None:
    for side, seen in ((32, SMALLEST), (SMALLEST, SMALLEST), (160, 160)):
        first = extractor.perceive(torch.zeros(1, 3, side, side))[0]
        assert first.shape[-1] == seen // 2


def test_a_loss_sees_what_the_report_sees(extractor: TimmFeatures) -> None:
    images = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    for seen, reported in zip(extractor.perceive(images * 2 - 1), extractor.stages(images), strict=True):
        assert torch.allclose(seen, reported, atol=1e-4)


def test_an_image_can_learn_from_its_perceptual_distance_and_the_network_does_not(extractor: TimmFeatures) -> None:
    generator = torch.Generator().manual_seed(0)
    image, truth = (torch.rand(1, 3, 64, 64, generator=generator) for _ in range(2))
    image.requires_grad_()
    perceptual_distance(extractor.perceive(image), extractor.perceive(truth)).sum().backward()
    assert image.grad is not None and image.grad.abs().sum() > 0
    assert all(weight.grad is None for weight in extractor._network.parameters())


def maps(seed: int) -> tuple[Tensor, ...]:
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(3, channels, side, side, generator=generator) for channels, side in ((4, 8), (16, 2)))


def test_equal_images_are_at_distance_zero() -> None:
    assert perceptual_distance(maps(0), maps(0)).tolist() == [0, 0, 0]


def test_the_distance_is_that_of_unit_vectors_averaged_over_places_and_stages() -> None:
    orthogonal = torch.tensor([[3.0, 0.0]]).reshape(1, 2, 1, 1), torch.tensor([[0.0, 5.0]]).reshape(1, 2, 1, 1)
    opposite = torch.tensor([[1.0, 1.0]]).reshape(1, 2, 1, 1), torch.tensor([[-2.0, -2.0]]).reshape(1, 2, 1, 1)
    stages, truth = zip(orthogonal, opposite, strict=True)
    assert perceptual_distance(stages, truth).tolist() == pytest.approx([(2 + 4) / 2])


def test_the_scale_of_features_does_not_count() -> None:
    louder = tuple(10 * stage for stage in maps(0))
    assert perceptual_distance(louder, maps(1)).tolist() == pytest.approx(
        perceptual_distance(maps(0), maps(1)).tolist()
    )


def test_the_distance_grows_with_noise() -> None:
    noise = maps(1)
    distances = [
        perceptual_distance([a + scale * b for a, b in zip(maps(0), noise, strict=True)], maps(0)).mean().item()
        for scale in (0.0, 0.1, 0.5, 1.0)
    ]
    assert distances == sorted(distances)
    assert distances[1] > 0
