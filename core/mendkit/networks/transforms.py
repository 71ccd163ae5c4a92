"""What is done to pixels without drawing them: they are moved by a flow, and toned by a bilateral grid."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ..contracts.mended import Mended

Span = tuple[float, float]


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


def transform(image: Tensor, mended: Mended) -> Tensor:
    """``tone(warp(image, flow), tone)``: what of the input ``[N, 3, H, W]`` is kept, moved and in other colours."""
    moved = image if mended.flow is None else warp(image, mended.flow)
    return moved if mended.tone is None else tone(moved, mended.tone)


def _mixed_rows(grid: Tensor, y: Tensor) -> Tensor:
    """The cells of ``grid [N, C, D, h, w]`` at heights ``y [H]`` in [-1, 1], ``[N, C, D, H, w]``."""
    last = grid.shape[3] - 1
    places = ((y + 1) * ((last + 1) / 2) - 0.5).clamp(0, last)
    above = places.long()
    below = (above + 1).clamp(max=last)
    return torch.lerp(grid[:, :, :, above], grid[:, :, :, below], (places - above)[:, None])


def clip(values: Tensor, low: float, high: float) -> Tensor:
    """Clip, but let gradients pass as if it did not (straight through), or what is clipped would never come back."""
    return values + (values.clamp(low, high) - values).detach()


def pixel_centres(count: int, like: Tensor, span: Span = (-1, 1)) -> Tensor:
    """The centres ``[count]`` of pixels that fill the span, on the device and of the type of ``like``."""
    start, stop = span
    return start + (torch.arange(count, device=like.device, dtype=like.dtype) * 2 + 1) / count * ((stop - start) / 2)
