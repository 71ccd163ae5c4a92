"""What this plugin contributes: the group ``stickers`` and its defect, as specs that import nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from mendkit_registry import DefectGroup, DefectType, EvaluatorSpec, LossSpec, Metric, SynthesizerSpec, hookimpl

MENDKIT_API = 1
"""The version of mendkit's contract with plugins that this one is written for."""

PRICE = "stickers.price"


@hookimpl
def mendkit_groups() -> Iterator[DefectGroup]:
    yield DefectGroup(
        name="stickers",
        title="Stickers",
        description="Something is stuck on the product that does not belong to it.",
    )


@hookimpl
def mendkit_tasks() -> Iterator[DefectType]:
    yield DefectType(
        name=PRICE,
        title="Price sticker",
        supervision="semi_paired",
        description="The product was photographed with its price sticker on it.",
    )


@hookimpl
def mendkit_synthesizers() -> Iterator[SynthesizerSpec]:
    yield SynthesizerSpec(
        name="stickers.stick_price",
        tasks=(PRICE,),
        factory="mendkit_price_stickers.synthesizer:PriceStickerSynthesizer",
        options={"most": 2},
        description="Sticks a price on the product of a clean photo, sometimes two, in the photo's own light.",
    )


@hookimpl
def mendkit_losses() -> Iterator[LossSpec]:
    yield LossSpec(
        name="stickers.outline",
        tasks=(PRICE,),
        factory="mendkit_price_stickers.loss:OutlineLoss",
        weight=10.0,
        description="Edges that are left of the sticker, or that are missing below it.",
    )


@hookimpl
def mendkit_evaluators() -> Iterator[EvaluatorSpec]:
    yield EvaluatorSpec(
        name="stickers.removal",
        tasks=(PRICE,),
        factory="mendkit_price_stickers.evaluator:StickerRemoval",
        description="How many stickers are gone, how much of their edges is left, and the damage beside them.",
        metrics=(
            Metric(name="gone", title="Stickers that are gone", better="higher", format=".1%"),
            Metric(name="edges", title="Edges that are left, as a share of the input's", better="lower", format=".1%"),
            Metric(name="damage", title="Change beside stickers, levels of 255", better="lower", format=".2f"),
        ),
    )
