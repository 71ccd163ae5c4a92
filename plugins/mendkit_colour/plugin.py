"""What this plugin contributes: the group ``colour`` and its task, as specs that import nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from mendkit_registry import (
    ConditionerSpec,
    DefectGroup,
    DefectType,
    EvaluatorSpec,
    ExtraSpec,
    SynthesizerSpec,
    hookimpl,
)

CAST = "colour.cast"


@hookimpl
def mendkit_groups() -> Iterator[DefectGroup]:
    yield DefectGroup(name="colour", title="Colour", description="The photo shows the product in wrong colours.")


@hookimpl
def mendkit_tasks() -> Iterator[DefectType]:
    yield DefectType(
        name=CAST,
        title="Colour cast",
        supervision="paired",
        tonal=True,
        description="The light or the camera's white balance tints the product, of which there may be other photos.",
    )


@hookimpl
def mendkit_synthesizers() -> Iterator[SynthesizerSpec]:
    yield SynthesizerSpec(
        name="colour.tint",
        tasks=(CAST,),
        factory="mendkit_colour.cast:CastSynthesizer",
        starts_from="clean",
        description="Puts a clean photo into wrong or mixed light; the background may have been made white again.",
    )


@hookimpl
def mendkit_extras() -> Iterator[ExtraSpec]:
    yield ExtraSpec(
        name="colour.photo",
        tasks=(CAST,),
        factory="mendkit_colour.references:Itself",
        options={"size": 32},
        description="The photo itself, whose colours are compared with those of its references.",
    )
    yield ExtraSpec(
        name="colour.references",
        tasks=(CAST,),
        factory="mendkit_colour.references:References",
        options={"most": 3, "size": 32},
        description="A few other photos of the same product, whose colours are right.",
    )


@hookimpl
def mendkit_conditioners() -> Iterator[ConditionerSpec]:
    yield ConditionerSpec(
        name="colour.match_references",
        tasks=(CAST,),
        factory="mendkit_colour.matching:MatchReferences",
        site="decoded",
        description="Scales and shifts features by the colours of the references; without any it does nothing.",
    )


@hookimpl
def mendkit_evaluators() -> Iterator[EvaluatorSpec]:
    yield EvaluatorSpec(
        name="colour.difference",
        tasks=("colour.*",),
        factory="mendkit_colour.evaluators:ColourDifference",
        description="How far the product's colours are from the truth, as the eye sees it.",
    )
