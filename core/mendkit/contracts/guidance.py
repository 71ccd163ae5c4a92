"""What steers the generator, row by row of a batch: the task, and what the data brings for it beside the image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

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
        """The same in memory from which a GPU copies without waiting."""
        return Exemplars(self.images.pin_memory(), self.present.pin_memory())


@dataclass(frozen=True, slots=True)
class Guidance:
    """What steers the rows of a batch.

    Args:
        tasks: the task of each row.
        extras: by their names; an extra that no row has is not there.
    """

    tasks: tuple[str, ...]
    extras: Mapping[str, Exemplars] = field(default_factory=dict)

    @classmethod
    def of(cls, tasks: Sequence[str], stacks: Sequence[Mapping[str, Stack]] = ()) -> Guidance:
        """From the stacks of each row, by the names of extras. Without ``stacks``, no row has any."""
        names = sorted({name for own in stacks for name in own})
        return cls(tuple(tasks), {name: Exemplars.of([own.get(name) for own in stacks]) for name in names})

    def __len__(self) -> int:
        return len(self.tasks)

    def select(self, rows: Tensor) -> Guidance:
        """The guidance of ``rows`` [n] (int64)."""
        extras = {name: exemplars.select(rows) for name, exemplars in self.extras.items()}
        return Guidance(tuple(self.tasks[row] for row in rows.tolist()), extras)

    def to(self, device: torch.device) -> Guidance:
        """The same on ``device``."""
        return Guidance(self.tasks, {name: exemplars.to(device) for name, exemplars in self.extras.items()})

    def pin_memory(self) -> Guidance:
        """The same in memory from which a GPU copies without waiting."""
        return Guidance(self.tasks, {name: exemplars.pin_memory() for name, exemplars in self.extras.items()})
