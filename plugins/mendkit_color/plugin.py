"""What this plugin contributes: the group ``color`` and its task, as specs that import nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from mendkit_registry import (
    ConditionerSpec,
    DefectGroup,
    DefectType,
    EvaluatorSpec,
    ExtraSpec,
    Metric,
    SynthesizerSpec,
    hookimpl,
)

CAST = "color.cast"


@hookimpl
def mendkit_groups() -> Iterator[DefectGroup]:
    yield DefectGroup(
        name="color",
        title="Color",
        description="The photo shows the product in wrong colors.",
        formerly=("colour",),
    )


@hookimpl
def mendkit_tasks() -> Iterator[DefectType]:
    yield DefectType(
        name=CAST,
        formerly=("colour.cast",),
        title="Color cast",
        supervision="paired",
        tonal=True,
        description="The light or the camera's white balance tints the product, of which there may be other photos.",
    )


@hookimpl
def mendkit_synthesizers() -> Iterator[SynthesizerSpec]:
    yield SynthesizerSpec(
        name="color.tint",
        tasks=(CAST,),
        factory="mendkit_color.cast:CastSynthesizer",
        starts_from="clean",
        description="Puts a clean photo into wrong or mixed light; the background may have been made white again.",
    )


@hookimpl
def mendkit_extras() -> Iterator[ExtraSpec]:
    yield ExtraSpec(
        name="color.photo",
        tasks=(CAST,),
        factory="mendkit_color.references:Itself",
        options={"size": 32},
        description="The photo itself, whose colors are compared with those of its references.",
    )
    yield ExtraSpec(
        name="color.references",
        tasks=(CAST,),
        factory="mendkit_color.references:References",
        options={"most": 3, "size": 32},
        description="A few other photos of the same product, whose colors are right.",
    )


@hookimpl
def mendkit_conditioners() -> Iterator[ConditionerSpec]:
    yield ConditionerSpec(
        name="color.match_references",
        tasks=(CAST,),
        factory="mendkit_color.matching:MatchReferences",
        sites=("decoded",),
        description="Scales and shifts features by the colors of the references; without any it does nothing.",
    )


@hookimpl
def mendkit_evaluators() -> Iterator[EvaluatorSpec]:
    yield EvaluatorSpec(
        name="color.difference",
        tasks=(CAST,),
        factory="mendkit_color.evaluators:ColorDifference",
        description="How far the product's colors are from the truth, as the eye sees it.",
        metrics=(Metric(name="delta_e", title="Color difference, Delta E*ab", better="lower", format=".2f"),),
    )
