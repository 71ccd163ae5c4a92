"""The table of all kinds of contributions. A new kind only needs a row here and a spec."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from .specs import (
    ConditionerSpec,
    DatasetSpec,
    DefectGroup,
    DefectType,
    EvaluatorSpec,
    ExtraSpec,
    HeadSpec,
    LearnerSpec,
    LossSpec,
    ModelSpec,
    PresetSpec,
    SamplesSpec,
    Spec,
    SynthesizerSpec,
    TableSpec,
    TransformSpec,
)

PREFIX = "mendkit_"


class Kind(NamedTuple):
    """One kind of contribution.

    Args:
        name: the plural; plugins contribute through the hook ``mendkit_<name>``.
        spec: what the hook yields.
        about: the hook's docstring.
    """

    name: str
    spec: type[Spec]
    about: str

    @property
    def hook(self) -> str:
        """The name of the hook."""
        return f"{PREFIX}{self.name}"

    @property
    def singular(self) -> str:
        """The singular, for messages."""
        return {"losses": "loss", "samples": "source of samples"}.get(self.name, self.name.removesuffix("s"))


_ROWS = (
    Kind("groups", DefectGroup, "Yield the groups of defects that the plugin adds."),
    Kind("tasks", DefectType, "Yield the defect types, each in a group of this or another plugin."),
    Kind(
        "synthesizers",
        SynthesizerSpec,
        "Yield synthesizers, which make pairs on the fly from images of one side.",
    ),
    Kind("losses", LossSpec, "Yield terms of a learner's loss."),
    Kind("learners", LearnerSpec, "Yield learners: networks that are trained together, with their passes and roles."),
    Kind("presets", PresetSpec, "Yield presets: the settings of methods, for `mendkit train --preset`."),
    Kind("evaluators", EvaluatorSpec, "Yield evaluators, which turn outputs into numbers of the report."),
    Kind("conditioners", ConditionerSpec, "Yield conditioners: modules that steer the generator at its sites."),
    Kind("heads", HeadSpec, "Yield heads, which make the output from the generator's decoded features."),
    Kind(
        "transforms",
        TransformSpec,
        "Yield transforms: changes that the generator predicts small, and that are applied at full size.",
    ),
    Kind("extras", ExtraSpec, "Yield extras: images that the data has for conditioners, besides the image to mend."),
    Kind("samples", SamplesSpec, "Yield sources of drawn clean images, for demonstrations and tests."),
    Kind(
        "datasets",
        DatasetSpec,
        "Yield published sets of images, each for one task, with their folders in a data root.",
    ),
    Kind("tables", TableSpec, "Yield tables of models and tasks, for `mendkit bench`."),
    Kind("models", ModelSpec, "Yield trained models, which mend photos without training."),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ROWS})
"""By name."""


def kind_of(spec: type[Spec]) -> Kind:
    """The kind that a class of specs describes."""
    return next(kind for kind in KINDS.values() if kind.spec is spec)
