"""What the networks of a run are built from. It is stored beside their weights, so no other plugin can misfit them."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from mendkit_registry import ConditionerSpec, ExtraSpec

from ..config import RunConfig
from .plan import Plan


class Blueprint(BaseModel):
    """The configuration of a run, its tasks, and what plugins brought for its networks.

    Args:
        tasks: the rows of the label tables, in their order.
        geometric: those of them that may move pixels.
        tonal: those of them that change colours alone.
        known: those of them that came with the model that this one extends, and learn no more.
        extends: the run that it came from.
        conditioners: parts of the network. ``extras`` are what they take beside the image.
        features: the pretrained network by which outputs were compared. It is no part of the model.
    """

    model_config = ConfigDict(frozen=True)

    tasks: tuple[str, ...]
    geometric: tuple[str, ...] = ()
    tonal: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    extends: Path | None = None
    conditioners: tuple[ConditionerSpec, ...] = ()
    extras: tuple[ExtraSpec, ...] = ()
    features: str | None = None
    config: RunConfig

    @classmethod
    def of(cls, plan: Plan) -> Blueprint:
        """That of a run with fresh weights."""
        return cls(
            tasks=plan.names,
            geometric=tuple(task.name for task in plan.tasks if task.geometric),
            tonal=tuple(task.name for task in plan.tasks if task.tonal),
            conditioners=plan.conditioners,
            extras=plan.extras,
            features=plan.features,
            config=plan.config,
        )
