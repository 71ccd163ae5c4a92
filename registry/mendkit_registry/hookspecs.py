"""The hooks: everything that a plugin can contribute to mendkit."""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from .specs import (
    ConditionerSpec,
    DatasetSpec,
    DefectGroup,
    DefectType,
    EvaluatorSpec,
    ExtraSpec,
    LossSpec,
    SamplesSpec,
    SynthesizerSpec,
)

PROJECT = "mendkit"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def mendkit_groups() -> Iterable[DefectGroup]:  # type: ignore[empty-body]
    """Yield the groups of defects that the plugin introduces."""


@hookspec
def mendkit_tasks() -> Iterable[DefectType]:  # type: ignore[empty-body]
    """Yield the defect types, each of a group that this or another installed plugin introduces."""


@hookspec
def mendkit_synthesizers() -> Iterable[SynthesizerSpec]:  # type: ignore[empty-body]
    """Yield synthesizers: what makes pairs on the fly, of images that show one side."""


@hookspec
def mendkit_losses() -> Iterable[LossSpec]:  # type: ignore[empty-body]
    """Yield further terms of the generators' loss, beside mendkit's own."""


@hookspec
def mendkit_evaluators() -> Iterable[EvaluatorSpec]:  # type: ignore[empty-body]
    """Yield evaluators: what turns outputs into numbers of the report."""


@hookspec
def mendkit_conditioners() -> Iterable[ConditionerSpec]:  # type: ignore[empty-body]
    """Yield conditioners: modules that steer the generator at one of its sites."""


@hookspec
def mendkit_extras() -> Iterable[ExtraSpec]:  # type: ignore[empty-body]
    """Yield what the data brings for conditioners, beside the image that is mended."""


@hookspec
def mendkit_samples() -> Iterable[SamplesSpec]:  # type: ignore[empty-body]
    """Yield sources of drawn clean images, for demonstrations and tests."""


@hookspec
def mendkit_datasets() -> Iterable[DatasetSpec]:  # type: ignore[empty-body]
    """Yield published sets of images, each for one task, and where in a data root they lie."""
