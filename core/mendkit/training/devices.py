"""The device, the precision and the processes of a run, all in one place."""

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
        ConfigError: the device does not exist, or cannot be used.
    """
    if name in ("auto", "cuda") and torch.cuda.is_available():
        name = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
    try:
        device = torch.device("cpu" if name == "auto" else name)
    except RuntimeError as error:
        raise ConfigError(f"device {name!r} is not known; use auto, cpu, cuda, cuda:1, ...") from error
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, ImportError) as error:  # it depends on the build of PyTorch
        reason = re.split(r"\.\s|\n", str(error))[0]
        raise ConfigError(f"device {name!r} cannot be used: {reason}; choose another, such as cpu or auto") from error
    return device


def autocast(device: torch.device, config: TrainingConfig) -> AbstractContextManager[object]:
    """Compute convolutions and matrix products in the configured precision; weights stay in float32."""
    if config.precision == "float32":
        return nullcontext()
    return torch.autocast(device.type, dtype=getattr(torch, config.precision))


def compiled(network: nn.Module, config: TrainingConfig) -> None:
    """Compile ``network`` in place if the configuration says so, once for all batch sizes."""
    if config.compile:
        network.compile(dynamic=True)


def is_first() -> bool:
    """Whether this is the only process, or the first that ``torchrun`` started; only it writes and prints."""
    return os.environ.get("RANK", "0") == "0"


CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True)
class Ranks:
    """The processes, started by ``torchrun``, that train one model, each with its part of every batch.

    Args:
        rank: the number of this process.
        world: the number of processes.
        device: the device of this process.
    """

    rank: int = 0
    world: int = 1
    device: torch.device = CPU

    @classmethod
    @contextmanager
    def joined(cls, device: torch.device) -> Iterator[Ranks]:
        """Join the other processes while the block runs; alone if ``torchrun`` did not start this process."""
        world = int(os.environ.get("WORLD_SIZE", "1"))
        if world == 1:
            yield cls(device=device)
            return
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
        try:
            ranks = cls(dist.get_rank(), world, device)
            yield ranks
            ranks.any(False)  # wait until the first process has written everything
        finally:
            dist.destroy_process_group()

    def part_of(self, batch: int) -> int:
        """The number of items of a batch for each process.

        Raises:
            ConfigError: they cannot be shared evenly.
        """
        if batch % self.world:
            raise ConfigError(f"training.batch: {batch} items cannot be shared evenly among {self.world} processes")
        return batch // self.world

    def summed(self, values: Tensor) -> Tensor:
        """The sum of ``values`` over all processes, on their device."""
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
        """Whether ``flag`` is true in any process."""
        return bool(self.summed(torch.tensor(float(flag))) > 0) if self.world > 1 else flag

    def average_gradients(self, weights: Sequence[nn.Parameter]) -> None:
        """Give each weight the mean of its gradients over all processes: one exchange for all weights.

        A weight without a gradient in any process gets none, so that no optimiser moves it.
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
            weight.grad = laid_out_like(weight, gradient.view_as(weight)) if count else None


def laid_out_like(weight: Tensor, values: Tensor) -> Tensor:
    """``values`` with the strides of ``weight``: a fused optimiser takes both by their place in memory."""
    return torch.empty_like(weight).copy_(values)


ALONE = Ranks()
"""The only process."""
