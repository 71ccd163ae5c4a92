"""Where a run computes, in which precision, and with which other processes: the one place for all of it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import torch
import torch.distributed as dist
from torch import Tensor, nn

from ..config import TrainingConfig
from ..errors import ConfigError


def pick_device(name: str) -> torch.device:
    """The device of that name; ``auto`` is the first GPU if there is one, else the CPU.

    Under ``torchrun``, ``auto`` and ``cuda`` are the GPU of this process.

    Raises:
        ConfigError: there is no such device, or it cannot be used.
    """
    if name in ("auto", "cuda") and torch.cuda.is_available():
        name = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
    try:
        device = torch.device("cpu" if name == "auto" else name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, ImportError) as error:  # it varies with what PyTorch was built for
        reason = re.split(r"\.\s|\n", str(error))[0]
        raise ConfigError(f"device {name!r} cannot be used: {reason}; choose another, such as cpu, or auto") from error
    return device


def autocast(device: torch.device, config: TrainingConfig) -> AbstractContextManager[object]:
    """Compute convolutions and the like in the precision of the configuration; weights stay in float32."""
    if config.precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, dtype=getattr(torch, config.precision))


def compiled(network: nn.Module, config: TrainingConfig) -> None:
    """Compile ``network`` in place if the configuration says so, once for batches of any number of items."""
    if config.compile:
        network.compile(dynamic=True)


def is_first() -> bool:
    """Whether this process is the only one, or the first that ``torchrun`` started: it alone writes and speaks."""
    return os.environ.get("RANK", "0") == "0"


CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True)
class Ranks:
    """The processes that train one model together, as ``torchrun`` starts them, each with its part of every batch.

    Args:
        rank: which of them this one is.
        world: how many there are.
        device: where this one computes.
    """

    rank: int = 0
    world: int = 1
    device: torch.device = CPU

    @classmethod
    @contextmanager
    def joined(cls, device: torch.device) -> Iterator[Ranks]:
        """Join the others while the block runs; alone if this process was not started by ``torchrun``."""
        world = int(os.environ.get("WORLD_SIZE", "1"))
        if world == 1:
            yield cls(device=device)
            return
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
        try:
            ranks = cls(dist.get_rank(), world, device)
            yield ranks
            ranks.any(False)  # none goes on before the first has written all
        finally:
            dist.destroy_process_group()

    def part_of(self, batch: int) -> int:
        """How many of the items of a batch each process has.

        Raises:
            ConfigError: they cannot be dealt out evenly.
        """
        if batch % self.world:
            raise ConfigError(f"training.batch: {batch} items cannot be dealt out to {self.world} processes evenly")
        return batch // self.world

    def summed(self, values: Tensor) -> Tensor:
        """The sum of ``values`` over all processes, where they are."""
        if self.world == 1:
            return values
        there = values.to(self.device)
        dist.all_reduce(there)
        return there.to(values.device)

    def agreed(self, value: float) -> float:
        """The ``value`` of the first process, for all."""
        if self.world == 1:
            return value
        return float(self.summed(torch.tensor(value if self.rank == 0 else 0.0, dtype=torch.float64)))

    def any(self, flag: bool) -> bool:
        """Whether ``flag`` is true in one of the processes."""
        return bool(self.summed(torch.tensor(float(flag))) > 0) if self.world > 1 else flag

    def average_gradients(self, weights: Sequence[nn.Parameter]) -> None:
        """Give each weight the mean of its gradients over all processes: one exchange for all weights.

        A weight that has a gradient in none of them keeps none, so that no optimiser moves it.
        """
        if self.world == 1:
            return
        there = torch.tensor([float(weight.grad is not None) for weight in weights], device=weights[0].device)
        parts = [
            weight.new_zeros(weight.numel()) if weight.grad is None else weight.grad.flatten() for weight in weights
        ]
        flat = self.summed(torch.cat([there, *parts]))
        counts, rest = flat[: len(weights)].tolist(), flat[len(weights) :] / self.world
        gradients = torch.split(rest, [weight.numel() for weight in weights])
        for weight, count, gradient in zip(weights, counts, gradients, strict=True):
            weight.grad = gradient.view_as(weight) if count else None


ALONE = Ranks()
"""The only process."""
