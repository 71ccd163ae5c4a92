"""The endless stream of training items: item i is a function of (seed, i) only.

So order, worker processes and restarts do not matter: resuming at image i means continuing with item i.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, get_worker_info

from ..config import TrainingConfig
from ..contracts.batch import Batch
from ..contracts.guidance import LabelTable
from ..errors import DataError, FailingPluginError, ImageError, SynthesisError
from .sampling import Item, TaskSource
from .synthesis import Tally
from .tensors import stack, stack_truths

log = logging.getLogger(__name__)

ATTEMPTS = 20
"""This many unusable images in a row mean that the data or a plugin is at fault, not an image."""


Shares = np.ndarray[tuple[int], np.dtype[np.float64]]


class ItemStream(Dataset[Item]):
    """Draws a task for each item, by size and temperature, then an item of the task."""

    def __init__(self, sources: dict[str, TaskSource], config: TrainingConfig) -> None:
        drawable = {name: source for name, source in sources.items() if source.has_pairs or source.has_unpaired}
        if not drawable:
            raise DataError("no task has training data; `mendkit data check` lists what was found")
        self.sources = drawable
        self.names = sorted(drawable)
        self.shares = shares_of([drawable[name] for name in self.names], config)
        self._config = config

    def __getitem__(self, index: int) -> Item:
        failures: list[SynthesisError] = []
        for attempt in range(ATTEMPTS):
            try:
                return replace(self._draw(index, attempt), failures=tuple(failures))
            except SynthesisError as error:
                failures.append(error)
            except ImageError as error:
                log.warning("left out: %s", error)
        if failures:
            raise FailingPluginError(f"{ATTEMPTS} images in a row could not be used. The last failure: {failures[-1]}")
        raise DataError(f"{ATTEMPTS} unreadable images in a row; `mendkit data check` lists them")

    def divide_memory(self, processes: int) -> None:
        """Divide the memory among processes that each have a copy of this stream."""
        stores = (source.extras.store for source in self.sources.values())
        for store in {id(store): store for store in stores}.values():
            store.divide(processes)

    def _draw(self, index: int, attempt: int) -> Item:
        # A new generator for each attempt: what a failing plugin drew from the last one must not matter.
        rng = np.random.default_rng([self._config.seed, index, attempt])
        source = self.sources[self.names[rng.choice(len(self.names), p=self.shares)]]
        config = self._config
        return source.draw(
            rng,
            unpaired_share=config.unpaired_share,
            clean_share=config.clean_share,
            extras_share=config.extras_share,
            real_share=config.real_share,
        )


def task_shares(sizes: Sequence[int], temperature: float) -> Shares:
    """The share of each task, proportional to ``size ** (1 / temperature)``.

    >>> task_shares([900, 100], temperature=1.0).round(2).tolist()
    [0.9, 0.1]
    >>> task_shares([900, 100], temperature=2.0).round(2).tolist()
    [0.75, 0.25]
    """
    weights = np.array(sizes, dtype=np.float64) ** (1 / temperature)
    return weights / weights.sum()  # type: ignore[no-any-return]


def shares_of(sources: Sequence[TaskSource], config: TrainingConfig) -> Shares:
    """The share of each task by its data, times the emphasis on it."""
    shares = task_shares([source.size for source in sources], config.temperature)
    weights = shares * [config.emphasis.get(source.task.name, 1.0) for source in sources]
    return weights / weights.sum()  # type: ignore[no-any-return]


def batches(
    stream: ItemStream,
    table: LabelTable,
    *,
    first: int,
    last: int,
    batch: int,
    workers: int = 0,
    rank: int = 0,
    world: int = 1,
) -> Iterator[Batch]:
    """Batches of the items ``first`` to ``last - 1``, in order, made by ``workers`` processes (0: in this one).

    Of ``world`` processes that train together, number ``rank`` gets the items rank, rank + world, ... of each batch. If
    the last items cannot be shared evenly, a few more follow.

    Failures of synthesizers are logged and counted here, in the order of the items, whatever the number of workers.

    Raises:
        FailingPluginError: a synthesizer fails too often.
        DataError: too many images in a row are unreadable.
    """
    loader: DataLoader[Item | Fatal] = DataLoader(
        _Fetching(stream),
        sampler=range(first + rank, last + (first - last) % world, world),
        batch_size=batch // world,
        num_workers=workers,
        collate_fn=partial(_fetched, table=table),
        worker_init_fn=_divide_memory,
        persistent_workers=False,
        pin_memory=torch.cuda.is_available(),
    )
    tally = Tally()
    for fetched in loader:
        if not isinstance(fetched, Fetched):
            raise fetched
        for made_by, failures in fetched.made:
            tally.add(made_by, failures)
        yield fetched.batch


def _divide_memory(worker: int) -> None:
    """Called in each worker: all workers together cache as much as one process would."""
    info = get_worker_info()
    if info and isinstance(info.dataset, _Fetching):
        info.dataset.stream.divide_memory(info.num_workers)


def collate(items: Sequence[Item], table: LabelTable) -> Batch:
    """Stack items into a batch of ``uint8`` images, whose tasks are rows of ``table``.

    Raises:
        FailingPluginError: like ``stack_truths``.
    """
    return Batch(
        x=stack([item.source for item in items]),
        y=stack([item.target for item in items]),
        guidance=table.guidance([item.task for item in items], [item.extras for item in items]),
        paired=torch.tensor([item.paired for item in items]),
        truths=stack_truths(items),
    )


Fatal = DataError | FailingPluginError
"""Errors that end a run. Workers return them, because torch would wrap raised ones in a traceback."""


class Fetched(NamedTuple):
    """The result of a worker: a batch, and for each item the components that made it and the failures before it."""

    batch: Batch
    made: tuple[tuple[tuple[str, ...], tuple[SynthesisError, ...]], ...]


class _Fetching(Dataset[Item | Fatal]):
    def __init__(self, stream: ItemStream) -> None:
        self.stream = stream

    def __getitem__(self, index: int) -> Item | Fatal:
        try:
            return self.stream[index]
        except (DataError, FailingPluginError) as error:
            return error


def _fetched(items: Sequence[Item | Fatal], table: LabelTable) -> Fetched | Fatal:
    sound = [item for item in items if isinstance(item, Item)]
    for error in items:
        if not isinstance(error, Item):
            return error
    try:
        return Fetched(collate(sound, table), tuple((item.made_by, item.failures) for item in sound))
    except FailingPluginError as error:
        return error
