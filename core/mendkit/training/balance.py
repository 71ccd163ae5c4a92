"""Weights tasks against each other: a watermark changes few pixels, a background nearly all."""

from __future__ import annotations

from collections.abc import Mapping

from ..data.sampling import TaskSource
from ..errors import ImageError

LEAST_ERROR = 1e-3
"""Smaller errors of a task are raised to this; otherwise a task without defects would outweigh all others."""


def task_weights(sources: Mapping[str, TaskSource], seed: int, balance: float) -> dict[str, float]:
    """The weight of each task in the terms that measure pixel errors: ``w ~ error of its input ** -balance``.

    With ``balance`` 1 the loss counts what is reported: the output's error as a share of the input's. With 0 all tasks
    have the same weight, and the largest defects dominate. The sum of the weighted errors of all measured inputs does
    not change. A task without pairs cannot be measured: its weight is 1, and it does not affect the others. Tasks that
    draw their pairs from the same feed, such as those of a group with one synthesizer, are measured once.
    """
    if balance == 0:
        return dict.fromkeys(sources, 1.0)
    feeds = {source.feed: source for source in sources.values()}
    measured = {feed: error for feed, source in feeds.items() if (error := _error(source, seed)) is not None}
    errors = {name: measured[source.feed] for name, source in sources.items() if source.feed in measured}
    raw = {name: error**-balance for name, error in errors.items()}
    scale = sum(errors.values()) / sum(raw[name] * error for name, error in errors.items()) if errors else 1.0
    return {name: scale * raw[name] if name in raw else 1.0 for name in sources}


def _error(source: TaskSource, seed: int) -> float | None:
    """The mean error of the source's inputs; None if it has no pairs that can be measured."""
    try:
        return max(source.input_error(seed), LEAST_ERROR) if source.has_pairs else None
    except ImageError:
        return None
