"""Small helpers for pixels: where they are, and how their values stay in range."""

from __future__ import annotations

import torch
from torch import Tensor

Span = tuple[float, float]


def clip(values: Tensor, low: float, high: float) -> Tensor:
    """Clip, but let gradients pass as if it did not (straight through), or what is clipped would never come back."""
    return values + (values.clamp(low, high) - values).detach()


def pixel_centres(count: int, like: Tensor, span: Span = (-1, 1)) -> Tensor:
    """The centres ``[count]`` of pixels that fill the span, on the device and of the type of ``like``."""
    start, stop = span
    return start + (torch.arange(count, device=like.device, dtype=like.dtype) * 2 + 1) / count * ((stop - start) / 2)
