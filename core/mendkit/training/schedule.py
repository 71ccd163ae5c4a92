"""What changes while a run goes on: the learning rate and the averaging of the generator."""

from __future__ import annotations

import torch
from torch import nn

EMA_RAMP = 0.05
"""The average never looks back further than this share of the images so far, or it would keep the random start."""


def rate_factor(images: int, budget: int, constant_share: float) -> float:
    """Factor of the learning rate after ``images``: 1 for the constant share of the budget, then linear to 0.

    >>> [rate_factor(images, 100, 0.5) for images in (0, 50, 75, 100)]
    [1.0, 1.0, 0.5, 0.0]
    """
    progress = images / budget
    return 1.0 if progress <= constant_share else max(0.0, (1 - progress) / (1 - constant_share))


@torch.no_grad()
def update_average(average: nn.Module, model: nn.Module, *, batch: int, images: int, half_life: int) -> None:
    """Move ``average`` towards ``model``: an exponential moving average with a half-life counted in images."""
    half_life = min(half_life, int(EMA_RAMP * images))
    decay = 0.5 ** (batch / half_life) if half_life else 0.0
    for averaged, current in zip(average.parameters(), model.parameters(), strict=True):
        averaged.lerp_(current, 1 - decay)
