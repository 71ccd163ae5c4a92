"""The flow of geometric tasks: a plane seen from another place, and a fine correction of it."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .blocks import convolution
from .transforms import pixel_centres

PERSPECTIVE_LIMIT = 0.4
"""Bound of the two perspective terms. Below 0.5 the horizon can not enter the image, where x and y are in [-1, 1]."""
CORRECTION_LIMIT = 0.2
"""Bound of the fine flow, in units where the image spans [-1, 1]."""


class FlowHead(nn.Module):
    """Predicts the offsets ``[N, 2, H, W]`` at which each output pixel looks into the input.

    A camera that moves around a flat product maps the image by a homography, so eight numbers from the whole image say
    most of it (as spatial transformer networks, Jaderberg et al. 2015, do for affine maps). A dense flow at the
    resolution of the bottleneck corrects what is not flat. Both start at zero: at first nothing moves.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.summarise = nn.Sequential(
            convolution(channels, channels // 2, 3, stride=2),
            nn.AdaptiveAvgPool2d(8),
            nn.Flatten(),
            nn.Linear(channels // 2 * 64, 128),
            nn.ReLU(inplace=True),
        )
        self.homography = nn.Linear(128, 8)
        self.correction = nn.Conv2d(channels, 2, 3, padding=1, padding_mode="reflect")
        for last in (self.homography, self.correction):
            nn.init.zeros_(last.weight)
            nn.init.zeros_(last.bias)  # type: ignore[arg-type]

    def forward(self, features: Tensor, size: torch.Size | tuple[int, int]) -> Tensor:
        """Offsets for an image of ``size`` (H, W) from bottleneck features ``[N, C, h, w]``."""
        plane = homography_flow(self.homography(self.summarise(features)).float(), size)
        fine = CORRECTION_LIMIT * torch.tanh(self.correction(features)).float()
        return plane + F.interpolate(fine, size=tuple(size), mode="bilinear", align_corners=False)


def homography_flow(parameters: Tensor, size: torch.Size | tuple[int, int]) -> Tensor:
    """Offsets ``[N, 2, H, W]`` of the homography ``I + [[p0, p1, p2], [p3, p4, p5], [p6, p7, 0]]``, p of ``[N, 8]``.

    The perspective terms p6 and p7 are squashed to within ``PERSPECTIVE_LIMIT``.
    """
    height, width = size
    y, x = torch.meshgrid(pixel_centres(height, parameters), pixel_centres(width, parameters), indexing="ij")
    p = parameters[:, :, None, None]
    tilt = PERSPECTIVE_LIMIT * torch.tanh(p[:, 6:8])
    depth = 1 + tilt[:, 0] * x + tilt[:, 1] * y
    to_x = ((1 + p[:, 0]) * x + p[:, 1] * y + p[:, 2]) / depth
    to_y = (p[:, 3] * x + (1 + p[:, 4]) * y + p[:, 5]) / depth
    return torch.stack([to_x - x, to_y - y], dim=1)
