"""Scores a model on the tests of one task: mends them batch by batch, and remembers numbers, not images."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from ..contracts import Evaluator
from ..contracts.mended import Mended
from ..contracts.outcome import Outcome, UnpairedOutcome
from ..data.extras import Stacks
from ..data.sampling import Item
from ..data.tensors import stack_truths, to_tensor
from ..data.testsets import TestImage
from ..errors import DataError
from ..networks.pretrained import NO_FEATURES
from .distances import DistanceMeter
from .metrics import ImageScores, join_scores, score_images, summarise
from .report import TaskEvaluation

T = TypeVar("T")


class Scored(Protocol):
    """What any model that is scored says of itself."""

    @property
    def tasks(self) -> Sequence[str]:
        """The tasks that it was trained for."""

    @property
    def size(self) -> int:
        """The side of its square images, px."""

    @property
    def images_seen(self) -> int:
        """How many images it was trained on."""

    @property
    def learned_from(self) -> tuple[str, ...]:
        """The pretrained networks by which its outputs were compared while it was trained."""

    @property
    def device(self) -> torch.device:
        """Where it computes."""


@runtime_checkable
class Mender(Scored, Protocol):
    """What is evaluated: ``Model``, or anything that mends."""

    def mend(self, images: Tensor, tasks: Sequence[str], stacks: Sequence[Stacks] = ()) -> Mended:
        """Mend ``images [N, 3, S, S]`` in [-1, 1], each of its task and with its extras."""


class Recorder(Protocol):
    """Keeps the images of an evaluation, batch by batch; see ``mendkit.reporting.gallery``."""

    def add(self, task: str, outcome: Outcome, mended: Mended, scores: ImageScores) -> None:
        """Take in a batch of one task."""

    def add_unpaired(self, task: str, outcome: UnpairedOutcome, mended: Mended) -> None:
        """Take in a batch of one task whose images have no partners."""


@dataclass(frozen=True)
class PairMeter:
    """Takes in the outcomes of the pairs of a task."""

    evaluators: Mapping[str, Evaluator]
    distances: DistanceMeter | None
    scores: list[ImageScores] = field(default_factory=list)

    def update(self, outcome: Outcome) -> ImageScores:
        """Take in a batch; its scores."""
        self.scores.append(score_images(outcome))
        for evaluator in self.evaluators.values():
            evaluator.update(outcome)
        if self.distances:
            self.distances.update(outcome)
        return self.scores[-1]

    def compute(self, *, seed: int) -> TaskEvaluation:
        """The numbers over at least one batch."""
        return TaskEvaluation(
            metrics=summarise(join_scores(self.scores), seed=seed),
            evaluators={name: _finite(evaluator.compute()) for name, evaluator in self.evaluators.items()},
            distances=self.distances.compute(seed=seed) if self.distances else NO_FEATURES,
        )


def score_pairs(
    model: Mender, task: str, pairs: Iterable[Item], meter: PairMeter, *, batch: int, gallery: Recorder | None
) -> None:
    """Mend the sources and the targets of ``pairs``, and give ``meter`` and ``gallery`` what came of it."""
    for together in _batches(pairs, _has_no_mask, batch):
        outcome, mended = _mend(model, task, together)
        scores = meter.update(outcome)
        if gallery:
            gallery.add(task, outcome, mended, scores)


def score_domains(
    model: Mender,
    task: str,
    images: Iterable[TestImage],
    meter: DistanceMeter | None,
    *,
    batch: int,
    gallery: Recorder | None,
) -> None:
    """Mend those of ``images`` that are of domain X, and compare them, as a set, with those of domain Y.

    Raises:
        DataError: there is none of one domain.
    """
    seen: set[str] = set()
    for together in _batches(images, _domain, batch):
        seen.add(together[0].domain)
        if together[0].domain == "source":
            _mend_unpaired(model, task, together, meter, gallery)
        elif meter:
            meter.update_targets(unit_range(to_tensor([image.pixels for image in together])))
    if missing := {"source", "target"} - seen:
        raise DataError(f"{task}: not one {' or '.join(sorted(missing))} image can be read")


def unit_range(images: Tensor) -> Tensor:
    """From ``[-1, 1]`` to ``[0, 1]``, clipped as an image file would clip it."""
    return images.float().add(1).div(2).clamp(0, 1)


def _mend(model: Mender, task: str, pairs: Sequence[Item]) -> tuple[Outcome, Mended]:
    source = to_tensor([pair.source for pair in pairs])
    target = to_tensor([pair.target for pair in pairs])
    steering = [task] * len(pairs), [pair.extras for pair in pairs]
    mended, clean = model.mend(source, *steering), model.mend(target, *steering)
    outcome = Outcome(
        names=tuple(pair.name for pair in pairs),
        source=unit_range(source),
        output=unit_range(mended.image),
        target=unit_range(target),
        clean_output=unit_range(clean.image),
        mask=_masks(pairs),
        truths={name: truths.to(torch.device("cpu")) for name, truths in stack_truths(pairs).items()},
    )
    return outcome, mended


def _mend_unpaired(
    model: Mender, task: str, images: Sequence[TestImage], meter: DistanceMeter | None, gallery: Recorder | None
) -> None:
    source = to_tensor([image.pixels for image in images])
    mended = model.mend(source, [task] * len(images), [image.extras for image in images])
    names = tuple(image.name for image in images)
    outcome = UnpairedOutcome(names, unit_range(source), unit_range(mended.image))
    if meter:
        meter.update_unpaired(outcome)
    if gallery:
        gallery.add_unpaired(task, outcome, mended)


def _batches(tests: Iterable[T], kind: Callable[[T], object], size: int) -> Iterator[list[T]]:
    """Batches of tests that follow each other and are all of one kind."""
    for _, alike in groupby(tests, key=kind):
        while batch := list(islice(alike, size)):
            yield batch


def _has_no_mask(pair: Item) -> bool:
    """An outcome has masks for every row, or for no row."""
    return pair.mask is None


def _domain(image: TestImage) -> str:
    return image.domain


def _masks(pairs: Sequence[Item]) -> Tensor | None:
    masks = [pair.mask for pair in pairs if pair.mask is not None]
    return torch.from_numpy(np.stack(masks)).unsqueeze(1).float().div(255) if masks else None


def _finite(numbers: Mapping[str, float]) -> dict[str, float | None]:
    """JSON has no NaN: what is not finite becomes None."""
    return {name: value if math.isfinite(value) else None for name, value in numbers.items()}
