"""The rows of a table: presets of the trainer, and what is left of the paper's model without one of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mendkit_registry import UnknownNameError

from ..presets import preset_names, read_preset


@dataclass(frozen=True, slots=True)
class BenchModel:
    """What is trained for one row.

    Args:
        title: what the table calls it.
        settings: its own, nested like the configuration; those of the table lie over them.
        joint: whether one model learns all tasks of the table. Without labels there is one model a task.
    """

    name: str
    title: str
    settings: Mapping[str, Any]
    joint: bool


CYCLE_AND_IDENTITY = ("cycle_x", "cycle_y", "identity_x", "identity_y")

ABLATIONS = {
    model.name: model
    for model in (
        BenchModel("full", "full model", {"preset": "hierarchical"}, joint=True),
        BenchModel("without_g", "w/o g", {"preset": "hierarchical", "model": {"group_label": False}}, joint=True),
        BenchModel(
            "without_labels",
            "w/o g and η",
            {"preset": "hierarchical", "model": {"group_label": False, "type_label": False}},
            joint=True,
        ),
        BenchModel(
            "without_unpaired",
            "w/o unpaired data",
            {"preset": "hierarchical", "training": {"unpaired_share": 0.0}},
            joint=True,
        ),
        BenchModel(
            "without_perceptual",
            "mendkit w/o features",
            {"preset": "composite", "losses": {"perceptual_y": {"weight": 0}}},
            joint=True,
        ),
        BenchModel(
            "without_cycle",
            "w/o cycle and identity",
            {"preset": "hierarchical", "losses": {term: {"weight": 0} for term in CYCLE_AND_IDENTITY}},
            joint=True,
        ),
    )
}
"""Table 3 of Li et al., and more: each row lacks one part, and is trained like the full model otherwise."""


def find_model(name: str) -> BenchModel:
    """One of ``ABLATIONS``, or the model of a preset.

    Raises:
        UnknownNameError: neither has this name; says the nearest.
    """
    if name in ABLATIONS:
        return ABLATIONS[name]
    if name not in preset_names():
        raise UnknownNameError("model", name, [*ABLATIONS, *preset_names()])
    preset = read_preset(name)
    networks = preset.settings.get("model", {})
    has_labels = networks.get("group_label", True) or networks.get("type_label", True)
    return BenchModel(name, preset.title.partition(":")[0], {"preset": name}, joint=has_labels)
