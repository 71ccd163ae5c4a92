"""The table of all kinds of contributions. A row here and a spec are all that a further kind needs."""

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
        name: in the plural; plugins contribute through the hook ``mendkit_<name>``.
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
        """The name of one of them, for messages."""
        return {"losses": "loss", "samples": "source of samples"}.get(self.name, self.name.removesuffix("s"))


_ROWS = (
    Kind("groups", DefectGroup, "Yield the groups of defects that the plugin introduces."),
    Kind("tasks", DefectType, "Yield the defect types, each of a group that this or another plugin introduces."),
    Kind(
        "synthesizers",
        SynthesizerSpec,
        "Yield synthesizers: what makes pairs on the fly, of images that show one side.",
    ),
    Kind("losses", LossSpec, "Yield terms of a learner's loss."),
    Kind("learners", LearnerSpec, "Yield learners: networks that learn together, with their passes and roles."),
    Kind("presets", PresetSpec, "Yield presets: settings of whole methods, for `mendkit train --preset`."),
    Kind("evaluators", EvaluatorSpec, "Yield evaluators: what turns outputs into numbers of the report."),
    Kind("conditioners", ConditionerSpec, "Yield conditioners: modules that steer the generator at its sites."),
    Kind("heads", HeadSpec, "Yield heads: what makes the output from the generator's decoded features."),
    Kind(
        "transforms",
        TransformSpec,
        "Yield transforms: changes that the generator predicts small, and that are applied at full size.",
    ),
    Kind("extras", ExtraSpec, "Yield what the data brings for conditioners, beside the image that is mended."),
    Kind("samples", SamplesSpec, "Yield sources of drawn clean images, for demonstrations and tests."),
    Kind(
        "datasets",
        DatasetSpec,
        "Yield published sets of images, each for one task, and where in a data root they lie.",
    ),
    Kind("tables", TableSpec, "Yield tables of models and tasks, for `mendkit bench`."),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ROWS})
"""By name."""


def kind_of(spec: type[Spec]) -> Kind:
    """The kind that is described by a class of specs."""
    return next(kind for kind in KINDS.values() if kind.spec is spec)
