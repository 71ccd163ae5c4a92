"""Scores a model on the tests of one task: mends them batch by batch, and remembers numbers, not images."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from ..contracts import Evaluator, UnpairedEvaluator
from ..contracts.mended import Mended
from ..contracts.outcome import Outcome, UnpairedOutcome
from ..data.extras import Stacks
from ..data.sampling import Item
from ..data.tensors import stack_truths, to_tensor
from ..data.testsets import TestImage
from ..errors import DataError

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
    def zoomed(self) -> int:
        """The side of its square images of local tasks, px."""

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

    def add(self, task: str, outcome: Outcome, mended: Mended) -> None:
        """Take in a batch of one task."""

    def add_unpaired(self, task: str, outcome: UnpairedOutcome, mended: Mended) -> None:
        """Take in a batch of one task whose images have no partners."""


def score_pairs(
    model: Mender,
    task: str,
    pairs: Iterable[Item],
    evaluators: Collection[Evaluator],
    *,
    batch: int,
    gallery: Recorder | None,
) -> int:
    """Mend the sources and the targets of ``pairs``, and give ``evaluators`` and ``gallery`` what came of it.

    Returns how many pairs there were.
    """
    count = 0
    for together in _batches(pairs, _shape, batch):
        outcome, mended = _mend(model, task, together)
        for evaluator in evaluators:
            evaluator.update(outcome)
        if gallery:
            gallery.add(task, outcome, mended)
        count += len(together)
    return count


def score_domains(
    model: Mender,
    task: str,
    images: Iterable[TestImage],
    evaluators: Collection[UnpairedEvaluator],
    *,
    batch: int,
    gallery: Recorder | None,
) -> tuple[int, int]:
    """Mend those of ``images`` that are of domain X, and give ``evaluators`` what came of it, and those of domain Y.

    Returns how many images there were of X and of Y.

    Raises:
        DataError: there is none of one domain.
    """
    counts = {"source": 0, "target": 0}
    for together in _batches(images, _domain_and_shape, batch):
        counts[together[0].domain] += len(together)
        if together[0].domain == "source":
            _mend_unpaired(model, task, together, evaluators, gallery)
            continue
        targets = unit_range(to_tensor([image.pixels for image in together]))
        for evaluator in evaluators:
            evaluator.update_targets(targets)
    if missing := [domain for domain, count in counts.items() if not count]:
        raise DataError(f"{task}: not one {' or '.join(missing)} image can be read")
    return counts["source"], counts["target"]


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
    model: Mender,
    task: str,
    images: Sequence[TestImage],
    evaluators: Iterable[UnpairedEvaluator],
    gallery: Recorder | None,
) -> None:
    source = to_tensor([image.pixels for image in images])
    mended = model.mend(source, [task] * len(images), [image.extras for image in images])
    names = tuple(image.name for image in images)
    outcome = UnpairedOutcome(names, unit_range(source), unit_range(mended.image))
    for evaluator in evaluators:
        evaluator.update_unpaired(outcome)
    if gallery:
        gallery.add_unpaired(task, outcome, mended)


def _batches(tests: Iterable[T], kind: Callable[[T], object], size: int) -> Iterator[list[T]]:
    """Batches of tests that follow each other and are all of one kind."""
    for _, alike in groupby(tests, key=kind):
        while batch := list(islice(alike, size)):
            yield batch


def _shape(pair: Item) -> tuple[bool, tuple[int, ...]]:
    """An outcome has images of one shape, and masks for every row or for no row."""
    return pair.mask is None, pair.source.shape


def _domain_and_shape(image: TestImage) -> tuple[str, tuple[int, ...]]:
    return image.domain, image.pixels.shape


def _masks(pairs: Sequence[Item]) -> Tensor | None:
    masks = [pair.mask for pair in pairs if pair.mask is not None]
    return torch.from_numpy(np.stack(masks)).unsqueeze(1).float().div(255) if masks else None
