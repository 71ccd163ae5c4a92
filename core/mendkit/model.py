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
from .contracts import Transform
from .contracts.finding import Findings
from .contracts.guidance import LabelTable
from .contracts.mended import Mended
from .contracts.photo import Stack
from .errors import CheckpointError
from .networks.blueprint import Blueprint
from .networks.generator import Generator
from .shipped import find_model
from .training.checkpoint import AVERAGE, load_weights, read_index
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
    def zoomed(self) -> int:
        """The side of those of local tasks, in pixels."""
        return self.config.training.zoomed

    def side(self, task: str) -> int:
        """The side of the square images of a task, in pixels."""
        return self.blueprint.side(task)

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

    @property
    def transforms(self) -> Mapping[str, Transform]:
        """Its transforms, by the names under which ``mend`` gives their parameters."""
        if not isinstance(self.network, Generator):
            return {}
        return {part.name: part.transform for part in self.network.transforms.parts.values()}

    @classmethod
    def load(cls, path: Path | str, device: str = "cpu", registry: Registry | None = None) -> Model:
        """Load a run, a checkpoint or an installed model, on any device.

        Args:
            path: of the run or checkpoint, or the name of an installed model.
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
        """Mend ``images [N, 3, S, S]`` in [-1, 1], S by ``side``; the result is on the CPU.

        Args:
            tasks: the task of each image.
            stacks: the extras of each image; empty: none has any.

        Raises:
            MendkitError: a task that the model was not trained for.
        """
        mended: Mended = self._answer(images, tasks, stacks)
        # The network computes all transforms for all items; here some are known to be unused.
        used = {each.name for each in self.blueprint.transforms if not set(tasks).isdisjoint(each.tasks)}
        return mended._replace(transforms={name: found for name, found in mended.transforms.items() if name in used})


class FindingModel(AnyModel):
    """A model that finds defects."""

    def find(self, images: Tensor, tasks: Sequence[str], stacks: Sequence[Mapping[str, Stack]] = ()) -> Findings:
        """Find defects in ``images [N, 3, S, S]`` in [-1, 1]; the result is on the CPU. Arguments as in ``mend``."""
        findings: Findings = self._answer(images, tasks, stacks)
        return findings


KINDS: Mapping[str, type[AnyModel]] = {"image": Model, "finding": FindingModel}
"""The class of model for each output of a learner."""


def load_model(path: Path | str, device: str = "cpu", registry: Registry | None = None) -> AnyModel:
    """Load a model of any kind. Arguments and errors as in ``Model.load``."""
    registry = registry or installed()
    path = find_model(path, registry)
    index = read_index(path)
    network = new_learner(index, registry).answering()
    load_weights(network, path, AVERAGE, index)
    network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    kind = KINDS.get(registry[LearnerSpec][index.learner].gives, AnyModel)
    return kind(network, index, index.images, index.extra_specs(registry))
