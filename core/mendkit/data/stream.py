"""The endless stream of training samples: sample i is a function of (seed, i) alone.

That makes order, worker processes and restarts irrelevant: to resume at image i is to go on with sample i.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from ..config import TrainingConfig
from ..errors import DataError, UnreadableImageError
from .batch import Batch, to_tensor
from .sampling import Sample, TaskSource

log = logging.getLogger(__name__)

ATTEMPTS = 20
"""So many unreadable images in a row mean that the data is bad, not an image."""


class SampleStream(Dataset[Sample]):
    """Draws a task for each sample, by size and temperature, then a sample of that task."""

    def __init__(self, sources: dict[str, TaskSource], config: TrainingConfig) -> None:
        drawable = {name: source for name, source in sources.items() if source.has_pairs or source.has_unpaired}
        if not drawable:
            raise DataError("no task has training data; `mendkit data check` says what was found")
        self.sources = drawable
        self.names = sorted(drawable)
        self.shares = task_shares([drawable[name].size for name in self.names], config.temperature)
        self._config = config

    def __getitem__(self, index: int) -> Sample:
        rng = np.random.default_rng([self._config.seed, index])
        for _ in range(ATTEMPTS):
            name = self.names[rng.choice(len(self.names), p=self.shares)]
            try:
                return self.sources[name].draw(
                    rng, unpaired_share=self._config.unpaired_share, clean_share=self._config.clean_share
                )
            except UnreadableImageError as error:
                log.warning("left out: %s", error)
        raise DataError(f"{ATTEMPTS} unreadable images in a row; `mendkit data check` lists them")


def task_shares(sizes: Sequence[int], temperature: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How often each task is drawn: in proportion to ``size ** (1 / temperature)``.

    >>> task_shares([900, 100], temperature=1.0).round(2).tolist()
    [0.9, 0.1]
    >>> task_shares([900, 100], temperature=2.0).round(2).tolist()
    [0.75, 0.25]
    """
    weights = np.array(sizes, dtype=np.float64) ** (1 / temperature)
    return weights / weights.sum()  # type: ignore[no-any-return]


def batches(stream: SampleStream, *, first: int, last: int, batch: int, workers: int) -> Iterator[Batch]:
    """Batches of the samples ``first`` to ``last - 1``, in order, made by ``workers`` processes (0: in this one)."""
    loader: DataLoader[Sample] = DataLoader(
        stream,
        sampler=range(first, last),
        batch_size=batch,
        num_workers=workers,
        collate_fn=collate,
        persistent_workers=False,
        pin_memory=torch.cuda.is_available(),
    )
    return iter(loader)


def collate(samples: Sequence[Sample]) -> Batch:
    """Stack samples into a batch."""
    return Batch(
        x=to_tensor([sample.source for sample in samples]),
        y=to_tensor([sample.target for sample in samples]),
        tasks=tuple(sample.task for sample in samples),
        paired=torch.tensor([sample.paired for sample in samples]),
    )
