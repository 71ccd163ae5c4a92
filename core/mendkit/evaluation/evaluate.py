"""Scores a model on the test pairs of its tasks, or on the two domains of a task that has no pairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite
from typing import Any, Protocol

from torch import Tensor

from mendkit_registry import EvaluatorSpec, Registry, UnknownNameError, build

from ..contracts import Evaluator, UnpairedEvaluator
from ..contracts.outcome import Outcome, UnpairedOutcome
from ..data.catalogue import Catalogue, Split
from ..data.store import FullSizeStore, ImageStore
from ..data.testsets import TestDomains, TestPairs, readable, test_set
from ..errors import DataError, MendkitError, reason_of
from ..networks.features import FeatureExtractor
from ..networks.pretrained import NO_FEATURES
from .detection import DetectionScorer, Finder
from .report import Conditions, Evaluation, TaskEvaluation
from .scoring import Mender, Recorder, Scored, score_domains, score_pairs

Progress = Callable[[str, int, int], None]
"""Is told the task, how many of its pairs or images were taken, and how many there are."""


def evaluate(
    model: Scored,
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
    full_size: bool = False,
    progress: Progress | None = None,
) -> Evaluation:
    """Score ``model`` on the pairs of ``split``: real ones, or else synthesised ones, the same for the same ``seed``.

    A task that has neither, but images of both domains, is scored by what evaluators say of those as sets. A model
    that finds defects is scored by how well it tells the two sides apart.

    Args:
        tasks: names, groups or globs; None for all that the model was trained for.
        limit: at most so many pairs of each task, or images of each domain; None for all.
        batch: pairs that are mended at once.
        features: for evaluators that need them; None: the report says what was not computed.
        gallery: is given every batch with its images.
        origin: where the model comes from, for the conditions.
        full_size: score pairs of the photos' own sizes, which ``model`` must take (see ``correction.FullSizeModel``).

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
        features_digest=features.digest if features else None,
        full_size=full_size,
    )
    # Shared, so that tasks whose pairs are made of the same clean images decode each of them once.
    store = FullSizeStore(model.size) if full_size else ImageStore(model.size, zoomed=model.zoomed)
    names = model.tasks if tasks is None else [task.name for task in registry.select(tasks)]

    def tests_of(task: str) -> TestPairs | TestDomains:
        if task not in model.tasks:
            raise DataError(f"{task}: the model was not trained for it; it knows {', '.join(model.tasks)}")
        return test_set(catalogue, registry, task, split, size=model.size, seed=seed, limit=limit, store=store)

    scorer = _scorer_of(model, registry, features, gallery, batch=batch, seed=seed)
    return _evaluate_tasks(names, tests_of, scorer, conditions, progress)


def _evaluate_tasks(
    names: Iterable[str],
    tests_of: Callable[[str], TestPairs | TestDomains],
    scorer: Scorer,
    conditions: Conditions,
    progress: Progress | None,
) -> Evaluation:
    """Score task by task. One that cannot be scored, or some of whose images cannot, does not stop the others."""
    found: dict[str, TaskEvaluation] = {}
    skipped: dict[str, str] = {}
    unreadable: dict[str, tuple[str, ...]] = {}
    for task in names:
        failures: list[str] = []
        try:
            found[task] = scorer.score(task, tests_of(task), failures, partial(progress, task) if progress else None)
        except (DataError, UnknownNameError) as error:
            skipped[task] = str(error)
        if failures:
            unreadable[task] = tuple(failures)
    if not found:
        raise DataError("\n  ".join(["nothing could be scored:", *skipped.values()]))
    return Evaluation(conditions=conditions, tasks=found, skipped=skipped, unreadable=unreadable)


def _scorer_of(
    model: Scored,
    registry: Registry,
    features: FeatureExtractor | None,
    gallery: Recorder | None,
    *,
    batch: int,
    seed: int,
) -> Scorer:
    """How the model is scored, by what it gives for a photo."""
    if isinstance(model, Finder):
        return DetectionScorer(model, batch)
    if isinstance(model, Mender):
        return _Scorer(model, registry, {"features": features, "seed": seed}, gallery, batch)
    raise DataError("the model gives neither images nor findings, so there is nothing to score")


