"""What the networks of a run are built from. It is stored beside their weights, so no other plugin can misfit them.

It names components and never says where their code is: that is for the registry to decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from mendkit_registry import ExtraSpec, Registry
from mendkit_registry.specs import Site, TaskComponentSpec

from ..config import RunConfig
from ..errors import CheckpointError
from .pretrained import FeatureWeights

S = TypeVar("S", bound=TaskComponentSpec)


class UsedComponent(BaseModel):
    """A component of a plugin as a model uses it.

    Args:
        name: within the model.
        component: the name under which a plugin contributes it.
        tasks: those that it is for, by name.
        options: what it is made with.
        sites: of a conditioner, where it steers.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    component: str
    tasks: tuple[str, ...]
    options: dict[str, Any] = Field(default_factory=dict)
    sites: tuple[Site, ...] = ()

    @classmethod
    def of(cls, spec: TaskComponentSpec, tasks: Sequence[str], **own: Any) -> Self:
        """That of ``spec``, for those of ``tasks`` that it covers; ``own`` are fields that differ."""
        covered = tuple(filter(spec.covers, tasks))
        fields = {"name": spec.name, "component": spec.name, "tasks": covered, "options": spec.options}
        return cls(**fields | {"sites": getattr(spec, "sites", ())} | own)

    def covers(self, task: str) -> bool:
        """Whether it is for ``task``."""
        return task in self.tasks

    def narrowed(self, tasks: Iterable[str]) -> Self:
        """The same for some of its tasks."""
        return self.model_copy(update={"tasks": tuple(filter(self.covers, tasks))})

    def found(self, kind: type[S], registry: Registry) -> S:
        """What the registry has under its name, for its tasks and with its options.

        Raises:
            CheckpointError: no installed plugin contributes it, or it now steers at other sites.
        """
        if self.component not in registry[kind]:
            raise CheckpointError(
                f"the model uses {self.component!r}, which no installed plugin contributes; install its plugin"
            )
        if self.sites != (sites := getattr(registry[kind][self.component], "sites", ())):
            raise CheckpointError(
                f"the model uses {self.component!r} at {' and '.join(self.sites)}, and its plugin now says "
                f"{' and '.join(sites)}; install the version of the plugin that the model was trained with"
            )
        own = {"tasks": self.tasks, "options": self.options}
        return registry[kind][self.component].model_copy(update=own)


class Blueprint(BaseModel):
    """The configuration of a run, its tasks, and what plugins brought for its networks.

    Args:
        learner: the name of the learner whose networks they are.
        tasks: the rows of the label tables, in their order.
        local: those of them that are mended at the scale of zoomed photos.
        known: those of them that came with the model that this one extends, and learn no more.
        extends: the run that it came from.
        conditioners: parts of the network. ``extras`` are what they take beside the image.
        transforms: what the input goes through before parts of it are kept, in this order.
        encoder: the pretrained network that sees the image, with the weights that it started from; None: a plain one.
        features: the pretrained network by which the run compares outputs. It is no part of the model.
        left_out: terms that the run does without, as there are no weights of such a network.
        learned_from: the names of all such networks, also of the runs that this one extends.
    """

    model_config = ConfigDict(frozen=True)

    learner: str = "translation.gan"
    tasks: tuple[str, ...]
    local: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    extends: Path | None = None
    conditioners: tuple[UsedComponent, ...] = ()
    transforms: tuple[UsedComponent, ...] = ()
    extras: tuple[UsedComponent, ...] = ()
    encoder: FeatureWeights | None = None
    features: FeatureWeights | None = None
    left_out: tuple[str, ...] = ()
    learned_from: tuple[str, ...] = ()
    config: RunConfig

    def side(self, task: str) -> int:
        """The side of the square photos of a task, px."""
        return self.config.training.zoomed if task in self.local else self.config.training.size

    def extra_specs(self, registry: Registry) -> tuple[ExtraSpec, ...]:
        """The extras as the registry has them. Raises CheckpointError for one that no installed plugin contributes."""
        return tuple(used.found(ExtraSpec, registry) for used in self.extras)
