"""The tone of tonal tasks: how colours change, by place and brightness."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ...contracts.layer import Layer
from ...contracts.photo import Image
from ...contracts.view import FeatureInfo, Layout, View
from ...data.images import place_in_square
from ...data.tensors import to_images, to_tensor
from ..pixels import Span, clip, pixel_centres

GRID, LEVELS = 8, 8
"""Places along a side, and levels of brightness, at which changes are predicted; between them, they are mixed."""
CHANGE = 3 * 4
"""Numbers of one change: how much of red, green and blue is added to each of these, and what is added to each."""


class Tone:
    """The transform: colours change by a bilateral grid ``[N, CHANGE, LEVELS, GRID, GRID]`` of affine changes."""

    def predictor(self, layout: Layout) -> TonePredictor:
        """A network with fresh weights, from the decoded features."""
        return TonePredictor(layout.sites["decoded"])

    def apply(self, image: Tensor, parameters: Tensor) -> Tensor:
        """``tone``."""
        return tone(image, parameters)

    def at_full_size(self, layer: Layer, parameters: Tensor) -> Layer:
        """The layer, toned."""
        return Toned(layer, parameters)

    def strength(self, parameters: Tensor) -> Tensor:
        """How large the changes are at each place, over all levels of brightness, ``[N, 1, GRID, GRID]``."""
        size: Tensor = torch.linalg.vector_norm(parameters.flatten(1, 2), dim=1, keepdim=True)
        return size


class TonePredictor(nn.Module):
    """Predicts the bilateral grid of a tone.

    As HDRnet does (Gharbi et al. 2017, "Deep bilateral learning for real-time image enhancement"): what is seen around
    each place is joined with what is seen overall. There are no norms here, since these forget colours. The changes
    start at zero: at first colours stay as they are.
    """

    def __init__(self, decoded: FeatureInfo) -> None:
        super().__init__()
        width = decoded.channels
        channels = 2 * width
        self.look = nn.Sequential(
            nn.Conv2d(width + 3, channels, 3, stride=2, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 3, stride=2, padding=1),
            nn.ReLU(inplace=True),
            nn.AdaptiveAvgPool2d(GRID),
        )
        self.local = nn.Conv2d(channels, channels, 1)
        self.overall = nn.Sequential(
            nn.Linear(channels, channels), nn.ReLU(inplace=True), nn.Linear(channels, channels)
        )
        self.change = nn.Conv2d(channels, CHANGE * LEVELS, 1)
        nn.init.zeros_(self.change.weight)
        nn.init.zeros_(self.change.bias)  # type: ignore[arg-type]

    def forward(self, view: View) -> Tensor:
        """From the decoded features, and the image with its absolute colours: ``[N, CHANGE, LEVELS, GRID, GRID]``."""
        seen = self.look(torch.cat([view.sites["decoded"], view.image], dim=1))
        overall = self.overall(seen.mean(dim=(2, 3)))[:, :, None, None]
        return self.change((self.local(seen) + overall).relu()).unflatten(1, (CHANGE, LEVELS))  # type: ignore[no-any-return]


def tone(image: Tensor, grid: Tensor, rows: Span = (-1, 1), columns: Span = (-1, 1)) -> Tensor:
    """Change the colours of ``image`` [N, 3, H, W] in [-1, 1], which stay in that range, by a bilateral grid.

    ``grid`` [N, 12, D, h, w] has affine changes of colour by place and, in D levels from -1 to 1, by brightness, which
    here is the darkest channel: it tells a white background from all that has a colour.

    Args:
        rows: where the image begins and ends, in a grid that spans [-1, 1]; ``columns`` likewise.
    """
    count, _, height, width = image.shape
    levels = grid.shape[2]
    # Rows are alike in y, so they are mixed before each pixel looks up its own x and brightness: half of the work.
    tall = _mixed_rows(grid, pixel_centres(height, image, rows)).permute(0, 3, 1, 2, 4).flatten(0, 1)
    # A pixel that is NaN stays so, but on a CPU a place that is NaN would crash the backward pass of grid_sample.
    darkest = image.amin(dim=1).nan_to_num()
    brightness = darkest * ((levels - 1) / levels)  # the outermost levels are the centres of their cells
    x = pixel_centres(width, image, columns).expand_as(brightness)
    places = torch.stack([x, brightness], dim=-1).flatten(0, 1)[:, None]
    changes = F.grid_sample(tall, places, padding_mode="border", align_corners=False)
    changes = changes.view(count, height, -1, width).transpose(1, 2)
    by_colour, shift = changes[:, :9].reshape(-1, 3, 3, height, width), changes[:, 9:]
    return clip(image + (by_colour * image[:, None]).sum(dim=2) + shift, -1, 1)


def _mixed_rows(grid: Tensor, y: Tensor) -> Tensor:
    """The cells of ``grid [N, C, D, h, w]`` at heights ``y [H]`` in [-1, 1], ``[N, C, D, H, w]``."""
    last = grid.shape[3] - 1
    places = ((y + 1) * ((last + 1) / 2) - 0.5).clamp(0, last)
    above = places.long()
    below = (above + 1).clamp(max=last)
    return torch.lerp(grid[:, :, :, above], grid[:, :, :, below], (places - above)[:, None])


class Toned:
    """A layer whose colours change.

    Args:
        layer: what is toned.
        grid: ``[1, CHANGE, D, h, w]`` for its small square.
    """

    def __init__(self, layer: Layer, grid: Tensor) -> None:
        self.height, self.width = layer.height, layer.width
        self._layer, self._grid = layer, grid
        self._side, self._top, self._left = place_in_square(self.height, self.width)

    def rows(self, start: int, stop: int) -> Image:
        """Rows ``start`` to ``stop``."""
        rows, columns = self._span(self._top + start, stop - start), self._span(self._left, self.width)
        toned = tone(to_tensor([self._layer.rows(start, stop)]), self._grid, rows, columns)
        return to_images(toned)[0]

    def _span(self, start: int, length: int) -> Span:
        """Pixels of the photo's square, as a part of [-1, 1]."""
        return 2 * start / self._side - 1, 2 * (start + length) / self._side - 1
