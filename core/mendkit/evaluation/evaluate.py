"""Scores a model on the test pairs of its tasks, or on the two domains of a task that has no pairs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor

from mendkit_registry import Registry, UnknownNameError, build

from ..contracts import Evaluator
from ..contracts.guidance import Guidance
from ..contracts.mended import Mended
from ..contracts.outcome import Outcome, UnpairedOutcome
from ..data.catalogue import Catalogue, Split
from ..data.sampling import Item
from ..data.tensors import stack_truths, to_tensor
from ..data.testsets import TestDomains, TestImage, TestPairs, test_set
from ..errors import DataError, ImageError
from ..networks.features import FeatureExtractor
from ..networks.pretrained import NO_FEATURES
from .distances import DistanceMeter
from .metrics import ImageScores, join_scores, score_images, summarise
from .report import Conditions, Evaluation, TaskEvaluation

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
"""Is told the task, how many of its pairs or images were taken, and how many there are."""


class Mender(Protocol):
    """What is evaluated: ``Model``, or anything that mends."""

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

    def mend(self, images: Tensor, guidance: Guidance) -> Mended:
        """Mend ``images [N, 3, S, S]`` in [-1, 1], each as ``guidance`` says."""


class Recorder(Protocol):
    """Keeps the images of an evaluation, batch by batch; see ``mendkit.reporting.gallery``."""

    def add(self, task: str, outcome: Outcome, mended: Mended, scores: ImageScores) -> None:
        """Take in a batch of one task."""

    def add_unpaired(self, task: str, outcome: UnpairedOutcome, mended: Mended) -> None:
        """Take in a batch of one task whose images have no partners."""


def evaluate(
    model: Mender,
    catalogue: Catalogue,
    registry: Registry,
    *,
    split: Split = "test",
    tasks: Sequence[str] | None = None,
    seed: int = 0,
    limit: int | None = None,
    batch: int = 32,
    features: FeatureExtractor | None = None,
    gallery: Recorder | None = None,
    origin: str = "",
    progress: Progress | None = None,
) -> Evaluation:
    """Score ``model`` on the pairs of ``split``: real ones, or else synthesised ones, the same for the same ``seed``.

    A task that has neither, but images of both domains, is scored by the distance of its outputs to domain Y.

    Args:
        tasks: names, groups or globs; None for all that the model was trained for.
        limit: at most so many pairs of each task, or images of each domain; None for all.
        batch: pairs that are mended at once.
        features: for perceptual, Fréchet and kernel distance; None: the report says that they were not computed.
        gallery: is given every batch with its images.
        origin: where the model comes from, for the conditions.

    Raises:
        UnknownNameError: a task was asked for that no installed plugin contributes.
        DataError: no task can be scored; the message has a line for each, with the reason.
    """
    conditions = Conditions(
        model=origin,
        images_seen=model.images_seen,
        learned_from=model.learned_from,
        size=model.size,
        device=str(model.device),
        split=split,
        seed=seed,
        limit=limit,
        features=features.name if features else None,
    )
    bench = _Bench(model, catalogue, registry, conditions, batch, features, gallery, progress)
    names = model.tasks if tasks is None else [task.name for task in registry.select(tasks)]
    return bench.evaluate(names)


@dataclass(frozen=True)
class _TaskMeter:
    """Takes in the outcomes of one task and remembers numbers, not images."""

    evaluators: Mapping[str, Evaluator]
    distances: DistanceMeter | None
    scores: list[ImageScores] = field(default_factory=list)

    def update(self, outcome: Outcome) -> ImageScores:
        self.scores.append(score_images(outcome))
        for evaluator in self.evaluators.values():
            evaluator.update(outcome)
        if self.distances:
            self.distances.update(outcome)
        return self.scores[-1]

    def compute(self, *, seed: int) -> TaskEvaluation:
        return TaskEvaluation(
            metrics=summarise(join_scores(self.scores), seed=seed),
            evaluators={name: _finite(evaluator.compute()) for name, evaluator in self.evaluators.items()},
            distances=self.distances.compute(seed=seed) if self.distances else NO_FEATURES,
        )


@dataclass(frozen=True)
class _Bench:
    """What stays the same from task to task."""

    model: Mender
    catalogue: Catalogue
    registry: Registry
    conditions: Conditions
    batch: int
    features: FeatureExtractor | None
    gallery: Recorder | None
    progress: Progress | None

    def evaluate(self, tasks: Iterable[str]) -> Evaluation:
        found: dict[str, TaskEvaluation] = {}
        skipped: dict[str, str] = {}
        unreadable: dict[str, tuple[str, ...]] = {}
        for task in tasks:
            failures: list[str] = []
            try:
                found[task] = self._evaluate_task(task, failures)
            except (DataError, UnknownNameError) as error:
                skipped[task] = str(error)
            if failures:
                unreadable[task] = tuple(failures)
        if not found:
            raise DataError("\n  ".join(["nothing could be scored:", *skipped.values()]))
        return Evaluation(conditions=self.conditions, tasks=found, skipped=skipped, unreadable=unreadable)

    def _evaluate_task(self, task: str, failures: list[str]) -> TaskEvaluation:
        self._require_trained(task)
        asked = self.conditions
        tests = test_set(
            self.catalogue, self.registry, task, asked.split, size=asked.size, seed=asked.seed, limit=asked.limit
        )
        if isinstance(tests, TestDomains):
            return self._score_domains(task, tests, failures)
        return self._score_pairs(task, tests, failures)

    def _require_trained(self, task: str) -> None:
        if task not in self.model.tasks:
            raise DataError(f"{task}: the model was not trained for it; it knows {', '.join(self.model.tasks)}")

    def _score_pairs(self, task: str, tests: TestPairs, failures: list[str]) -> TaskEvaluation:
        meter = self._new_meter(task)
        for pairs in _batches(self._readable(task, tests, failures), _has_no_mask, self.batch):
            outcome, mended = self._mend(task, pairs)
            scores = meter.update(outcome)
            if self.gallery:
                self.gallery.add(task, outcome, mended, scores)
        if not meter.scores:
            raise DataError(f"{task}: not one of its pairs can be read or made; the first: {failures[0]}")
        return meter.compute(seed=self.conditions.seed)

    def _score_domains(self, task: str, tests: TestDomains, failures: list[str]) -> TaskEvaluation:
        meter = DistanceMeter(self.features) if self.features else None
        seen: set[str] = set()
        for images in _batches(self._readable(task, tests, failures), _domain, self.batch):
            seen.add(images[0].domain)
            pixels = to_tensor([image.pixels for image in images])
            if images[0].domain == "source":
                self._mend_unpaired(task, images, pixels, meter)
            elif meter:
                meter.update_targets(_unit_range(pixels))
        if missing := {"source", "target"} - seen:
            raise DataError(f"{task}: not one {' or '.join(sorted(missing))} image can be read")
        distances = meter.compute(seed=self.conditions.seed) if meter else NO_FEATURES
        return TaskEvaluation(metrics=None, evaluators={}, distances=distances)

    def _mend_unpaired(
        self, task: str, images: Sequence[TestImage], pixels: Tensor, meter: DistanceMeter | None
    ) -> None:
        mended = self.model.mend(pixels, _guidance(task, images))
        names = tuple(image.name for image in images)
        outcome = UnpairedOutcome(names, _unit_range(pixels), _unit_range(mended.image))
        if meter:
            meter.update_unpaired(outcome)
        if self.gallery:
            self.gallery.add_unpaired(task, outcome, mended)

    def _new_meter(self, task: str) -> _TaskMeter:
        specs = self.registry.evaluators.of(task)
        evaluators = {spec.name: build(spec, Evaluator) for spec in specs}
        return _TaskMeter(evaluators, DistanceMeter(self.features) if self.features else None)

    def _readable(self, task: str, tests: Sequence[T], failures: list[str]) -> Iterator[T]:
        """The tests that can be read and made; why the others cannot goes to ``failures``."""
        for index in range(len(tests)):
            try:
                yield tests[index]
            except ImageError as error:
                failures.append(str(error))
            if self.progress:
                self.progress(task, index + 1, len(tests))

    def _mend(self, task: str, pairs: Sequence[Item]) -> tuple[Outcome, Mended]:
        source = to_tensor([pair.source for pair in pairs])
        target = to_tensor([pair.target for pair in pairs])
        guidance = _guidance(task, pairs)
        mended = self.model.mend(source, guidance)
        clean = self.model.mend(target, guidance)
        outcome = Outcome(
            names=tuple(pair.name for pair in pairs),
            source=_unit_range(source),
            output=_unit_range(mended.image),
            target=_unit_range(target),
            clean_output=_unit_range(clean.image),
            mask=_masks(pairs),
            truths={name: truths.to(torch.device("cpu")) for name, truths in stack_truths(pairs).items()},
        )
        return outcome, mended


def _batches(tests: Iterable[T], kind: Callable[[T], object], size: int) -> Iterator[list[T]]:
    """Batches of tests that follow each other and are all of one kind."""
    for _, alike in groupby(tests, key=kind):
        while batch := list(islice(alike, size)):
            yield batch


def _has_no_mask(pair: Item) -> bool:
    """An outcome has masks for every row, or for no row."""
    return pair.mask is None


def _guidance(task: str, tests: Sequence[Item | TestImage]) -> Guidance:
    return Guidance.of([task] * len(tests), [test.extras for test in tests])


def _domain(image: TestImage) -> str:
    return image.domain


def _masks(pairs: Sequence[Item]) -> Tensor | None:
    masks = [pair.mask for pair in pairs if pair.mask is not None]
    return torch.from_numpy(np.stack(masks)).unsqueeze(1).float().div(255) if masks else None


def _unit_range(images: Tensor) -> Tensor:
    """From ``[-1, 1]`` to ``[0, 1]``, clipped as an image file would clip it."""
    return images.float().add(1).div(2).clamp(0, 1)


def _finite(numbers: Mapping[str, float]) -> dict[str, float | None]:
    """JSON has no NaN: what is not finite becomes None."""
    return {name: value if math.isfinite(value) else None for name, value in numbers.items()}
