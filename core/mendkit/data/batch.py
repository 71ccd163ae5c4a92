"""From images to tensors and back, and the batch that training works on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from .guidance import Guidance
from .photo import Image


@dataclass(frozen=True, slots=True)
class Batch:
    """Samples of several tasks.

    Args:
        x: domain X ``[N, 3, S, S]`` in [-1, 1]: with the defect.
        y: domain Y, likewise: without.
        guidance: the task of each row, and its extras.
        paired: ``[N]`` bool, whether x and y show the same product.
    """

    x: Tensor
    y: Tensor
    guidance: Guidance
    paired: Tensor

    @property
    def tasks(self) -> tuple[str, ...]:
        """The task of each row."""
        return self.guidance.tasks

    def __len__(self) -> int:
        return len(self.guidance)

    def select(self, rows: Tensor) -> Batch:
        """The sub-batch of ``rows`` [n] (int64)."""
        return Batch(self.x[rows], self.y[rows], self.guidance.select(rows), self.paired[rows])

    def to(self, device: torch.device) -> Batch:
        """The batch on ``device``, with the memory layout that convolutions like best."""
        x, y = (image.to(device, memory_format=torch.channels_last, non_blocking=True) for image in (self.x, self.y))
        return replace(self, x=x, y=y, guidance=self.guidance.to(device), paired=self.paired.to(device))


def to_tensor(images: Sequence[Image]) -> Tensor:
    """``uint8 [H, W, 3]`` images to one float tensor ``[N, 3, H, W]`` in [-1, 1]."""
    stacked = torch.from_numpy(np.stack(images))
    return stacked.permute(0, 3, 1, 2).float().div(127.5).sub(1)


def to_images(tensor: Tensor) -> list[Image]:
    """A float tensor ``[N, 3, H, W]`` in [-1, 1] to ``uint8 [H, W, 3]`` images."""
    scaled = tensor.detach().clamp(-1, 1).add(1).mul(127.5).round().byte()
    return list(scaled.permute(0, 2, 3, 1).cpu().numpy())
