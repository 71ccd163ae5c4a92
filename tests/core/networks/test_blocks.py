"""What a CPU computes in another way is what PyTorch's own modules give."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from mendkit.networks.blocks import Drawing, InstanceNorm, PlaceNorm

Make = Callable[[], tuple[nn.Module, nn.Module]]
LAYOUTS = (torch.channels_last, torch.contiguous_format)
SMALL, LARGE = (5, 8, 9), (5, 42, 40)
"""``[C, h, w]``, on both sides of ``FEW_VALUES``."""


def norms() -> tuple[nn.Module, nn.Module]:
    return InstanceNorm(5), nn.InstanceNorm2d(5, affine=True)


def drawings() -> tuple[nn.Module, nn.Module]:
    return Drawing(5, 3, 7), nn.Conv2d(5, 3, 7, padding=3, padding_mode="reflect")


def randomised(module: nn.Module) -> nn.Module:
    random = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for weight in module.parameters():
            weight.uniform_(-1, 1, generator=random)
    return module


def outcome(module: nn.Module, features: Tensor) -> list[Tensor]:
    """The output, and the gradients of features and weights."""
    features = features.clone().requires_grad_()
    output: Tensor = module(features)
    slopes = torch.linspace(-1, 1, output.numel(), dtype=output.dtype).view_as(output)
    return [output, *torch.autograd.grad((slopes * output).sum(), [features, *module.parameters()])]


@pytest.mark.parametrize("make", [norms, drawings])
@pytest.mark.parametrize("shape", [SMALL, LARGE])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_values_and_gradients_are_those_of_pytorchs_own(
    make: Make, shape: tuple[int, int, int], layout: torch.memory_format
) -> None:
    own, right = (randomised(module).double() for module in make())
    features = torch.rand(3, *shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    features = features.contiguous(memory_format=layout)
    assert own.state_dict().keys() == right.state_dict().keys()
    for found, expected in zip(outcome(own, features), outcome(right, features), strict=True):
        torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("make", [norms, drawings])
def test_an_item_gives_the_same_to_the_bit_whatever_is_beside_it(make: Make) -> None:
    module = make()[0]
    features = torch.rand(4, *LARGE).contiguous(memory_format=torch.channels_last)
    assert torch.equal(module(features)[2:3], module(features[2:3]))


def test_a_norm_leaves_features_as_they_lie_in_memory() -> None:
    features = torch.rand(3, *LARGE)
    for layout in LAYOUTS:
        assert InstanceNorm(5)(features.contiguous(memory_format=layout)).is_contiguous(memory_format=layout)


def test_a_norm_passes_a_batch_without_items() -> None:
    assert InstanceNorm(5)(torch.rand(0, *LARGE)).shape == (0, *LARGE)


def test_a_place_norm_looks_at_one_place_only() -> None:
    norm, features = randomised(PlaceNorm(5)), torch.rand(2, 5, 6, 7, generator=torch.Generator().manual_seed(0))
    whole = norm(features)
    torch.testing.assert_close(norm(features[:, :, 2:4, 3:5]), whole[:, :, 2:4, 3:5])
    assert norm(features.contiguous(memory_format=torch.channels_last)).is_contiguous(memory_format=torch.channels_last)
