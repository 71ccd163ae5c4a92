"""What steers the generator for each row of a batch: the task, and the extras that the data has for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..errors import MendkitError
from .photo import Stack


class Exemplars(NamedTuple):
    """Images of one extra for N items, which may have different numbers of images.

    Args:
        images: ``[N, K, C, h, w]`` in [-1, 1], where K is the largest number of images of an item; zero-padded.
        present: ``[N, K]`` bool, which of them are real. An item without the extra has none.
    """

    images: Tensor
    present: Tensor

    @classmethod
    def of(cls, stacks: Sequence[Stack | None]) -> Exemplars:
        """Pad the stacks of N items to the largest. None: the item has none. At least one must exist."""
        shape = next(stack.shape[1:] for stack in stacks if stack is not None)
        counts = [0 if stack is None else len(stack) for stack in stacks]
        padded = np.zeros((len(stacks), max(counts), *shape), np.uint8)
        for row, stack in enumerate(stacks):
            padded[row, : counts[row]] = 0 if stack is None else stack
        present = torch.arange(max(counts)) < torch.tensor(counts)[:, None]
        images = torch.from_numpy(padded).movedim(-1, 2).float().div(127.5).sub(1)
        return cls(images * present[:, :, None, None, None], present)

    def select(self, rows: Tensor) -> Exemplars:
        """The images of ``rows`` [n] (int64)."""
        return Exemplars(self.images[rows], self.present[rows])

    def to(self, device: torch.device) -> Exemplars:
        """The same on ``device``."""
        return Exemplars(self.images.to(device, non_blocking=True), self.present.to(device, non_blocking=True))

    def pin_memory(self) -> Exemplars:
        """The same in pinned memory, for asynchronous copies to a GPU."""
        return Exemplars(self.images.pin_memory(), self.present.pin_memory())


class LabelTable:
    """A model's own table of names -> rows. It is stored with the weights, so installing a plugin never moves a row.

    >>> table = LabelTable(["background", "viewpoint"])
    >>> table.rows(["viewpoint", "background"]).tolist()
    [1, 0]
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._row = {name: row for row, name in enumerate(self.names)}

    def __len__(self) -> int:
        return len(self.names)

    def rows(self, names: Sequence[str]) -> Tensor:
        """The rows ``[N]`` (int64) of ``names``.

        Raises:
            MendkitError: a name that the model does not know.
        """
        if unknown := [name for name in names if name not in self._row]:
            raise MendkitError(f"the model was not trained for {unknown[0]!r}; it knows {', '.join(self.names)}")
        return torch.tensor([self._row[name] for name in names], dtype=torch.int64)

    def guidance(self, names: Sequence[str], stacks: Sequence[Mapping[str, Stack]] = ()) -> Guidance:
        """The guidance of a batch with these tasks, and the stacks of each row by the names of extras.

        Without ``stacks``, no row has extras. Raises like ``rows``.
        """
        extras = sorted({extra for own in stacks for extra in own})
        return Guidance(self.rows(names), {extra: Exemplars.of([own.get(extra) for own in stacks]) for extra in extras})


@dataclass(frozen=True, slots=True)
class Guidance:
    """What steers the rows of a batch.

    Args:
        task: ``[N]`` int64, each row's task as a row of the model's table.
        extras: by name; an extra that no row has is missing.
        host: a copy of ``task`` on the CPU if ``task`` is elsewhere: selecting rows by it does not wait for the device.
    """

    task: Tensor
    extras: Mapping[str, Exemplars] = field(default_factory=dict)
    host: Tensor | None = None

    @property
    def on_host(self) -> Tensor:
        """``task`` on the CPU."""
        return self.task.cpu() if self.host is None else self.host

    def __len__(self) -> int:
        return self.task.shape[0]

    def select(self, rows: Tensor) -> Guidance:
        """The guidance of ``rows`` [n] (int64, on the CPU)."""
        there = rows.to(self.task.device, non_blocking=True)
        extras = {name: exemplars.select(there) for name, exemplars in self.extras.items()}
        return Guidance(self.task[there], extras, self.on_host[rows])

    def to(self, device: torch.device) -> Guidance:
        """The same on ``device``."""
        extras = {name: exemplars.to(device) for name, exemplars in self.extras.items()}
        return Guidance(self.task.to(device, non_blocking=True), extras, self.on_host)

    def pin_memory(self) -> Guidance:
        """The same in pinned memory, for asynchronous copies to a GPU."""
        extras = {name: exemplars.pin_memory() for name, exemplars in self.extras.items()}
        return Guidance(self.task.pin_memory(), extras, self.on_host)
