"""From images to tensors and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ..contracts.photo import Image


def to_tensor(images: Sequence[Image]) -> Tensor:
    """``uint8 [H, W, 3]`` images to one float tensor ``[N, 3, H, W]`` in [-1, 1]."""
    stacked = torch.from_numpy(np.stack(images))
    return stacked.permute(0, 3, 1, 2).float().div(127.5).sub(1)


def to_images(tensor: Tensor) -> list[Image]:
    """A float tensor ``[N, 3, H, W]`` in [-1, 1] to ``uint8 [H, W, 3]`` images."""
    scaled = tensor.detach().clamp(-1, 1).add(1).mul(127.5).round().byte()
    return list(scaled.permute(0, 2, 3, 1).cpu().numpy())
