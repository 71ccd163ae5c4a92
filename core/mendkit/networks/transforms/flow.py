"""The flow of geometric tasks: a plane seen from another place, and a fine correction of it."""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...contracts.layer import Layer
from ...contracts.photo import Floats, Image
from ...contracts.view import FeatureInfo, Layout, View
from ...data.enlarged import Enlarged, channels_last
from ...errors import MendkitError
from ..blocks import convolution
from ..pixels import pixel_centres

PERSPECTIVE_LIMIT = 0.4
"""Bound of the two perspective terms. Below 0.5 the horizon can not enter the image, where x and y are in [-1, 1]."""
CORRECTION_LIMIT = 0.2
"""Bound of the fine flow, in units where the image spans [-1, 1]."""
FINEST = 8
"""The reduction of features that say enough of the whole image; finer ones are halved first."""
LONGEST_WARPED = 32_766
"""Pixels on a side: the limit of OpenCV's ``remap``."""


class Flow:
    """The transform: each output pixel looks into the input at an offset ``[N, 2, H, W]`` from its own place.

    Offsets (x, y) are in units where the image spans [-1, 1].
    """

    def predictor(self, layout: Layout) -> FlowPredictor:
        """A network with fresh weights, from the features of the bottleneck."""
        return FlowPredictor(layout.bottleneck)

    def apply(self, image: Tensor, parameters: Tensor) -> Tensor:
        """``warp``."""
        return warp(image, parameters)

    def at_full_size(self, layer: Layer, parameters: Tensor) -> Layer:
        """The layer, moved.

        Raises:
            MendkitError: it is longer than ``LONGEST_WARPED``.
        """
        longest = max(layer.height, layer.width)
        # The flow is in halves of the square's side, and so of the photo's longer side.
        return Moved(layer, Enlarged(channels_last(parameters) * (longest / 2), layer.height, layer.width))

    def strength(self, parameters: Tensor) -> Tensor:
        """How far each pixel is moved, ``[N, 1, H, W]``."""
        length: Tensor = torch.linalg.vector_norm(parameters, dim=1, keepdim=True)
        return length


class FlowPredictor(nn.Module):
    """Predicts the offsets of a flow.

    A camera that moves around a flat product maps the image by a homography, so eight numbers from the whole image say
    most of it (as spatial transformer networks, Jaderberg et al. 2015, do for affine maps). A dense flow at the
    resolution of the bottleneck corrects what is not flat. Both start at zero: at first nothing moves.
    """

    def __init__(self, bottleneck: FeatureInfo) -> None:
        super().__init__()
        channels = bottleneck.channels
        self.summarise = nn.Sequential(
            convolution(channels, channels // 2, 3, stride=2 if bottleneck.reduction < FINEST else 1),
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

    def forward(self, view: View) -> Tensor:
        """Offsets ``[N, 2, H, W]`` for images ``[N, 3, H, W]``."""
        features, size = view.bottleneck, view.image.shape[-2:]
        assert features is not None
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


def warp(image: Tensor, flow: Tensor) -> Tensor:
    """Sample ``image`` [N, C, H, W] at each pixel's own place plus ``flow`` [N, 2, H, W]; beyond the edge it repeats.

    Bicubic, from an image with a pixel put between every two: sampling between distant pixels blurs what it moves.
    """
    count, _, height, width = image.shape
    finer = F.interpolate(image, size=(2 * height - 1, 2 * width - 1), mode="bicubic", align_corners=True)
    identity = torch.eye(2, 3, device=image.device, dtype=image.dtype).expand(count, 2, 3)
    places = F.affine_grid(identity, [count, 1, height, width], align_corners=False) + flow.movedim(1, -1)
    # The finer image begins and ends at the centres of the outermost pixels, not at their edges.
    to_finer = places.new_tensor([width / (width - 1), height / (height - 1)])
    return F.grid_sample(finer, places * to_finer, mode="bicubic", padding_mode="border", align_corners=True)


class Offsets(Protocol):
    """How far each pixel of a photo looks from its own place, in pixels, as (x, y)."""

    def rows(self, start: int, stop: int) -> Floats:
        """Rows ``start`` to ``stop``, ``[stop - start, width, 2]``."""


class Moved:
    """A layer, moved.

    Args:
        layer: is read as a whole: any pixel may look anywhere.
        offsets: of its pixels.

    Raises:
        MendkitError: the layer is too long.
    """

    def __init__(self, layer: Layer, offsets: Offsets) -> None:
        self.height, self.width = layer.height, layer.width
        longest = max(self.height, self.width)
        if longest > LONGEST_WARPED:
            raise MendkitError(f"pixels cannot be moved in a photo of {longest} px; shrink it before")
        self._whole = layer.rows(0, self.height)
        self._offsets = offsets

    def rows(self, start: int, stop: int) -> Image:
        """Rows ``start`` to ``stop``, bicubic."""
        x, y = np.moveaxis(self._offsets.rows(start, stop), -1, 0)
        x = x + np.arange(x.shape[1], dtype=np.float32)
        y = y + np.arange(start, stop, dtype=np.float32)[:, None]
        moved = cv2.remap(self._whole, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, np.uint8)
