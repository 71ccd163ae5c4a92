"""A trained model, ready for photos: the averaged network and the table of its tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from mendkit_registry import ExtraSpec, LearnerSpec, Registry
from mendkit_registry import load as installed

from .config import RunConfig
from .contracts.finding import Findings
from .contracts.guidance import LabelTable
from .contracts.mended import Mended
from .contracts.photo import Stack
from .errors import CheckpointError
from .networks.blueprint import Blueprint
from .training.checkpoint import AVERAGE, find_checkpoint, load_weights, read_index
from .training.state import new_learner


class AnyModel:
    """A network that processes photos.

    Args:
        network: with averaged weights.
        blueprint: what it was built from.
        images_seen: the number of training images it has seen.
        extras: what its conditioners take besides the image.
    """

    def __init__(
        self, network: nn.Module, blueprint: Blueprint, images_seen: int, extras: tuple[ExtraSpec, ...] = ()
    ) -> None:
        self.network = network.requires_grad_(False).eval()
        self.blueprint = blueprint
        self.images_seen = images_seen
        self.extras = extras

    @property
    def config(self) -> RunConfig:
        """The configuration of the run that trained it."""
        return self.blueprint.config

    @property
    def tasks(self) -> tuple[str, ...]:
        """The names of the tasks it was trained for."""
        return self.blueprint.tasks

    @property
    def learned_from(self) -> tuple[str, ...]:
        """The pretrained networks whose features its training compared."""
        return self.blueprint.learned_from

    @property
    def size(self) -> int:
        """The side of its square images, in pixels."""
        return self.config.training.size

    @property
    def device(self) -> torch.device:
        """The device of its weights."""
        return next(self.network.parameters()).device

    def _answer(self, images: Tensor, tasks: Sequence[str], stacks: Sequence[Mapping[str, Stack]]) -> Any:
        guidance = LabelTable(self.tasks).guidance(tasks, stacks)
        with torch.inference_mode():
            images = images.to(self.device, memory_format=torch.channels_last)
            return self.network(images, guidance.to(self.device)).map(Tensor.cpu)


class Model(AnyModel):
    """A model that mends: its network is G_XY."""

    @classmethod
    def load(cls, path: Path, device: str = "cpu", registry: Registry | None = None) -> Model:
        """Load a run or checkpoint directory, on any device.

        Args:
            registry: provides the components of the model; None: the registry of the installed plugins.

        Raises:
            CheckpointError: missing, damaged, in a newer format, with components that no installed plugin contributes,
                or not a model that mends.
        """
        model = load_model(path, device, registry)
        if not isinstance(model, cls):
            learner = model.blueprint.learner
            raise CheckpointError(f"{path}: a model of {learner}, which does not give images; use a model that mends")
        return model

    def mend(self, images: Tensor, tasks: Sequence[str], stacks: Sequence[Mapping[str, Stack]] = ()) -> Mended:
        """Mend ``images [N, 3, S, S]`` in [-1, 1]; the result is on the CPU.

        Args:
            tasks: the task of each image.
            stacks: the extras of each image; empty: none has any.

        Raises:
            MendkitError: a task that the model was not trained for.
        """
        mended: Mended = self._answer(images, tasks, stacks)
        # The network computes both for all items; here they are known to be unused.
        moves, tones = (not set(tasks).isdisjoint(trait) for trait in (self.blueprint.geometric, self.blueprint.tonal))
        return mended._replace(flow=mended.flow if moves else None, tone=mended.tone if tones else None)


class FindingModel(AnyModel):
    """A model that finds defects."""

    def find(self, images: Tensor, tasks: Sequence[str], stacks: Sequence[Mapping[str, Stack]] = ()) -> Findings:
        """Find defects in ``images [N, 3, S, S]`` in [-1, 1]; the result is on the CPU. Arguments as in ``mend``."""
        findings: Findings = self._answer(images, tasks, stacks)
        return findings


KINDS: Mapping[str, type[AnyModel]] = {"image": Model, "finding": FindingModel}
"""The class of model for each output of a learner."""


def load_model(path: Path, device: str = "cpu", registry: Registry | None = None) -> AnyModel:
    """Load the model in a run or checkpoint directory. Arguments and errors as in ``Model.load``."""
    index, registry = read_index(path), registry or installed()
    network = new_learner(index, registry).answering()
    load_weights(network, find_checkpoint(path) / f"{AVERAGE}.safetensors")
    network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    kind = KINDS.get(registry[LearnerSpec][index.learner].gives, AnyModel)
    return kind(network, index, index.images, index.extra_specs(registry))
