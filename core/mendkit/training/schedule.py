"""The schedule of a run: the learning rate and the averaging of the generator."""

from __future__ import annotations

import torch
from torch import nn

from ..config import TrainingConfig

EMA_RAMP = 0.05
"""The half-life is at most this share of the images so far; otherwise the average would keep the random start."""


def spent_share(images: int, seconds: float, config: TrainingConfig) -> float:
    """The spent share of the budget, from 0 to 1 and beyond: of the images or of the minutes, whichever is larger.

    >>> spent_share(25, 30.0, TrainingConfig(images=100, minutes=1))
    0.5
    """
    of_images = images / config.images
    return of_images if config.minutes is None else max(of_images, seconds / (60 * config.minutes))


def rate_factor(spent: float, constant_share: float) -> float:
    """Factor of the learning rate: 1 until the constant share of the budget is spent, then linear to 0.

    >>> [rate_factor(spent, constant_share=0.5) for spent in (0, 0.5, 0.75, 1)]
    [1.0, 1.0, 0.5, 0.0]
    """
    return 1.0 if spent <= constant_share else max(0.0, (1 - spent) / (1 - constant_share))


@torch.no_grad()
def update_average(average: nn.Module, model: nn.Module, *, batch: int, images: int, half_life: int) -> None:
    """Move ``average`` towards ``model``: an exponential moving average with a half-life counted in images.

    Buffers are not averaged but copied.
    """
    half_life = min(half_life, int(EMA_RAMP * images))
    decay = 0.5 ** (batch / half_life) if half_life else 0.0
    for averaged, current in zip(average.parameters(), model.parameters(), strict=True):
        averaged.lerp_(current, 1 - decay)
    # Such as running statistics of a norm, or vectors of a spectral norm: they belong to the current weights.
    for kept, buffer in zip(average.buffers(), model.buffers(), strict=True):
        kept.copy_(buffer)
