from __future__ import annotations

import pytest
import torch

from mendkit.contracts.guidance import Guidance, LabelTable
from mendkit.networks.unet import UNet, unet_depth


def guidance(count: int) -> Guidance:
    return LabelTable(["a.b"]).guidance(["a.b"] * count)


@pytest.mark.parametrize(("size", "depth"), [(32, 5), (64, 6), (96, 5), (256, 8), (512, 8)])
def test_an_image_is_halved_until_one_pixel_is_left(size: int, depth: int) -> None:
    assert unet_depth(size) == depth


@pytest.mark.parametrize("size", [32, 64, 96])
def test_the_output_has_the_size_and_range_of_the_input(size: int) -> None:
    images = torch.rand(2, 3, size, size) * 2 - 1
    mended = UNet(4, unet_depth(size))(images, guidance(2))
    assert mended.image.shape == images.shape
    assert mended.image.abs().max() <= 1
    assert mended.mask is None and mended.kept is None


def test_no_statistic_crosses_samples() -> None:
    network, images = UNet(4, 5).eval(), torch.rand(3, 3, 32, 32)
    together = network(images, guidance(3)).image
    torch.testing.assert_close(together[:1], network(images[:1], guidance(1)).image, atol=1e-5, rtol=1e-4)


def test_dropout_is_noise_in_training_only() -> None:
    network, images = UNet(4, 6), torch.rand(1, 3, 64, 64)
    assert not torch.equal(network.train()(images, guidance(1)).image, network(images, guidance(1)).image)
    assert torch.equal(network.eval()(images, guidance(1)).image, network(images, guidance(1)).image)
