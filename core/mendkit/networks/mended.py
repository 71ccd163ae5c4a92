"""What the generator returns: the mended image, and what it was composed of."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor


class Mended(NamedTuple):
    """Images in ``[-1, 1]``. The composite head satisfies ``image = (1 - mask) * warp(x, flow) + mask * drawn``.

    Args:
        image: the output, ``[N, 3, H, W]``.
        drawn: what the decoder drew, ``[N, 3, H, W]``.
        mask: ``[N, 1, H, W]`` in ``[0, 1]``; None with the ``regenerate`` head, which draws every pixel.
        mask_logits: the mask before it was squashed, ``[N, 1, H, W]``; None like ``mask``.
        flow: offsets ``[N, 2, H, W]`` (x, y) in units where the image spans ``[-1, 1]``; None if nothing moves.
        group_attention: M'_g of the site ``encoded``, ``[N, 1, h, w]``; None if g is switched off.
        type_attention: M'_eta of the site ``middle``, ``[N, 1, h, w]``; None if eta is switched off.
    """

    image: Tensor
    drawn: Tensor
    mask: Tensor | None = None
    mask_logits: Tensor | None = None
    flow: Tensor | None = None
    group_attention: Tensor | None = None
    type_attention: Tensor | None = None

    def map(self, function: Callable[[Tensor], Tensor]) -> Mended:
        """The same with ``function`` applied to each tensor that is there."""
        return Mended._make(None if field is None else function(field) for field in self)


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
