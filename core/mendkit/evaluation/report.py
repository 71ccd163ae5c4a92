"""What an evaluation says, as JSON: the numbers of each task, and the conditions under which they were made."""

from __future__ import annotations

from pathlib import Path

import torch
from pydantic import BaseModel, ConfigDict

from .. import __version__
from ..data.catalogue import Split
from ..files import write_json


class Report(BaseModel):
    """Base of the parts of an evaluation."""

    model_config = ConfigDict(frozen=True)


class Conditions(Report):
    """What the numbers depend on. ``features`` is None if none were at hand, ``limit`` if all pairs were taken.

    ``features_digest`` is the SHA-256 of their file, for a network may have several.
    ``full_size`` says whether photos were scored at their own sizes, and not at the model's.
    ``learned_from`` names the pretrained networks by which the model's outputs were compared while it was trained.
    """

    tool: str = "mendkit"
    version: str = __version__
    torch: str = torch.__version__
    model: str
    images_seen: int
    size: int
    device: str
    split: Split
    seed: int
    limit: int | None
    features: str | None
    features_digest: str | None = None
    learned_from: tuple[str, ...] = ()
    full_size: bool = False


class Detection(Report):
    """How well scores tell the images with a defect from those without.

    Args:
        auroc: the share of pairs of one of each in which the one with the defect has the larger score; 0.5 by chance.
        average_precision: the mean precision over recall; by chance, the share of images with the defect.
    """

    auroc: float
    average_precision: float


class TaskEvaluation(Report):
    """One task.

    Args:
        count: N, the number of images with the defect.
        true_count: the number of images without it: N if they are the partners of those.
        numbers: what each evaluator gives, by its name; None stands for a number that is not finite.
        left_out: by the name of an evaluator, why it gives no numbers.
        detection: of a model that finds defects, which evaluators do not see.
    """

    count: int
    true_count: int
    numbers: dict[str, dict[str, float | None]] = {}
    left_out: dict[str, str] = {}
    detection: Detection | None = None

    def number(self, evaluator: str, name: str) -> float | None:
        """A number, if there is one and it is finite."""
        return self.numbers.get(evaluator, {}).get(name)


class Evaluation(Report):
    """All tasks. ``skipped`` says why a task has no numbers; ``unreadable`` lists by task what could not be read."""

    conditions: Conditions
    tasks: dict[str, TaskEvaluation]
    skipped: dict[str, str]
    unreadable: dict[str, tuple[str, ...]]

    def write(self, path: Path) -> None:
        """Write JSON atomically; names may have escapes that pydantic's own reader of JSON refuses."""
        write_json(path, self.model_dump(mode="json"))
