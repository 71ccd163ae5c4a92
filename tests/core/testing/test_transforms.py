"""Each way to be a bad transform is found, by the check that is for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mendkit.contracts.layer import Layer
from mendkit.contracts.photo import Image
from mendkit.contracts.view import Layout, View
from mendkit.networks.transforms.flow import Flow
from mendkit.networks.transforms.homography import Homography
from mendkit.networks.transforms.tone import Tone
from mendkit.testing.transforms import CHECKS, Trial

Problems = Callable[..., dict[str, str]]


class Brightness(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.last = nn.Linear(channels, 1)

    def forward(self, view: View) -> Tensor:
        assert view.bottleneck is not None
        brightness: Tensor = self.last(view.bottleneck.mean(dim=(2, 3)))
        return brightness


class Brightened:
    def __init__(self, layer: Layer, grey_levels: float) -> None:
        self.layer, self.grey_levels = layer, grey_levels
        self.height, self.width = layer.height, layer.width

    def rows(self, start: int, stop: int) -> Image:
        return (self.layer.rows(start, stop) + self.grey_levels).round().clip(0, 255).astype("uint8")


class Brighten:
    """Adds one number to all pixels."""

    def predictor(self, layout: Layout) -> nn.Module:
        return Brightness(layout.bottleneck.channels)

    def apply(self, image: Tensor, parameters: Tensor) -> Tensor:
        return image + parameters[:, :, None, None]

    def at_full_size(self, layer: Layer, parameters: Tensor) -> Layer:
        return Brightened(layer, float(parameters) * 127.5)

    def strength(self, parameters: Tensor) -> Tensor:
        return parameters.abs()[:, :, None, None]


class StartsFromOne(Brighten):
    def apply(self, image: Tensor, parameters: Tensor) -> Tensor:
        return image * parameters[:, :, None, None]


class Averages(Brighten):
    def apply(self, image: Tensor, parameters: Tensor) -> Tensor:
        return super().apply(image, parameters.mean(dim=0, keepdim=True).expand_as(parameters))


class MixesTheBatch(Brighten):
    def predictor(self, layout: Layout) -> nn.Module:
        return MeanBrightness(layout.bottleneck.channels)


class MeanBrightness(Brightness):
    """Starts at zero, which would hide it."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, view: View) -> Tensor:
        brightness = super().forward(view)
        return brightness.mean(dim=0, keepdim=True).expand_as(brightness)


class IsTooWeakAtFullSize(Brighten):
    def at_full_size(self, layer: Layer, parameters: Tensor) -> Layer:
        return Brightened(layer, 95 * float(parameters))


class DarkensPhotos(Brighten):
    def at_full_size(self, layer: Layer, parameters: Tensor) -> Layer:
        return Brightened(layer, -1000 * float(parameters))


class IsDetached(Brighten):
    def apply(self, image: Tensor, parameters: Tensor) -> Tensor:
        return super().apply(image, parameters.detach())


class IsSigned(Brighten):
    def strength(self, parameters: Tensor) -> Tensor:
        return parameters[:, :, None, None]


class Prints(Brighten):
    def apply(self, image: Tensor, parameters: Tensor) -> Tensor:
        print("brighter")
        return super().apply(image, parameters)


BAD = {
    StartsFromOne: ("changes nothing at zero", "parameters of zero change the image"),
    Averages: ("takes each item by itself", "if it is alone"),
    MixesTheBatch: ("takes each item by itself", "depend on the others"),
    IsTooWeakAtFullSize: ("changes photos as it changes small images", "grey levels off"),
    DarkensPhotos: ("changes photos as it changes small images", "grey levels off"),
    IsDetached: ("lets gradients through", "to the parameters"),
    IsSigned: ("gives its strength", "positive"),
    Prints: ("has no side effects", "printed 'brighter'"),
}


@pytest.mark.parametrize("transform", BAD, ids=lambda transform: transform.__name__)
def test_a_bad_transform_fails_the_check_that_is_for_it(transform: Any, problems: Problems) -> None:
    check, problem = BAD[transform]
    assert problem in problems(Trial(transform()), CHECKS)[check]


@pytest.mark.parametrize("transform", [Flow, Homography, Tone, Brighten])
def test_a_good_transform_passes(transform: Any, problems: Problems) -> None:
    torch.manual_seed(0)
    assert problems(Trial(transform()), CHECKS) == {}