class Scorer(Protocol):
    """How the tests of a task are scored."""

    def score(
        self, task: str, tests: TestPairs | TestDomains, failures: list[str], tell: Callable[[int, int], None] | None
    ) -> TaskEvaluation:
        """Score the tests of a task. Why one of them cannot be read or made goes to ``failures``."""


@dataclass(frozen=True)
class _Scorer:
    """Scores a model that gives images: what stays the same from one task to the next.

    Args:
        given: by name, what evaluators may need; None for what there is none of.
    """

    model: Mender
    registry: Registry
    given: Mapping[str, object]
    gallery: Recorder | None
    batch: int

    def score(
        self, task: str, tests: TestPairs | TestDomains, failures: list[str], tell: Callable[[int, int], None] | None
    ) -> TaskEvaluation:
        """Score the tests of a task. Why one of them cannot be read or made goes to ``failures``."""
        specs = self.registry[EvaluatorSpec].of(task)
        left_out = {spec.name: NO_FEATURES for spec in specs if None in self._needs(spec).values()}
        evaluators: Mapping[str, Guarded] = {
            spec.name: Guarded(build(spec, Evaluator, **self._needs(spec)))
            for spec in specs
            if spec.name not in left_out
        }
        if isinstance(tests, TestDomains):
            evaluators = {name: each for name, each in evaluators.items() if each.takes_unpaired}
            images = readable(tests, failures, tell)
            counts = score_domains(
                self.model, task, images, evaluators.values(), batch=self.batch, gallery=self.gallery
            )
        else:
            pairs = readable(tests, failures, tell)
            count = score_pairs(self.model, task, pairs, evaluators.values(), batch=self.batch, gallery=self.gallery)
            if not count:
                raise DataError(f"{task}: not one of its pairs can be read or made; the first: {failures[0]}")
            counts = count, count
        numbers, reasons = _compute(evaluators)
        return TaskEvaluation(count=counts[0], true_count=counts[1], numbers=numbers, left_out=left_out | reasons)

    def _needs(self, spec: EvaluatorSpec) -> dict[str, object]:
        return {name: self.given[name] for name in spec.needs}


def _compute(evaluators: Mapping[str, Guarded]) -> tuple[dict[str, dict[str, float | None]], dict[str, str]]:
    """The numbers of each evaluator, or why it has none."""
    found = {name: evaluator.compute() for name, evaluator in evaluators.items()}
    reasons = {name: evaluator.reason for name, evaluator in evaluators.items() if evaluator.reason}
    return {name: _finite(numbers) for name, numbers in found.items() if name not in reasons}, reasons


class Guarded:
    """An evaluator whose failure is its own: the report says why it has no numbers, and the others go on.

    Args:
        evaluator: any, of core or of a plugin.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self.reason: str | None = None
        self.takes_unpaired = isinstance(evaluator, UnpairedEvaluator)
        self._evaluator: Any = evaluator

    def update(self, outcome: Outcome) -> None:
        """As ``Evaluator.update``."""
        self._call("update", outcome)

    def update_unpaired(self, outcome: UnpairedOutcome) -> None:
        """As ``UnpairedEvaluator.update_unpaired``."""
        self._call("update_unpaired", outcome)

    def update_targets(self, targets: Tensor) -> None:
        """As ``UnpairedEvaluator.update_targets``."""
        self._call("update_targets", targets)

    def reset(self) -> None:
        """As ``Evaluator.reset``."""
        self._call("reset")

    def compute(self) -> dict[str, float]:
        """As ``Evaluator.compute``; nothing if it has failed."""
        return self._call("compute") or {}

    def _call(self, method: str, *given: object) -> Any:
        if self.reason is not None:
            return None
        try:
            return getattr(self._evaluator, method)(*given)
        except MendkitError as error:
            self.reason = str(error)
        except Exception as error:
            self.reason = f"raised {reason_of(error)}"
        return None


def _finite(numbers: Mapping[str, float]) -> dict[str, float | None]:
    """JSON has no NaN: what is not finite becomes None."""
    return {name: value if isfinite(value) else None for name, value in numbers.items()}
