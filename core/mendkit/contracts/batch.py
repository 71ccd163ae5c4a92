"""The batch that training works on: items of several tasks, as tensors."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from .guidance import Guidance


@dataclass(frozen=True, slots=True)
class Batch:
    """Items of several tasks.

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

    def __len__(self) -> int:
        return len(self.guidance)

    def select(self, rows: Tensor) -> Batch:
        """The sub-batch of ``rows`` [n] (int64, on the CPU)."""
        there = rows.to(self.x.device, non_blocking=True)
        return Batch(self.x[there], self.y[there], self.guidance.select(rows), self.paired[there])

    def to(self, device: torch.device) -> Batch:
        """The batch on ``device``, with the memory layout that convolutions like best."""
        x, y = (image.to(device, memory_format=torch.channels_last, non_blocking=True) for image in (self.x, self.y))
        return replace(self, x=x, y=y, guidance=self.guidance.to(device), paired=self.paired.to(device))
