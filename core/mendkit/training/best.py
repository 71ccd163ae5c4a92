"""Keeps the checkpoint that does best on validation images, beside the newest one.

RUN/best/       a checkpoint with only the averaged generator, which mends
RUN/looks.json  the scores of each look at the run
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import geometric_mean
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from ..data.catalogue import Catalogue
from ..evaluation.selection import Criterion, find_criteria
from ..files import write_json
from ..model import Model
from ..networks.features import FeatureExtractor
from .checkpoint import read_index, save_checkpoint
from .plan import Plan, store_of
from .state import TrainingState

BEST, LOOKS = "best", "looks.json"


class Look(BaseModel):
    """The scores of the averaged generator after ``images``: by task, and their geometric mean."""

    model_config = ConfigDict(frozen=True)

    images: int
    score: float
    tasks: dict[str, float]


class Looks(BaseModel):
    """All looks at a run, and their criterion."""

    model_config = ConfigDict(frozen=True)

    criterion: str
    looks: tuple[Look, ...]


class Chosen(NamedTuple):
    """The directory of the chosen checkpoint, its number of images, and the reason."""

    path: Path
    images: int
    reason: str


class BestKeeper:
    """Keeps the best averaged generator beside the newest checkpoint, from which a run is still resumed.

    Args:
        every: images between two looks.
    """

    def __init__(self, criteria: Mapping[str, Criterion], every: int) -> None:
        self.every = every
        self._criteria = criteria

    def look(self, state: TrainingState, run: Path) -> None:
        """Judge the averaged generator, and keep it if it is the best so far."""
        model = Model(state.average, state.blueprint, state.images)
        scores = {task: criterion.score(model) for task, criterion in self._criteria.items()}
        # The arithmetic mean of shares would be dominated by the task with the smallest defect.
        look = Look(images=state.images, score=geometric_mean(scores.values()), tasks=scores)
        # After a crash, looks beyond the resumed checkpoint are repeated.
        seen = read_looks(run)
        earlier = [other for other in seen.looks if other.images < state.images] if seen else []
        if all(look.score < other.score for other in earlier):
            save_checkpoint(run / BEST, state, to_resume=False)
        looks = Looks(criterion=self._criterion, looks=(*earlier, look))
        write_json(run / LOOKS, looks.model_dump(mode="json"))

    @property
    def _criterion(self) -> str:
        titles = sorted({criterion.title for criterion in self._criteria.values()})
        return f"{' and '.join(titles)} of the output as a share of the input's, geometric mean over tasks"


def watch_best(plan: Plan, catalogue: Catalogue, features: FeatureExtractor | None) -> list[BestKeeper]:
    """The keeper of the best checkpoint; none if no task can be judged. See ``find_criteria``."""
    config = plan.config.training
    criteria = find_criteria(plan.names, plan.registry, catalogue, store=store_of(plan.config), features=features)
    return [BestKeeper(criteria, config.checkpoint_images)] if criteria else []


def read_looks(run: Path) -> Looks | None:
    """The looks at a run so far; None if the file is missing or damaged."""
    try:
        return Looks.model_validate_json((run / LOOKS).read_bytes())
    except (OSError, ValidationError):
        return None


def choose_checkpoint(run: Path) -> Chosen:
    """The best checkpoint of a finished run, or the last one if no task could be judged on validation images."""
    seen = read_looks(run)
    if seen is None:
        return Chosen(run, read_index(run).images, "the last: nothing to validate on")
    return Chosen(run / BEST, read_index(run / BEST).images, f"best on validation: {seen.criterion}")
