"""The configuration of a run: these defaults, overridden by a TOML file, then by flags. Imports no torch."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from mendkit_registry.specs import Applies

from .errors import CheckpointError, ConfigError, in_words
from .presets import DEFAULT, lay_over, read_preset
from .text import read_text

MAX_SEED = 2**32 - 1
"""PyTorch takes 64 bits, half of them for the step; NumPy takes any non-negative integer."""

Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
STRIDE = 32
"""The sides of zoomed photos are multiples of it, as encoders reduce images by this factor."""
TRANSLATION = "translation.gan"
FLAGS = "the flags"
"""Where settings are from that no file has, in messages."""

Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0)]
Absolute = Annotated[Path, AfterValidator(lambda path: path.expanduser().absolute())]
"""A path that a saved run finds from any working directory."""


def _located(path: Path) -> Path:
    """The folder of a run or of an installed model, as an absolute path."""
    from .shipped import find_model

    path = path.expanduser()
    if path.is_absolute():  # as saved runs have it, which can be read without what they started from
        return path
    try:
        return find_model(path).absolute()
    except CheckpointError as error:
        raise ValueError(str(error)) from error


FORMER_APPLIES = {"unpaired samples": "unpaired items"}
"""Former names in saved runs and files, with their present names."""
KnownApplies = Annotated[
    Applies | None, BeforeValidator(lambda name: FORMER_APPLIES.get(name, name) if isinstance(name, str) else name)
]


class Section(BaseModel):
    """Base of all sections: unknown keys are errors, and nothing changes after it is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DataConfig(Section):
    """Where the images are. ``root`` is enough for a data root; the other settings add folders from elsewhere."""

    root: Absolute | None = None
    clean: Absolute | None = Field(None, description="folder of clean images, instead of ROOT/clean")
    manifest: Absolute | None = Field(None, description="CSV or JSONL manifest, instead of ROOT/manifest.{csv,jsonl}")
    product: str | None = Field(
        None, description="regular expression for a file name without suffix; its group `product` is the product"
    )
    resources: dict[str, Absolute] = Field(default_factory=dict, description="image folders for synthesizers, by kind")
    synthesizers: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="options of synthesizers, by name, over those of their plugins"
    )
    reverse: tuple[str, ...] = Field((), description="published sets, by task, whose source and target are swapped")


class ModelConfig(Section):
    """The networks (Li et al., Sec. 2.2 for ``regenerate``)."""

    generator: Literal["resnet", "unet"] = Field("resnet", description="the trunk; unet has no labels and no sites")
    encoder: str | None = Field(
        None,
        description="a network of timm, such as tf_efficientnet_lite0; None: plain convolutions",
    )
    head: str = Field("composite", description="the last part of the generator, by name")
    transforms: tuple[str, ...] = Field(("*",), description="transforms of pixels that the head keeps; globs")
    width: Annotated[int, Field(ge=4)] = Field(64, description="channels of the first convolution")
    blocks: Annotated[int, Field(ge=2)] | None = Field(None, description="residual blocks; None: 9 from 256 px, else 6")
    group_label: bool = Field(True, description="false: no attention to the group")
    type_label: bool = Field(True, description="false: no attention to the type")
    gates: bool = Field(False, description="true: the type gates each level of a pretrained encoder's decoder")
    critic: Literal["image", "pair"] = Field("image", description="pair: critics also see the input")


class TermConfig(Section):
    """The settings of a loss term. It is computed every ``every`` steps, with ``every`` times its weight."""

    weight: Weight
    every: Annotated[int, Field(ge=1)] = 1
    applies: KnownApplies = Field(None, description="items it applies to; None: as its spec says")


