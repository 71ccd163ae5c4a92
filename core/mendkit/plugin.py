"""What mendkit brings itself, through the same hooks as everybody: the translation learner with the terms of its loss,
and the evaluators of all tasks.

Listing it imports nothing heavy.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files

from mendkit_registry import (
    ConditionerSpec,
    EvaluatorSpec,
    HeadSpec,
    LearnerSpec,
    LossSpec,
    Metric,
    PresetSpec,
    TransformSpec,
    hookimpl,
)
from mendkit_registry.specs import Applies

LOSSES = "mendkit.learners.translation.losses:term"
PRESETS = "mendkit.learners.translation"


@hookimpl
def mendkit_learners() -> Iterator[LearnerSpec]:
    yield LearnerSpec(
        name="translation.gan",
        factory="mendkit.learners.translation.gan:TranslationGan",
        gives="image",
        conditioned=True,
        description="Two generators and two critics that translate between the domains X and Y (Li et al. 2023).",
    )


@hookimpl
def mendkit_losses() -> Iterator[LossSpec]:
    yield from _adversarial("adversarial_y", "fake_y", "relativistic_critic_y")
    yield from _adversarial("adversarial_x", "fake_x", "relativistic_critic_x")
    yield from _adversarial("least_squares_y", "fake_y", "least_squares_critic_y")
    yield from _adversarial("least_squares_x", "fake_x", "least_squares_critic_x")
    yield from _adversarial("conditional_y", "fake_y", "conditional_critic_y")
    yield _term("l1_y", "fake_y", applies="pairs", balanced=True)
    yield _term("l1_x", "fake_x", applies="pairs", balanced=True)
    for name, needs in {
        "cycle_x": "cycled_x",
        "cycle_y": "cycled_y",
        "identity_x": "same_x",
        "identity_y": "same_y",
    }.items():
        yield _term(name, needs, applies="unless paired task", balanced=True)
    yield _term("perceptual_y", "fake_y", "features", applies="pairs")
    yield _term("mask_y", "fake_y", applies="pairs to redraw")
    yield _term("drawn_y", "fake_y", applies="pairs to redraw")
    yield _term("drawn_defect_y", "fake_y", applies="pairs to redraw")
    yield _term("harm_y", "fake_y", applies="pairs in place", balanced=True)
    yield _term("closed_y", "fake_y", applies="pairs to transform")
    yield _term("transform_y", "fake_y", applies="pairs to transform", balanced=True)
    yield _term("corners_y", "fake_y", applies="pairs to transform")
    yield _term("contrast_x", "fake_y", "patches", applies="unpaired items")
    yield _term("contrast_y", "same_y", "patches", applies="unpaired items")
    yield _term("contrast_pair", "fake_y", "patches", applies="pairs")


@hookimpl
def mendkit_heads() -> Iterator[HeadSpec]:
    yield HeadSpec(
        name="regenerate",
        factory="mendkit.networks.heads:RegenerateHead",
        composes=False,
        description="Draws every pixel (Li et al. 2023).",
    )
    yield HeadSpec(
        name="composite",
        factory="mendkit.networks.heads:CompositeHead",
        composes=True,
        description="Draws what is defective and keeps the rest, which transforms may move and tone.",
    )
    yield HeadSpec(
        name="local_composite",
        factory="mendkit.networks.heads:CompositeHead",
        options={"norm": "place"},
        composes=True,
        description="The same, with norms that look at one place only.",
    )
    yield HeadSpec(
        name="retouch",
        factory="mendkit.networks.heads:RetouchHead",
        composes=True,
        description="Changes colours by a gain and a shift where they are defective, and keeps the rest.",
    )


@hookimpl
def mendkit_transforms() -> Iterator[TransformSpec]:
    yield TransformSpec(
        name="transform.flow",
        tasks=("*",),
        trait="geometric",
        factory="mendkit.networks.transforms.flow:Flow",
        description="Moves pixels: a homography, and a fine correction of it.",
    )
    yield TransformSpec(
        name="transform.homography",
        tasks=("*",),
        trait="geometric",
        factory="mendkit.networks.transforms.homography:Homography",
        on_request=True,
        description="Moves the corners of a plane, and so keeps straight lines straight.",
    )
    yield TransformSpec(
        name="transform.tone",
        tasks=("*",),
        trait="tonal",
        factory="mendkit.networks.transforms.tone:Tone",
        description="Changes colours by place and brightness.",
    )


@hookimpl
def mendkit_conditioners() -> Iterator[ConditionerSpec]:
    yield ConditionerSpec(
        name="adapter.sites",
        tasks=("*",),
        sites=("encoded", "middle", "decoded"),
        factory="mendkit.networks.adapter:Adapters",
        on_request=True,
        description="What a task that is added to a trained model learns at each site.",
    )


@hookimpl
def mendkit_evaluators() -> Iterator[EvaluatorSpec]:
    yield EvaluatorSpec(
        name="mendkit.distances",
        tasks=("*",),
        factory="mendkit.evaluation.distances:Distances",
        needs=("features", "seed"),
        description="Perceptual, Fréchet and kernel distance to the true images.",
        metrics=(
            Metric(name="frechet", title="Fréchet distance", better="lower", format=".1f"),
            Metric(name="kernel", title="1000 x kernel distance", better="lower", format=".1f", scale=1000),
            Metric(name="perceptual", title="Perceptual distance", better="lower"),
        ),
    )
    yield EvaluatorSpec(
        name="mendkit.pixels",
        tasks=("*",),
        factory="mendkit.evaluation.metrics:Pixels",
        needs=("seed",),
        description="L1, PSNR and SSIM to the truth, images made worse, and what clean images lose.",
        metrics=(
            Metric(name="l1", title="L1, 0 to 1", better="lower", format=".4f"),
            Metric(name="l1_ratio", title="L1 of the output as a share of the input's", better="lower", format=".1%"),
            Metric(name="psnr", title="PSNR, dB", better="higher", format=".1f"),
            Metric(name="ssim", title="SSIM", better="higher"),
            Metric(name="worse", title="Images made worse", better="lower", format=".1%"),
        ),
    )


@hookimpl
def mendkit_presets() -> Iterator[PresetSpec]:
    """One for each TOML file of the learner's, of which the first keys are the fields of the spec."""
    tables = (file for file in (files(PRESETS) / "presets").iterdir() if file.name.endswith(".toml"))
    for file in tables:
        settings = tomllib.loads(file.read_text(encoding="utf-8"))
        fields = {key: settings.pop(key) for key in ("title", "source", "base") if key in settings}
        yield PresetSpec(name=file.name.removesuffix(".toml"), settings=settings, **fields)


def _term(name: str, *needs: str, applies: Applies = "all", balanced: bool = False) -> LossSpec:
    return LossSpec(
        name=name,
        tasks=("*",),
        factory=LOSSES,
        options={"of": name},
        weight=None,
        applies=applies,
        needs=needs,
        balanced=balanced,
    )


def _adversarial(name: str, needs: str, critic: str) -> Iterator[LossSpec]:
    """A term of the generators, and that of its critic."""
    yield _term(name, needs)
    yield LossSpec(
        name=f"critic.{name}",
        tasks=("*",),
        factory=LOSSES,
        options={"of": critic},
        weight=1,
        role="critics",
        needs=(needs,),
        follows=name,
        mean="items",
    )
