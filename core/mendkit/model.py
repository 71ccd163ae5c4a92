"""A trained model, ready to mend: the averaged generator and the table of its tasks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from mendkit_registry import ExtraSpec

from .config import RunConfig
from .data.guidance import Guidance
from .errors import MendkitError
from .networks.mended import Mended
from .training.checkpoint import find_checkpoint, load_weights, read_index
from .training.state import Translator, new_generator


class Model:
    """A generator for inference.

    Args:
        generator: G_XY, with averaged weights.
        config: the configuration of the run that trained it.
        images_seen: how many training images it has seen.
        extras: what its conditioners take beside the image.
    """

    def __init__(
        self, generator: Translator, config: RunConfig, images_seen: int, extras: Sequence[ExtraSpec] = ()
    ) -> None:
        self.generator = generator.requires_grad_(False).eval()
        self.config = config
        self.images_seen = images_seen
        self.extras = tuple(extras)

    @classmethod
    def load(cls, path: Path, device: str = "cpu") -> Model:
        """Load a run or checkpoint directory, on any device.

        Raises:
            CheckpointError: missing, damaged, or of a newer format.
        """
        index = read_index(path)
        generator = new_generator(index.config, index.tasks, index.geometric, index.conditioners)
        load_weights(generator, find_checkpoint(path) / "average.safetensors")
        generator.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        return cls(generator, index.config, index.images, index.extras)

    @property
    def tasks(self) -> tuple[str, ...]:
        """The names of the tasks that it was trained for."""
        return self.generator.types.names

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