class TrainingConfig(Section):
    """How long and how fast to train. Budgets count images, so that runs with different batch sizes compare."""

    size: Annotated[int, Field(ge=32, multiple_of=4)] = Field(256, description="side of the model's square image, px")
    zoom: Annotated[float, Field(ge=1, le=8)] = Field(
        1.0, description="photos of local tasks are larger by this factor, and training cuts windows out of them"
    )
    images: Annotated[int, Field(ge=1)] = Field(300_000, description="budget: images drawn for training")
    batch: Annotated[int, Field(ge=1)] = 8
    learning_rate: Annotated[float, Field(gt=0)] = 2e-4
    encoder_rate: Share = Field(0.2, description="a pretrained encoder's share of the learning rate; 0: it is frozen")
    betas: tuple[Share, Share] = (0.5, 0.999)
    constant_share: Share = Field(0.5, description="share of the budget after which the rate falls linearly to 0")
    ema_images: Annotated[int, Field(ge=0)] = Field(10_000, description="half-life of the averaged generator; 0: off")
    balance: Share = Field(0.0, description="1: errors relative to those of the task's inputs; 0: as they are")
    temperature: Annotated[float, Field(ge=1)] = Field(
        4.0, description="1: draw tasks in proportion to their data; larger: more evenly"
    )
    emphasis: dict[str, Weight] = Field(
        default_factory=dict, description="by task: the factor by which it is drawn more often than its data says"
    )
    unpaired_share: Share = Field(0.25, description="share of a semi-paired task's items that are unpaired")
    clean_share: Share = Field(0.1, description="share of pairs whose source is the clean image itself")
    real_share: Share | None = Field(
        None, description="share of real pairs where pairs are also made; None: each of these feeds as often"
    )
    extras_share: Share = Field(0.8, description="share of items that get the extras of their task")
    start: Annotated[Path, AfterValidator(_located)] | None = Field(
        None, description="a run or installed model whose weights training starts from, if they fit"
    )
    encoder_weights: Absolute | None = Field(
        None, description="initial weights of model.encoder; None: timm's own weights"
    )
    features: Absolute | None = Field(None, description="weights of a pretrained network, for perceptual terms")
    seed: Seed = 0
    workers: Annotated[int, Field(ge=0)] = 0
    device: str = "auto"
    precision: Literal["float32", "bfloat16"] = Field("float32", description="of convolutions; bfloat16 is for GPUs")
    compile: bool = Field(False, description="compile the networks, which takes minutes and pays off on a GPU")
    minutes: Annotated[float, Field(gt=0)] | None = Field(None, description="time limit of the run")
    checkpoint_images: Annotated[int, Field(ge=1)] = 20_000
    keep_best: bool = Field(False, description="keep the best weights on validation images in RUN/best")
    sheet_images: Annotated[int, Field(ge=1)] = 20_000
    log_images: Annotated[int, Field(ge=1)] = 400

    @property
    def zoomed(self) -> int:
        """The side of the square photos of local tasks, px."""
        return self.size if self.zoom == 1 else STRIDE * round(self.size * self.zoom / STRIDE)


class RunConfig(Section):
    """Everything that determines a run, saved in the run as ``config.json``."""

    preset: str | None = Field(
        DEFAULT, description="the method, whose settings all others override; see `mendkit presets`"
    )
    learner: str = Field(TRANSLATION, description="what is trained: the name of a learner")
    tasks: tuple[str, ...] = ("*",)
    data: DataConfig = DataConfig()
    model: ModelConfig = ModelConfig()
    losses: dict[str, TermConfig] = Field(default_factory=dict, description="the loss terms, by name")
    training: TrainingConfig = TrainingConfig()

    def uses(self, term: str) -> bool:
        """Whether a term has a weight."""
        return term in self.losses and self.losses[term].weight > 0


def read_config(
    file: Path | None = None, overrides: Mapping[str, Any] | None = None, start: Mapping[str, Any] | None = None
) -> RunConfig:
    """Read a TOML file. ``overrides`` (nested like the file) override it, and both override their preset.

    Args:
        start: settings of the model that training starts from, which override the preset alone.

    Raises:
        ConfigError: no such file, wrong encoding, bad TOML, an unknown key, or an invalid value; names each.
        UnknownNameError: no such preset.
    """
    try:
        settings = tomllib.loads(read_text(file)) if file else {}
    except FileNotFoundError as error:
        raise ConfigError(f"{file}: no such file") from error
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"{file}: {error}") from error
    return parse_config(lay_over(lay_over(start or {}, settings), overrides or {}), origin=str(file or FLAGS))


def parse_config(settings: Mapping[str, Any], *, origin: str) -> RunConfig:
    """Validate settings from ``origin`` on top of their preset.

    Raises:
        ConfigError: names each bad key.
        UnknownNameError: no such preset.
    """
    # Presets are for translation; the terms of other learners have their own weights.
    learner = settings.get("learner", TRANSLATION)
    name = settings.get("preset", DEFAULT if learner == TRANSLATION else None)
    preset = read_preset(str(name)).settings if name else {}
    if name and "learner" in settings and learner != (own := preset.get("learner", TRANSLATION)):
        raise ConfigError(f"{origin}: the preset {name} is for the learner {own}, not {learner}; leave out one of them")
    below = {"preset": name, **preset}
    try:
        return RunConfig.model_validate(lay_over(below, settings))
    except ValidationError as error:
        faults = [f"  {'.'.join(map(str, fault['loc']))}: {in_words(fault)}" for fault in error.errors()]
        raise ConfigError("\n".join([f"{origin}: bad configuration", *faults])) from error
