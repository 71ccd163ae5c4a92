"""Scores a model that finds defects: can it tell images that have the defect of a task from images that do not?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor
from torchmetrics.functional.classification import binary_auroc, binary_average_precision

from ..contracts.finding import Findings
from ..contracts.photo import Image
from ..data.extras import Stacks
from ..data.sampling import Item
from ..data.tensors import to_tensor
from ..data.testsets import TestDomains, TestImage, TestPairs, readable
from ..errors import DataError
from .report import Detection, TaskEvaluation
from .scoring import Scored


@runtime_checkable
class Finder(Scored, Protocol):
    """What is scored: ``FindingModel``, or anything that finds."""

    def find(self, images: Tensor, tasks: Sequence[str], stacks: Sequence[Stacks] = ()) -> Findings:
        """What it finds in ``images [N, 3, S, S]`` in [-1, 1], each of which is a photo of the data of a task."""


@dataclass(frozen=True)
class DetectionScorer:
    """Scores task by task."""

    model: Finder
    batch: int

    def score(
        self, task: str, tests: TestPairs | TestDomains, failures: list[str], tell: Callable[[int, int], None] | None
    ) -> TaskEvaluation:
        """Score the tests of a task. Why one of them cannot be read or made goes to ``failures``.

        Raises:
            DataError: there is no image with the defect, or none without.
        """
        known: Sequence[Item | TestImage] = tests
        images = [side for test in readable(known, failures, tell) for side in _sides(test)]
        truth = torch.tensor([has_defect for _, has_defect in images])
        if not truth.any() or truth.all():
            raise DataError(f"{task}: images with the defect and images without are needed, and one kind is missing")
        scores = torch.cat(list(self._scores(task, [pixels for pixels, _ in images])))
        detection = Detection(
            auroc=float(binary_auroc(scores, truth)),
            average_precision=float(binary_average_precision(scores, truth)),
        )
        return TaskEvaluation(count=int(truth.sum()), true_count=int((~truth).sum()), detection=detection)

    def _scores(self, task: str, images: Sequence[Image]) -> Iterator[Tensor]:
        column = list(self.model.tasks).index(task)
        for start in range(0, len(images), self.batch):
            part = images[start : start + self.batch]
            yield self.model.find(to_tensor(part), [task] * len(part)).scores[:, column]


def _sides(test: Item | TestImage) -> list[tuple[Image, bool]]:
    """The images of a test, and whether each has the defect."""
    if isinstance(test, TestImage):
        return [(test.pixels, test.domain == "source")]
    return [(test.source, True), (test.target, False)]
