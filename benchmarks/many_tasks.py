"""A plugin of very many tasks, for ``scale.py``: each group has 20, and brings what a plugin of its own would bring.

A synthesizer, a term and an evaluator are for a group, or, in each fifth group, for one of its tasks; one of each is
for all tasks. Each fiftieth group steers the generator with a conditioner.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mendkit_registry import (
    ConditionerSpec,
    DefectGroup,
    DefectType,
    EvaluatorSpec,
    LossSpec,
    SynthesizerSpec,
    hookimpl,
)

if TYPE_CHECKING:
    from torch import Tensor, nn

    from mendkit.contracts.view import Layout, View
    from mendkit.learners.translation.passes import TranslationPasses

TASKS_PER_GROUP = 20


class EdgeError:
    """``|dx G_XY(x) - dx y|`` on pairs: steps between neighbouring pixels stay as steep as they were."""

    def __call__(self, passes: TranslationPasses) -> Tensor:
        from mendkit.contracts.passes import per_item

        error = passes.fake_y.image.diff(dim=3) - passes.y.diff(dim=3)
        return per_item(error.abs()) * passes.batch.paired


def residual_convolution(layout: Layout) -> nn.Module:
    """A conditioner: ``features + Conv1x1(features)``, the identity at first."""
    import torch
    from torch import nn

    class ResidualConvolution(nn.Conv2d):
        def forward(self, features: Tensor, site: str, view: View) -> Tensor:  # type: ignore[override]
            return features + super().forward(features)

    channels = layout.sites["middle"].channels
    module = ResidualConvolution(channels, channels, 1)
    torch.nn.init.zeros_(module.weight)
    return module


class ManyTasks:
    """The plugin, with so many groups. The first groups are the same, however many there are."""

    def __init__(self, groups: int) -> None:
        self.groups = tuple(f"family{number:03}" for number in range(groups))

    @hookimpl
    def mendkit_groups(self) -> Iterator[DefectGroup]:
        for group in self.groups:
            yield DefectGroup(name=group, title=group.capitalize(), description=f"What is wrong in the way of {group}.")

    @hookimpl
    def mendkit_tasks(self) -> Iterator[DefectType]:
        for group in self.groups:
            for number in range(TASKS_PER_GROUP):
                name = f"{group}.defect{number:02}"
                about = f"Defect {number} of {group}: a text or a logo lies over the photo."
                yield DefectType(name=name, title=name, supervision="semi_paired", description=about)

    @hookimpl
    def mendkit_synthesizers(self) -> Iterator[SynthesizerSpec]:
        for spec in self._specs("draw", "mendkit_background.watermark:WatermarkSynthesizer"):
            yield SynthesizerSpec(**spec)

    @hookimpl
    def mendkit_losses(self) -> Iterator[LossSpec]:
        for spec in self._specs("edges", f"{__name__}:EdgeError"):
            yield LossSpec(**spec, weight=10)

    @hookimpl
    def mendkit_evaluators(self) -> Iterator[EvaluatorSpec]:
        for spec in self._specs("residue", "mendkit_background.evaluators:WatermarkResidue"):
            yield EvaluatorSpec(**spec)

    @hookimpl
    def mendkit_conditioners(self) -> Iterator[ConditionerSpec]:
        for group in self.groups[::50]:
            yield ConditionerSpec(
                name=f"{group}.steer",
                tasks=(f"{group}.*",),
                sites=("middle",),
                factory=f"{__name__}:residual_convolution",
            )

    def _specs(self, name: str, factory: str) -> Iterator[dict[str, Any]]:
        """The fields of a component of each group, and of one for all tasks."""
        for number, group in enumerate(self.groups):
            tasks = f"{group}.defect00" if number % 5 == 4 else f"{group}.*"
            yield {"name": f"{group}.{name}", "tasks": (tasks,), "factory": factory}
        yield {"name": f"every_family.{name}", "tasks": ("*",), "factory": factory}


plugin = ManyTasks(groups=500)
