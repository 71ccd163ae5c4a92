"""Networks trained on ImageNet, and how different two images look to them. The user brings their weights."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Channels = tuple[float, float, float]
"""A number for red, green and blue."""

SMALLEST = 128
"""Side, in px, that smaller images are enlarged to for a loss: such networks have learnt from images of 224 px."""


class FeatureExtractor(ABC):
    """Maps images to features.

    Args:
        name: what the report calls the features.
        size: the side, in px, that images are resized to.
        device: where the network computes.
        digest: SHA-256 of the file of its weights.
    """

    name: str
    size: int

    def __init__(self, network: nn.Module, device: str, *, digest: str | None = None) -> None:
        self.digest = digest
        self._network: Any = network.eval().requires_grad_(False).to(device)
        self._device = device

    def __call__(self, images: Tensor) -> Tensor:
        """Features ``[N, D]`` of images ``[N, 3, H, W]`` in ``[0, 1]``; on the CPU."""
        return pool(self.stages(images)).cpu()

    @torch.inference_mode()
    def stages(self, images: Tensor) -> tuple[Tensor, ...]:
        """Feature maps ``[N, C, h, w]`` from early to late, of images ``[N, 3, H, W]`` in ``[0, 1]``.

        They stay where the network computes: of an image of 224 px they are megabytes.
        """
        square = F.interpolate(
            images.to(self._device), (self.size, self.size), mode="bilinear", align_corners=False, antialias=True
        )
        return self._stages(square)

    def perceive(self, images: Tensor) -> tuple[Tensor, ...]:
        """The same maps for a loss, of images ``[N, 3, S, S]`` in ``[-1, 1]`` of at least ``SMALLEST`` px, or enlarged.

        They are where the images are, and a generator can learn through them.
        """
        if (side := images.shape[-1]) < SMALLEST:
            images = F.interpolate(images, scale_factor=SMALLEST / side, mode="bilinear", align_corners=False)
        return self._stages((images + 1) / 2)

    @abstractmethod
    def _stages(self, images: Tensor) -> tuple[Tensor, ...]:
        """Feature maps of images in ``[0, 1]``, at the size that they have."""


class InceptionFeatures(FeatureExtractor):
    """The 2,048 features of FID (Heusel et al. 2017), from pytorch-fid's network."""

    name = "inception-2015-12-05"
    size = 299

    def _stages(self, images: Tensor) -> tuple[Tensor, ...]:
        return tuple(self._network(images))


class TimmFeatures(FeatureExtractor):
    """The pooled features of one of timm's networks for images of 224 px, given as ``(value - mean) / std``."""

    size = 224

    def __init__(
        self, name: str, network: nn.Module, device: str, *, mean: Channels, std: Channels, digest: str | None = None
    ) -> None:
        super().__init__(network, device, digest=digest)
        self.name = name
        self._mean, self._std = (torch.tensor(values, device=device).view(-1, 1, 1) for values in (mean, std))

    def _stages(self, images: Tensor) -> tuple[Tensor, ...]:
        last, between = self._network.forward_intermediates((images - self._mean) / self._std)
        return (*between, last)


def pool(stages: tuple[Tensor, ...]) -> Tensor:
    """The features ``[N, D]`` that an extractor's ``stages`` end in: the spatial mean of the last."""
    return stages[-1].mean(dim=(2, 3))


def perceptual_distance(stages: Sequence[Tensor], truth: Sequence[Tensor]) -> Tensor:
    """Distance ``[N]`` of images by their feature maps, each ``[N, C, h, w]``: what ``FeatureExtractor.stages`` gives.

    Zhang et al. 2018, Eq. 1, with all channel weights 1: channels scaled to unit length at each place, squared
    difference summed over channels, averaged over places and then over stages. 0 for equal images, at most 4.
    """
    distances = [_unit_distance(a, b) for a, b in zip(stages, truth, strict=True)]
    return torch.stack(distances).mean(dim=0)


def _unit_distance(a: Tensor, b: Tensor) -> Tensor:
    difference = F.normalize(a, dim=1) - F.normalize(b, dim=1)
    return difference.square().sum(dim=1).mean(dim=(1, 2))
