"""What this plugin contributes: the group ``background`` and its tasks, as specs that import nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from mendkit_registry import DefectGroup, DefectType, EvaluatorSpec, Metric, SynthesizerSpec, hookimpl

NON_WHITE = "background.non_white"
WATERMARK = "background.watermark"
REAL_PHOTOS = "background.real_*"
"""Tasks of other plugins whose sources are real product photos, to be cut out as well."""


@hookimpl
def mendkit_groups() -> Iterator[DefectGroup]:
    yield DefectGroup(
        name="background",
        title="Background",
        description="Something is behind or over the product that should not be there.",
    )


@hookimpl
def mendkit_tasks() -> Iterator[DefectType]:
    yield DefectType(
        name=NON_WHITE,
        title="Non-white background",
        supervision="semi_paired",
        description="The product is in front of a scene, a colour or a texture; the catalogue shows it on pure white.",
    )
    yield DefectType(
        name=WATERMARK,
        title="Watermark",
        supervision="semi_paired",
        local=True,
        description="A text, a logo, a badge or a frame, single or tiled, covers part of the photo.",
    )


@hookimpl
def mendkit_synthesizers() -> Iterator[SynthesizerSpec]:
    yield SynthesizerSpec(
        name="background.paste_on_scene",
        tasks=(NON_WHITE,),
        factory="mendkit_background.non_white:NonWhiteSynthesizer",
        starts_from="clean",
        resources=("backgrounds",),
        description="Puts the product of a clean photo in a photo, a room or a grey studio, with shadows.",
    )
    yield SynthesizerSpec(
        name="background.cut_out",
        tasks=(NON_WHITE, REAL_PHOTOS),
        factory="mendkit_background.cutout:CutoutSynthesizer",
        starts_from="defective",
        description="Cuts the product out of a real photo, roughly, with its mask file, rembg, or GrabCut.",
    )
    yield SynthesizerSpec(
        name="background.overlay_watermark",
        tasks=(WATERMARK,),
        factory="mendkit_background.watermark:WatermarkSynthesizer",
        starts_from="clean",
        description="Lays a text, a logo, a badge or a frame over a clean photo, once or tiled.",
    )


@hookimpl
def mendkit_evaluators() -> Iterator[EvaluatorSpec]:
    yield EvaluatorSpec(
        name="background.border_whiteness",
        tasks=(NON_WHITE,),
        factory="mendkit_background.evaluators:BorderWhiteness",
        description="How much of the border is white where it should be, and how much of the product is kept.",
        metrics=(
            Metric(name="border_white", title="Border that is white where it should be", better="higher", format=".1%"),
            Metric(name="product_kept", title="Product that is kept", better="higher", format=".1%"),
        ),
    )
    yield EvaluatorSpec(
        name="background.product_edges",
        tasks=(NON_WHITE,),
        factory="mendkit_background.evaluators:ProductEdges",
        description="The error along the product's outline, and how much of the product is found.",
        metrics=(
            Metric(name="edge_left", title="Error along the outline, of the input's", better="lower", format=".1%"),
            Metric(name="product_iou_median", title="Product found (IoU, median)", better="higher", format=".3f"),
            Metric(name="product_iou_bad", title="Products with an IoU below 0.6", better="lower", format=".1%"),
        ),
    )
    yield EvaluatorSpec(
        name="background.watermark_residue",
        tasks=(WATERMARK,),
        factory="mendkit_background.evaluators:WatermarkResidue",
        description="What is left of the mark, and the damage done outside it.",
        metrics=(
            Metric(
                name="residual_in_mark",
                title="Error inside marks as a share of the input's",
                better="lower",
                format=".1%",
            ),
            Metric(name="damage_outside", title="Change outside marks, levels of 255", better="lower", format=".2f"),
        ),
    )
