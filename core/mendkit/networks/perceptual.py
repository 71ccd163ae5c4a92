"""How different two images look to a network, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor


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
