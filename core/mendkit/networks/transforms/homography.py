"""The view of a plane from another place: where each corner of the output lies in the input."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from ...contracts.layer import Layer
from ...contracts.photo import Floats
from ...contracts.view import FeatureInfo, Layout, View
from ...data.images import place_in_square
from ..pixels import pixel_centres
from .flow import Moved, warp

CORNERS = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))
"""Of an image that spans [-1, 1], as (x, y): from the upper left one clockwise."""
LIMIT = 1.0
"""Bound of the offsets of corners: half of the image's side."""
NEAREST = 0.2
"""Of a place to the camera, where 1 is the plane's own distance; so no place is at the horizon or behind the camera."""
POOLED, SUMMARY, HIDDEN = 8, 64, 256
"""Places along a side that features are pooled to, their channels, and what the head knows of all of them."""
SHOWN = 32
"""Side of the map that explains."""


class Homography:
    """The transform: offsets ``[N, 8]`` of the corners, (x, y) each, in units where the image spans [-1, 1].

    A camera that moves around a flat product maps the image by a homography, so straight lines stay straight.
    """

    def predictor(self, layout: Layout) -> HomographyPredictor:
        """A network with fresh weights, from the two coarsest scales of the encoder."""
        return HomographyPredictor(layout.encoder[-2:])

    def apply(self, image: Tensor, parameters: Tensor) -> Tensor:
        """``warp`` by the flow of the homography."""
        return warp(image, homography_flow(parameters, image.shape[-2], image.shape[-1]))

    def at_full_size(self, layer: Layer, parameters: Tensor) -> Layer:
        """The layer, moved; each place is computed, none enlarged.

        Raises:
            MendkitError: it is too long to be moved.
        """
        return Moved(layer, FullSizePlaces(parameters, layer.height, layer.width))

    def strength(self, parameters: Tensor) -> Tensor:
        """How far each place is moved, ``[N, 1, SHOWN, SHOWN]``."""
        length: Tensor = torch.linalg.vector_norm(homography_flow(parameters, SHOWN, SHOWN), dim=1, keepdim=True)
        return length


class HomographyPredictor(nn.Module):
    """Predicts the offsets of the corners, all zero at first (cf. DeTone et al. 2016, "Deep image homography").

    Args:
        scales: the features that it sees.
    """

    def __init__(self, scales: tuple[FeatureInfo, ...]) -> None:
        super().__init__()
        self.summarise = nn.ModuleList(
            nn.Sequential(nn.Conv2d(info.channels, SUMMARY, 1), nn.ReLU(), nn.AdaptiveAvgPool2d(POOLED))
            for info in scales
        )
        self.hidden = nn.Sequential(
            nn.Conv2d(SUMMARY * len(scales), SUMMARY, 3, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(SUMMARY * POOLED**2, HIDDEN),
            nn.ReLU(),
        )
        self.corners = nn.Linear(HIDDEN, 8)
        nn.init.zeros_(self.corners.weight)
        nn.init.zeros_(self.corners.bias)

    def forward(self, view: View) -> Tensor:
        """``[N, 8]``."""
        scales = view.encoder[-len(self.summarise) :]
        seen = [summarise(features) for summarise, features in zip(self.summarise, scales, strict=True)]
        return LIMIT * torch.tanh(self.corners(self.hidden(torch.cat(seen, dim=1))).float())


def homography_flow(offsets: Tensor, height: int, width: int) -> Tensor:
    """The flow ``[N, 2, H, W]`` that looks where the homography says."""
    y, x = torch.meshgrid(pixel_centres(height, offsets), pixel_centres(width, offsets), indexing="ij")
    return torch.stack(places(homography(offsets), x, y), dim=1) - torch.stack([x, y])


def places(matrix: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Where the points ``(x, y)`` ``[H, W]`` go by ``[N, 3, 3]``: their x and y ``[N, H, W]``."""
    rows = matrix[..., None, None]
    to_x, to_y, depth = (rows[:, row, 0] * x + rows[:, row, 1] * y + rows[:, row, 2] for row in range(3))
    near = depth.clamp(min=NEAREST)
    return to_x / near, to_y / near


def homography(offsets: Tensor) -> Tensor:
    """The matrices ``[N, 3, 3]`` that send each corner of ``CORNERS`` to itself plus its offset, from ``[N, 8]``.

    In closed form, from the unit square to a quadrilateral (Heckbert 1989, "Fundamentals of texture mapping", 2.2.3).
    """
    corners = offsets.reshape(-1, 4, 2) + offsets.new_tensor(CORNERS)
    (x0, x1, x2, x3), (y0, y1, y2, y3) = (corners[:, :, axis].unbind(dim=1) for axis in range(2))
    left, down = (x1 - x2, y1 - y2), (x3 - x2, y3 - y2)
    rest = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    area = left[0] * down[1] - down[0] * left[1]
    g = (rest[0] * down[1] - down[0] * rest[1]) / area
    h = (left[0] * rest[1] - rest[0] * left[1]) / area
    ones = torch.ones_like(g)
    rows = [x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h, ones]
    from_unit_square = torch.stack(rows, dim=1).reshape(-1, 3, 3)
    to_unit_square = offsets.new_tensor([[0.5, 0.0, 0.5], [0.0, 0.5, 0.5], [0.0, 0.0, 1.0]])
    matrix: Tensor = from_unit_square @ to_unit_square
    return matrix / matrix[:, 2:, 2:]


def corner_offsets(matrix: Tensor) -> Tensor:
    """The offsets ``[N, 8]`` of the corners by ``[N, 3, 3]``: what ``homography`` makes the matrix of again."""
    corners = matrix.new_tensor(CORNERS)
    moved = torch.cat([corners, torch.ones_like(corners[:, :1])], dim=1) @ matrix.mT
    return (moved[..., :2] / moved[..., 2:] - corners).flatten(1)


class FullSizePlaces:
    """How far each pixel of a photo looks from its own place, in pixels, by the homography of its square.

    Args:
        offsets: ``[1, 8]``.
        height, width: of the photo, which lies in the middle of the square.
    """

    def __init__(self, offsets: Tensor, height: int, width: int) -> None:
        self._matrix = homography(offsets.double())
        self._side, self._top, self._left = place_in_square(height, width)
        self._width = width

    def rows(self, start: int, stop: int) -> Floats:
        """Rows ``start`` to ``stop``, ``[stop - start, width, 2]``."""
        y = torch.arange(start + self._top, stop + self._top, dtype=torch.float64)[:, None].expand(-1, self._width)
        x = torch.arange(self._left, self._left + self._width, dtype=torch.float64).expand_as(y)
        own_x, own_y = ((each + 0.5) * 2 / self._side - 1 for each in (x, y))
        to_x, to_y = places(self._matrix, own_x, own_y)
        moved = torch.stack([to_x[0] - own_x, to_y[0] - own_y], dim=-1) * (self._side / 2)
        return np.asarray(moved.numpy(), np.float32)
