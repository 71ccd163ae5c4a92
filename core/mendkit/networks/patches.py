"""Embeds patches of images, so that they can be compared: features of the generator's encoder, projected."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

PATCHES = 256
"""So many places are drawn in an image, or all if a layer has fewer (Park et al. 2020)."""
DIMENSIONS = 256


class PatchProjector(nn.Module):
    """A two-layer perceptron for each of the layers, then unit length (Park et al. 2020).

    Args:
        channels: of the features of each layer.
    """

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(nn.Linear(count, DIMENSIONS), nn.ReLU(inplace=True), nn.Linear(DIMENSIONS, DIMENSIONS))
            for count in channels
        )

    def forward(self, features: Sequence[Tensor], places: Sequence[Tensor]) -> Tensor:
        """Embed ``features``, one ``[N, C, h, w]`` a layer, at ``places``, one ``[P]`` a layer: ``[L, N, P, D]``."""
        rows = zip(self.layers, features, places, strict=True)
        return torch.stack([F.normalize(project(layer.flatten(2)[..., at].mT), dim=-1) for project, layer, at in rows])


def draw_places(features: Sequence[Tensor]) -> list[Tensor]:
    """Random places ``[P]`` for each layer's ``h * w``, equally many in each, so that the layers make one batch."""
    sizes = [layer.shape[2] * layer.shape[3] for layer in features]
    count = min(PATCHES, *sizes)
    return [torch.randperm(size, device=features[0].device)[:count] for size in sizes]
