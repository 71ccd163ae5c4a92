"""Weighs tasks against each other: a watermark changes few pixels, and a background nearly all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

from ..data.sampling import TaskSource
from ..errors import ImageError

LEAST_ERROR = 1e-3
"""Errors of a task below this count as this, or a task without defects would outweigh all others."""


def task_weights(sources: Mapping[str, TaskSource], seed: int, balance: float) -> dict[str, float]:
    """The weight of each task in the terms that measure errors of pixels: ``w ~ error of its input ** -balance``.

    With ``balance`` 1 the loss counts what is reported: the output's error as a share of the input's. With 0 all tasks
    weigh the same, and the largest defects come first. The weighted errors of all inputs together stay what they were.
    Tasks that draw their pairs from the same feed, such as those of a group with one synthesizer, are measured once.
    """
    if balance == 0:
        return dict.fromkeys(sources, 1.0)
    feeds = {source.feed: source for source in sources.values()}
    measured = {feed: _error(source, seed) for feed, source in feeds.items()}
    errors = {name: measured[source.feed] for name, source in sources.items()}
    raw = {name: error**-balance for name, error in errors.items()}
    scale = sum(errors.values()) / sum(raw[name] * error for name, error in errors.items())
    return {name: scale * weight for name, weight in raw.items()}


class TaskWeights(Mapping[str, float]):
    """``task_weights``, measured when the first is asked for: a plan of thousands of tasks need not wait for them."""

    def __init__(self, sources: Mapping[str, TaskSource], seed: int, balance: float) -> None:
        self._sources, self._seed, self._balance = sources, seed, balance

    def __getitem__(self, task: str) -> float:
        return self._weights[task]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)

    @cached_property
    def _weights(self) -> dict[str, float]:
        return task_weights(self._sources, self._seed, self._balance)


def _error(source: TaskSource, seed: int) -> float:
    try:
        return max(source.input_error(seed), LEAST_ERROR) if source.has_pairs else 1.0
    except ImageError:
        return 1.0
