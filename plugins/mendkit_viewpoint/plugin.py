"""What this plugin contributes: the group ``viewpoint`` and its task, as specs that import nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from mendkit_registry import DefectGroup, DefectType, EvaluatorSpec, Metric, SynthesizerSpec, hookimpl


@hookimpl
def mendkit_groups() -> Iterator[DefectGroup]:
    yield DefectGroup(
        name="viewpoint",
        title="Viewpoint",
        description="The camera looks at the product from the wrong side.",
    )


@hookimpl
def mendkit_tasks() -> Iterator[DefectType]:
    yield DefectType(
        name="viewpoint.wrong_angle",
        title="Wrong angle",
        supervision="paired",
        geometric=True,
        description="The product is turned or tilted; the catalogue shows it from the front, upright.",
    )


@hookimpl
def mendkit_synthesizers() -> Iterator[SynthesizerSpec]:
    yield SynthesizerSpec(
        name="viewpoint.tilt",
        tasks=("viewpoint.wrong_angle",),
        factory="mendkit_viewpoint.tilt:TiltSynthesizer",
        starts_from="clean",
        description="Turns a frontal product in space, before a perspective camera.",
    )


@hookimpl
def mendkit_evaluators() -> Iterator[EvaluatorSpec]:
    yield EvaluatorSpec(
        name="viewpoint.gradient_energy",
        tasks=("viewpoint.*",),
        factory="mendkit_viewpoint.evaluators:GradientEnergy",
        description="Sharpness of the output as a share of the truth's: a faded product is not a mended one.",
    )
    yield EvaluatorSpec(
        name="viewpoint.silhouette",
        tasks=("viewpoint.*",),
        factory="mendkit_viewpoint.evaluators:Silhouette",
        description="How well the product's outline lies on that of the truth.",
        metrics=(Metric(name="silhouette_iou", title="Overlap of outlines, IoU", better="higher"),),
    )
