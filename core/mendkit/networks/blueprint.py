"""What the networks of a run are built from. It is stored beside their weights, so no other plugin can misfit them."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from mendkit_registry import ConditionerSpec, ExtraSpec

from ..config import RunConfig
from ..training.plan import Plan
from .pretrained import FeatureWeights


class Blueprint(BaseModel):
    """The configuration of a run, its tasks, and what plugins brought for its networks.

    Args:
        tasks: the rows of the label tables, in their order.
        geometric: those of them that may move pixels.
        tonal: those of them that change colours alone.
        known: those of them that came with the model that this one extends, and learn no more.
        extends: the run that it came from.
        conditioners: parts of the network. ``extras`` are what they take beside the image.
        features: the pretrained network by which the run compares outputs. It is no part of the model.
        left_out: terms that the run does without, as there are no weights of such a network.
        learned_from: the names of all such networks, also of the runs that this one extends.
    """

    model_config = ConfigDict(frozen=True)

    tasks: tuple[str, ...]
    geometric: tuple[str, ...] = ()
    tonal: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    extends: Path | None = None
    conditioners: tuple[ConditionerSpec, ...] = ()
    extras: tuple[ExtraSpec, ...] = ()
    features: FeatureWeights | None = None
    left_out: tuple[str, ...] = ()
    learned_from: tuple[str, ...] = ()
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
            left_out=plan.left_out,
            learned_from=(plan.features.network,) if plan.features else (),
            config=plan.config,
        )
