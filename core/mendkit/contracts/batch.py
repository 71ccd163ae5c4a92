"""The batch that training works on: items of several tasks, as tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .guidance import Guidance


class Truths(NamedTuple):
    """What is known about how the defects of N items were made, for one name.

    Args:
        values: ``[N, ...]`` float, zero where an item has none. A mask is ``uint8``, 0 to 255, until ``to``.
        present: ``[N]`` bool, which items have a value.
    """

    values: Tensor
    present: Tensor

    @classmethod
    def of(cls, known: Sequence[NDArray[Any] | None]) -> Truths:
        """Stack the arrays of N items, of one shape and type; None: the item has none. At least one must exist."""
        first = next(truth for truth in known if truth is not None)
        values = np.zeros((len(known), *first.shape), first.dtype)
        for row, truth in enumerate(known):
            if truth is not None:
                values[row] = truth
        return cls(torch.from_numpy(values), torch.tensor([truth is not None for truth in known]))

    def map(self, function: Callable[[Tensor], Tensor]) -> Truths:
        """The same with ``function`` applied to both tensors."""
        return Truths(function(self.values), function(self.present))

    def to(self, device: torch.device) -> Truths:
        """The same on ``device``, masks in [0, 1]."""
        values, present = self.map(lambda tensor: tensor.to(device, non_blocking=True))
        return Truths(values.float().div(255) if values.dtype == torch.uint8 else values, present)


@dataclass(frozen=True, slots=True)
class Batch:
    """Items of several tasks.

    Until ``to``, images are ``uint8``, which is a quarter of the bytes to move between processes and to the
    device.

    Args:
        x: domain X ``[N, 3, S, S]`` in [-1, 1]: with the defect.
        y: domain Y, likewise: without.
        guidance: the task of each row, and its extras.
        paired: ``[N]`` bool, whether x and y show the same product.
        truths: what is known about how the defects were made, by name, see ``Pair``: ``mask`` ``[N, S, S]`` in [0, 1]
            and the truths of synthesizers. A name that no row has is missing.
    """

    x: Tensor
    y: Tensor
    guidance: Guidance
    paired: Tensor
    truths: Mapping[str, Truths] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.guidance)

    def select(self, rows: Tensor) -> Batch:
        """The sub-batch of ``rows`` [n] (int64, on the CPU)."""
        there = rows.to(self.x.device, non_blocking=True)
        return self._map(lambda tensor: tensor[there], self.guidance.select(rows))

    def to(self, device: torch.device) -> Batch:
        """The batch on ``device``: images as floats in [-1, 1], in the fastest memory layout for convolutions."""
        moved = self._map(lambda tensor: tensor.to(device, non_blocking=True), self.guidance.to(device))
        x, y = (to_unit(image).contiguous(memory_format=torch.channels_last) for image in (moved.x, moved.y))
        return replace(moved, x=x, y=y, truths={name: truths.to(device) for name, truths in moved.truths.items()})

    def pin_memory(self) -> Batch:
        """The same in pinned memory, for asynchronous copies to a GPU; ``DataLoader(pin_memory=True)`` calls it."""
        return self._map(Tensor.pin_memory, self.guidance.pin_memory())

    def _map(self, function: Callable[[Tensor], Tensor], guidance: Guidance) -> Batch:
        x, y, paired = map(function, (self.x, self.y, self.paired))
        return Batch(x, y, guidance, paired, {name: truths.map(function) for name, truths in self.truths.items()})


def to_unit(images: Tensor) -> Tensor:
    """``uint8`` images, of any shape, to floats in [-1, 1]. Other types stay as they are."""
    if images.dtype != torch.uint8:
        return images
    # Divided by a tensor: for a number, a GPU would multiply by its reciprocal, which rounds differently.
    return images.float().div(torch.full((), 127.5, device=images.device)).sub(1)
