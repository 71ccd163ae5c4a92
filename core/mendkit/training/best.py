"""Keeps, beside the newest checkpoint of a run, the one that does best on validation images.

RUN/best/       a checkpoint of the averaged generator alone, which mends
RUN/looks.json  what each look at the run was worth
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
from .plan import Plan
from .state import TrainingState

BEST, LOOKS = "best", "looks.json"


class Look(BaseModel):
    """What the averaged generator was worth after ``images``: by task, and the geometric mean over tasks."""

    model_config = ConfigDict(frozen=True)

    images: int
    score: float
    tasks: dict[str, float]


class Looks(BaseModel):
    """All looks at a run, and by what it was judged."""

    model_config = ConfigDict(frozen=True)

    criterion: str
    looks: tuple[Look, ...]


class Chosen(NamedTuple):
    """The directory whose checkpoint was chosen, after how many images it was made, and why it was chosen."""

    path: Path
    images: int
    reason: str


class BestKeeper:
    """Keeps the best averaged generator beside the newest checkpoint, which stays what a resumed run goes on with.

    Args:
        every: images from one look to the next.
    """

    def __init__(self, criteria: Mapping[str, Criterion], every: int) -> None:
        self.every = every
        self._criteria = criteria

    def look(self, state: TrainingState, run: Path) -> None:
        """Judge the averaged generator, and keep it if none before was better."""
        model = Model(state.average, state.blueprint, state.images)
        scores = {task: criterion.score(model) for task, criterion in self._criteria.items()}
        # Of shares, the arithmetic mean would look at the task whose defect is smallest, and at no other.
        look = Look(images=state.images, score=geometric_mean(scores.values()), tasks=scores)
        # After a crash, the looks beyond the checkpoint that the run was resumed from are taken again.
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
    """What keeps the best checkpoint of a run; nothing if no task can be judged. See ``find_criteria``."""
    config = plan.config.training
    criteria = find_criteria(plan.names, plan.registry, catalogue, size=config.size, features=features)
    return [BestKeeper(criteria, config.checkpoint_images)] if criteria else []


def read_looks(run: Path) -> Looks | None:
    """The looks at a run so far; None if there is no sound list of them."""
    try:
        return Looks.model_validate_json((run / LOOKS).read_bytes())
    except (OSError, ValidationError):
        return None


def choose_checkpoint(run: Path) -> Chosen:
    """The best checkpoint of a run that has ended, or its last if no task could be judged on validation images."""
    seen = read_looks(run)
    if seen is None:
        return Chosen(run, read_index(run).images, "the last: nothing to validate on")
    return Chosen(run / BEST, read_index(run / BEST).images, f"best on validation: {seen.criterion}")
