"""By what the outputs of a model are judged while it is trained: on few fixed validation images of each task."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import torch
from torch import Tensor

from mendkit_registry import Registry

from ..contracts.photo import Image
from ..data.catalogue import Catalogue
from ..data.extras import Stacks
from ..data.store import ImageStore
from ..data.tensors import to_tensor
from ..data.testsets import TestDomains, TestPairs, readable, test_set
from ..errors import DataError
from ..networks.features import FeatureExtractor
from .distances import FEWEST, Features, frechet_distance
from .scoring import Mender, unit_range

Score = Callable[[Mender], float]
"""How far outputs are from the truth, as a share of how far the inputs are: 1 if nothing is mended."""

VALIDATION_IMAGES = 64
"""At most so many pairs of a task, or images of each domain, are looked at again and again."""

BATCH = 16
LEAST = 1e-6
"""Errors and distances below this count as this."""

SEED = 0
"""Of the pairs that are synthesised for validation: the same for all runs."""


class Criterion(NamedTuple):
    """How outputs of one task are judged."""

    title: str
    score: Score


def find_criteria(
    tasks: Iterable[str],
    registry: Registry,
    catalogue: Catalogue,
    *,
    store: ImageStore,
    features: FeatureExtractor | None,
) -> dict[str, Criterion]:
    """How each of the tasks is judged on its validation images; a task that has none of use is left out.

    Args:
        store: reads images as the model sees them.
        features: judge the tasks for which many outputs are right, and those without pairs.
    """
    criteria = ((task, _criterion(task, registry, catalogue, store, features)) for task in tasks)
    return {task: criterion for task, criterion in criteria if criterion}


def _criterion(
    task: str, registry: Registry, catalogue: Catalogue, store: ImageStore, features: FeatureExtractor | None
) -> Criterion | None:
    size, limit = store.size, VALIDATION_IMAGES
    try:
        tests = test_set(catalogue, registry, task, "val", size=size, seed=SEED, limit=limit, store=store)
    except DataError:
        return None
    sides = _sides(task, tests)
    if features and (isinstance(tests, TestDomains) or registry.task(task).ambiguous):
        return _judge_looks(sides, features)
    return _judge_pairs(sides) if isinstance(tests, TestPairs) else None


class _Sides(NamedTuple):
    """The images of domain X, the extras of each, and the images of domain Y.

    They are kept as they are stored, which takes a quarter of the memory that tensors would.
    """

    task: str
    sources: list[Image]
    stacks: list[Stacks]
    targets: list[Image]


def _sides(task: str, tests: TestPairs | TestDomains) -> _Sides:
    """Those that can be read."""
    if isinstance(tests, TestPairs):
        pairs = list(readable(tests, []))
        stacks = [pair.extras for pair in pairs]
        return _Sides(task, [pair.source for pair in pairs], stacks, [pair.target for pair in pairs])
    images = list(readable(tests, []))
    source, target = ([image for image in images if image.domain == side] for side in ("source", "target"))
    stacks = [image.extras for image in source]
    return _Sides(task, [image.pixels for image in source], stacks, [image.pixels for image in target])


def _judge_pairs(sides: _Sides) -> Criterion | None:
    if not sides.sources:
        return None
    input_error = _error(to_tensor(sides.sources), sides)

    def score(model: Mender) -> float:
        return max(_error(_outputs(model, sides), sides), LEAST) / max(input_error, LEAST)

    return Criterion("L1", score)


def _judge_looks(sides: _Sides, features: FeatureExtractor) -> Criterion | None:
    if min(len(sides.sources), len(sides.targets)) < FEWEST:
        return None
    truth, before = (_features(to_tensor(side), features) for side in (sides.targets, sides.sources))
    input_distance = frechet_distance(before, truth)

    def score(model: Mender) -> float:
        distance = frechet_distance(_features(_outputs(model, sides), features), truth)
        return max(distance, LEAST) / max(input_distance, LEAST)

    return Criterion(f"Fréchet distance ({features.name})", score)


def _outputs(model: Mender, sides: _Sides) -> Tensor:
    parts = [slice(first, first + BATCH) for first in range(0, len(sides.sources), BATCH)]
    return torch.cat([_mended(model, sides, part) for part in parts]).clamp(-1, 1)


def _mended(model: Mender, sides: _Sides, part: slice) -> Tensor:
    sources = sides.sources[part]
    return model.mend(to_tensor(sources), [sides.task] * len(sources), sides.stacks[part]).image


def _error(images: Tensor, sides: _Sides) -> float:
    return (images - to_tensor(sides.targets)).abs().mean().item()


def _features(images: Tensor, features: FeatureExtractor) -> Features:
    parts = [features(unit_range(part)) for part in torch.split(images, BATCH)]
    return torch.cat(parts).double().numpy()
