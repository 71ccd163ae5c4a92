"""Shared by loss and evaluator: where the sticker is, and the steps between neighbouring pixels there."""

from __future__ import annotations

from torch import Tensor


def differs(image: Tensor, other: Tensor, by: float) -> Tensor:
    """Where two images ``[N, 3, H, W]`` differ by more than ``by`` in a channel: bool ``[N, 1, H, W]``."""
    return (image - other).abs().amax(dim=1, keepdim=True) > by


def step_error(error: Tensor, inside: Tensor) -> Tensor:
    """How steep ``error`` is in and around a region, ``[N]``: sum over x and y of ``sum(m |d error|) / sum(m)``.

    ``d error`` is the step from one pixel to the next, and m is 1 where at least one of the two is inside.

    Args:
        error: ``[N, 3, H, W]``, the difference of two images.
        inside: the region, bool ``[N, 1, H, W]``.
    """
    return _mean_step(error, inside, dim=2) + _mean_step(error, inside, dim=3)


def _mean_step(error: Tensor, inside: Tensor, dim: int) -> Tensor:
    steps = error.diff(dim=dim).abs().mean(dim=1, keepdim=True)
    count = steps.shape[dim]
    touched = inside.narrow(dim, 0, count) | inside.narrow(dim, 1, count)
    return (steps * touched).sum(dim=(1, 2, 3)) / touched.sum(dim=(1, 2, 3)).clamp(min=1)
