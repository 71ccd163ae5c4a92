"""What steers the generator, row by row of a batch: the task, and what the data brings for it beside the image."""

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
    """Images of one extra for N samples, of which each has a number of its own.

    Args:
        images: ``[N, K, C, h, w]`` in [-1, 1], K as many as the sample with most has; zero where there is none.
        present: ``[N, K]`` bool, which of them are there. A sample without the extra has none.
    """

    images: Tensor
    present: Tensor

    @classmethod
    def of(cls, stacks: Sequence[Stack | None]) -> Exemplars:
        """Pad the stacks of N samples to the largest. None: the sample has none. One at least must be there."""
        shape = next(stack.shape[1:] for stack in stacks if stack is not None)
        counts = [0 if stack is None else len(stack) for stack in stacks]
        padded = np.zeros((len(stacks), max(counts), *shape), np.uint8)
        for row, stack in enumerate(stacks):
            padded[row, : counts[row]] = 0 if stack is None else stack
        present = torch.arange(max(counts)) < torch.tensor(counts)[:, None]
        images = torch.from_numpy(padded).movedim(-1, 2).float().div(127.5).sub(1)
        return cls(images * present[:, :, None, None, None], present)

    def select(self, rows: Tensor) -> Exemplars:
        """Those of ``rows`` [n] (int64)."""
        return Exemplars(self.images[rows], self.present[rows])

    def to(self, device: torch.device) -> Exemplars:
        """The same on ``device``."""
        return Exemplars(self.images.to(device, non_blocking=True), self.present.to(device, non_blocking=True))

    def pin_memory(self) -> Exemplars:
        """The same in memory from which a GPU copies while the host goes on."""
        return Exemplars(self.images.pin_memory(), self.present.pin_memory())


class LabelTable:
    """A model's own table of names -> rows. It is stored with the weights, so installing a plugin moves no row.

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
            MendkitError: a name that the model was not made with.
        """
        if unknown := [name for name in names if name not in self._row]:
            raise MendkitError(f"the model was not trained for {unknown[0]!r}; it knows {', '.join(self.names)}")
        return torch.tensor([self._row[name] for name in names], dtype=torch.int64)

    def guidance(self, names: Sequence[str], stacks: Sequence[Mapping[str, Stack]] = ()) -> Guidance:
        """What steers a batch of tasks with these ``names``, the stacks of each by the names of extras.

        Without ``stacks``, no row has any. Raises like ``rows``.
        """
        extras = sorted({extra for own in stacks for extra in own})
        return Guidance(self.rows(names), {extra: Exemplars.of([own.get(extra) for own in stacks]) for extra in extras})


@dataclass(frozen=True, slots=True)
class Guidance:
    """What steers the rows of a batch.

    Args:
        task: ``[N]`` int64, the row of each one's task in the table of the model.
        extras: by their names; an extra that no row has is not there.
        host: ``task`` again on the CPU, if ``task`` is elsewhere: who picks rows by it need not wait for the device.
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
        """The same in memory from which a GPU copies while the host goes on."""
        extras = {name: exemplars.pin_memory() for name, exemplars in self.extras.items()}
        return Guidance(self.task.pin_memory(), extras, self.on_host)
