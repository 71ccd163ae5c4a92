"""A trained model, ready to mend: the averaged generator and the table of its tasks."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from mendkit_registry import ExtraSpec

from .config import RunConfig
from .contracts.guidance import Guidance
from .contracts.mended import Mended
from .errors import MendkitError
from .networks.blueprint import Blueprint
from .training.checkpoint import find_checkpoint, load_weights, read_index
from .training.state import Translator, new_generator


class Model:
    """A generator for inference.

    Args:
        generator: G_XY, with averaged weights.
        blueprint: what it was built from.
        images_seen: how many training images it has seen.
    """

    def __init__(self, generator: Translator, blueprint: Blueprint, images_seen: int) -> None:
        self.generator = generator.requires_grad_(False).eval()
        self.blueprint = blueprint
        self.images_seen = images_seen

    @classmethod
    def load(cls, path: Path, device: str = "cpu") -> Model:
        """Load a run or checkpoint directory, on any device.

        Raises:
            CheckpointError: missing, damaged, or of a newer format.
        """
        index = read_index(path)
        generator = new_generator(index)
        load_weights(generator, find_checkpoint(path) / "average.safetensors")
        generator.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        return cls(generator, index, index.images)

    @property
    def config(self) -> RunConfig:
        """The configuration of the run that trained it."""
        return self.blueprint.config

    @property
    def tasks(self) -> tuple[str, ...]:
        """The names of the tasks that it was trained for."""
        return self.blueprint.tasks

    @property
    def learned_from(self) -> tuple[str, ...]:
        """The pretrained networks by which its outputs were compared while it was trained."""
        return self.blueprint.learned_from

    @property
    def extras(self) -> tuple[ExtraSpec, ...]:
        """What its conditioners take beside the image."""
        return self.blueprint.extras

    @property
    def size(self) -> int:
        """The side of its square images, in pixels."""
        return self.config.training.size

    @property
    def device(self) -> torch.device:
        """Where its weights are."""
        return next(self.generator.parameters()).device

    def mend(self, images: Tensor, guidance: Guidance) -> Mended:
        """Mend ``images [N, 3, S, S]`` in [-1, 1], each as ``guidance`` says; the result is on the CPU.

        Raises:
            MendkitError: a task that the model was not trained for.
        """
        if unknown := sorted(set(guidance.tasks) - set(self.tasks)):
            raise MendkitError(f"the model was not trained for {unknown[0]!r}; it knows {', '.join(self.tasks)}")
        with torch.inference_mode():
            images = images.to(self.device, memory_format=torch.channels_last)
            mended: Mended = self.generator(images, guidance.to(self.device))
        return mended.map(Tensor.cpu)
