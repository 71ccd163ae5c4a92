"""Which checkpoint of a cell is reported: the one whose averaged generator does best on fixed validation images."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from statistics import geometric_mean
from typing import NamedTuple, TypeVar

import torch
from pydantic import BaseModel, ConfigDict, ValidationError
from torch import Tensor

from ..contracts.guidance import Guidance
from ..contracts.photo import Image
from ..data.catalogue import Catalogue
from ..data.tensors import to_tensor
from ..data.testsets import TestDomains, TestPairs, test_set
from ..errors import DataError, ImageError
from ..evaluation.distances import FEWEST, frechet_distance
from ..evaluation.evaluate import Mender
from ..files import write_json
from ..model import Model
from ..networks.features import FeatureExtractor
from ..training.checkpoint import find_checkpoint, read_index, save_checkpoint
from ..training.plan import Plan
from ..training.state import TrainingState

T = TypeVar("T")
Score = Callable[[Mender], float]
"""How far outputs are from the truth, as a share of how far the inputs are: 1 if nothing is mended."""

VALIDATION_IMAGES = 64
"""At most so many pairs of a task, or images of each domain, are looked at again and again."""

BATCH = 16
LEAST = 1e-6
"""Errors and distances below this count as this."""

SEED = 0
"""Of the pairs that are synthesised for validation: the same for all cells."""

BEST, LOOKS = "best", "looks.json"


class Criterion(NamedTuple):
    """How outputs of one task are judged while a cell is trained."""

    title: str
    score: Score


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
    """A checkpoint directory, after how many images it was made, and why it was chosen."""

    checkpoint: Path
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


def watch_best(plan: Plan, catalogue: Catalogue, features: FeatureExtractor | None) -> Iterable[BestKeeper]:
    """What keeps the best checkpoint of a run; nothing if no task can be judged."""
    criteria = find_criteria(plan, catalogue, features)
    return [BestKeeper(criteria, plan.config.training.checkpoint_images)] if criteria else []


def find_criteria(plan: Plan, catalogue: Catalogue, features: FeatureExtractor | None) -> dict[str, Criterion]:
    """How each task of the plan is judged on its validation images; a task that has none of use is left out."""
    criteria = ((task, _criterion(plan, catalogue, task, features)) for task in plan.names)
    return {task: criterion for task, criterion in criteria if criterion}


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
        return Chosen(find_checkpoint(run), read_index(run).images, "the last: nothing to validate on")
    best = run / BEST
    return Chosen(find_checkpoint(best), read_index(best).images, f"best on validation: {seen.criterion}")


def _criterion(plan: Plan, catalogue: Catalogue, task: str, features: FeatureExtractor | None) -> Criterion | None:
    config = plan.config.training
    try:
        tests = test_set(catalogue, plan.registry, task, "val", size=config.size, seed=SEED, limit=VALIDATION_IMAGES)
    except DataError:
        return None
    sides = _sides(task, tests)
    if features and (isinstance(tests, TestDomains) or plan.registry.task(task).ambiguous):
        return _judge_looks(sides, features)
    return _judge_pairs(sides) if isinstance(tests, TestPairs) else None


class Sides(NamedTuple):
    """The images of domain X, what steers the model for them, and the images of domain Y."""

    sources: list[Image]
    guidance: Guidance
    targets: list[Image]


def _sides(task: str, tests: TestPairs | TestDomains) -> Sides:
    """Those that can be read."""
    if isinstance(tests, TestPairs):
        pairs = list(_readable(tests))
        guidance = Guidance.of([task] * len(pairs), [pair.extras for pair in pairs])
        return Sides([pair.source for pair in pairs], guidance, [pair.target for pair in pairs])
    images = list(_readable(tests))
    source, target = ([image for image in images if image.domain == side] for side in ("source", "target"))
    guidance = Guidance.of([task] * len(source), [image.extras for image in source])
    return Sides([image.pixels for image in source], guidance, [image.pixels for image in target])


def _judge_pairs(sides: Sides) -> Criterion | None:
    if not sides.sources:
        return None
    source, target = to_tensor(sides.sources), to_tensor(sides.targets)
    input_error = (source - target).abs().mean().item()

    def score(model: Mender) -> float:
        error = (_outputs(model, source, sides.guidance) - target).abs().mean().item()
        return max(error, LEAST) / max(input_error, LEAST)

    return Criterion("L1", score)


def _judge_looks(sides: Sides, features: FeatureExtractor) -> Criterion | None:
    if min(len(sides.sources), len(sides.targets)) < FEWEST:
        return None
    source, target = to_tensor(sides.sources), to_tensor(sides.targets)
    truth, before = (features((side + 1) / 2).double().numpy() for side in (target, source))
    input_distance = frechet_distance(before, truth)

    def score(model: Mender) -> float:
        outputs = (_outputs(model, source, sides.guidance) + 1) / 2
        return max(frechet_distance(features(outputs).double().numpy(), truth), LEAST) / max(input_distance, LEAST)

    return Criterion(f"Fréchet distance ({features.name})", score)


def _outputs(model: Mender, source: Tensor, guidance: Guidance) -> Tensor:
    batches = torch.split(torch.arange(len(source)), BATCH)
    return torch.cat([model.mend(source[rows], guidance.select(rows)).image for rows in batches]).clamp(-1, 1)


def _readable(tests: Sequence[T]) -> Iterator[T]:
    for index in range(len(tests)):
        try:
            yield tests[index]
        except ImageError:
            continue
