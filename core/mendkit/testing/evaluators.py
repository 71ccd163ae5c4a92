"""What every evaluator must hold: finite numbers of all outcomes, however they were batched, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, fields, replace
from functools import cached_property
from math import isclose, isfinite
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from mendkit_registry import EvaluatorSpec

from ..contracts import Evaluator, UnpairedEvaluator
from ..contracts.outcome import Outcome, UnpairedOutcome
from ..contracts.photo import Image
from ..errors import MendkitError
from ..networks.features import FeatureExtractor
from . import effects
from .checks import Check, CheckError
from .products import SHADES, draw_product

SIZE = 48
TENSORS = tuple(field.name for field in fields(Outcome) if field.name not in ("names", "truths"))
RELATIVE = 1e-5
"""Numbers that differ by less than this share are equal."""


class Colours(FeatureExtractor):
    """A stand-in for a pretrained network, whose features are colours."""

    name = "colours"
    size = 16

    def __init__(self) -> None:
        super().__init__(nn.Identity(), "cpu")

    def _stages(self, images: Tensor) -> tuple[Tensor, ...]:
        return images, images.square()


def supplied(spec: EvaluatorSpec) -> EvaluatorSpec:
    """``spec``, with stand-ins for what it needs among its options."""
    stand_ins = {"features": Colours(), "seed": 0}
    return spec.model_copy(update={"options": {name: stand_ins[name] for name in spec.needs} | spec.options})


@dataclass(frozen=True)
class Trial:
    """An evaluator, as its factory gives it, and outcomes to score.

    Args:
        metrics: the numbers by which its spec says that it compares models.
        draws: whether it needs a seed; what it draws may depend on the order of images.
    """

    new: Callable[[], Evaluator]
    metrics: Sequence[str] = ()
    draws: bool = False

    @cached_property
    def outcome(self) -> Outcome:
        """Six marked products, of which a model mended half of the mark and harmed the rest a little."""
        images = [image for shade in SHADES for image in _both_ways_up(draw_product(SIZE, SIZE, shade)[0])]
        marks = [_mark(row) for row in range(len(images))]
        target = torch.from_numpy(np.stack(images)).movedim(3, 1).float() / 255
        mask = torch.from_numpy(np.stack(marks))[:, None].float()
        source = target * (1 - 0.6 * mask)
        return Outcome(
            names=tuple(f"product{row}" for row in range(len(images))),
            source=source,
            output=(source + target) / 2 * 0.99,
            target=target,
            clean_output=target * 0.99,
            mask=mask,
        )

    def numbers(self, outcomes: Sequence[Outcome]) -> dict[str, float]:
        """What a new evaluator makes of ``outcomes``. Raises CheckError."""
        evaluator = self.new()
        for outcome in outcomes:
            evaluator.update(deepcopy(outcome))  # which it cannot harm
        return _computed(evaluator)

    def unpaired(self, rows: Sequence[list[int]]) -> dict[str, float]:
        """What a new evaluator makes of outcomes without partners, in batches of ``rows``. Raises CheckError."""
        evaluator = self.new()
        assert isinstance(evaluator, UnpairedEvaluator)
        for batch in (_rows(self.outcome, each) for each in rows):
            evaluator.update_unpaired(UnpairedOutcome(batch.names, batch.source, batch.output))
        for batch in (_rows(self.outcome, each) for each in rows):
            evaluator.update_targets(batch.target)
        return _computed(evaluator)


def gives_finite_numbers(trial: Trial) -> str | None:
    """By their names."""
    numbers = trial.numbers([trial.outcome])
    if not numbers:
        return "gave no number at all for six products"
    return next((f"{name} is {value}" for name, value in numbers.items() if not isfinite(value)), None)


def takes_outcomes_without_masks(trial: Trial) -> str | None:
    """Real pairs have none."""
    trial.numbers([replace(trial.outcome, mask=None)])
    return None


def gives_its_metrics(trial: Trial) -> str | None:
    """Those that its spec names."""
    numbers = trial.numbers([trial.outcome])
    missing = [name for name in trial.metrics if name not in numbers]
    return f"its spec names {', '.join(missing)}, but it gives {', '.join(sorted(numbers))}" if missing else None


def ignores_batches(trial: Trial) -> str | None:
    """One by one, in uneven batches, and in another order."""
    expected = trial.numbers([trial.outcome])
    for how, rows in _arrangements(trial):
        found = trial.numbers([_rows(trial.outcome, batch) for batch in rows])
        if difference := _difference(expected, found):
            return f"{difference} if the same products come {how}"
    return None


def ignores_batches_without_partners(trial: Trial) -> str | None:
    """If it takes such images at all."""
    if not isinstance(trial.new(), UnpairedEvaluator):
        return None
    expected = trial.unpaired([list(range(len(trial.outcome.names)))])
    for how, rows in _arrangements(trial):
        if difference := _difference(expected, trial.unpaired(rows)):
            return f"{difference} if the same images come {how}"
    return next((f"{name} is {value}" for name, value in expected.items() if not isfinite(value)), None)


def _arrangements(trial: Trial) -> Iterator[tuple[str, Sequence[list[int]]]]:
    yield "one by one", ([0], [1], [2], [3], [4], [5])
    yield "in batches of 2 and 4", ([0, 1], [2, 3, 4, 5])
    if not trial.draws:
        yield "in reverse order", ([5, 4, 3, 2, 1, 0],)


def forgets(trial: Trial) -> str | None:
    """What came before a reset does not count."""
    expected, evaluator = trial.numbers([trial.outcome]), trial.new()
    evaluator.update(_rows(trial.outcome, [0, 1, 2]))
    evaluator.reset()
    evaluator.update(trial.outcome)
    difference = _difference(expected, _computed(evaluator))
    return f"{difference} after a reset" if difference else None


def is_ready_for_nothing(trial: Trial) -> str | None:
    """Before the first update, no number or an error that says so."""
    with suppress(MendkitError):
        _computed(trial.new())
    return None


def leaves_outcomes(trial: Trial) -> str | None:
    """Other evaluators get the same outcome."""
    given = deepcopy(trial.outcome)
    trial.new().update(given)
    changed = [name for name in TENSORS if not getattr(given, name).equal(getattr(trial.outcome, name))]
    return f"changed outcome.{changed[0]} in place" if changed else None


def has_no_effects(trial: Trial) -> str | None:
    """Neither when it is built nor when it is used."""
    with effects.watched() as found:
        trial.numbers([trial.outcome])
    return " and ".join(found) or None


def _computed(evaluator: Evaluator) -> dict[str, float]:
    numbers = evaluator.compute()
    if not isinstance(numbers, dict):
        raise CheckError(f"compute() gave a {type(numbers).__name__}, not a dict")
    for name, value in numbers.items():
        if not isinstance(name, str) or not isinstance(value, int | float):
            raise CheckError(f"compute() gave {name!r}: {value!r}, a {type(value).__name__} and not a float")
    return numbers


def _difference(expected: dict[str, float], found: dict[str, float]) -> str | None:
    if expected.keys() != found.keys():
        return f"gives {', '.join(sorted(found)) or 'nothing'} instead of {', '.join(sorted(expected)) or 'nothing'}"
    for name, value in expected.items():
        if not isclose(value, found[name], rel_tol=RELATIVE, abs_tol=RELATIVE):
            return f"{name} is {found[name]:.6g} instead of {value:.6g}"
    return None


def _rows(outcome: Outcome, rows: list[int]) -> Outcome:
    tensors: dict[str, Any] = {name: getattr(outcome, name)[rows] for name in TENSORS}
    return replace(outcome, names=tuple(outcome.names[row] for row in rows), **tensors)


def _both_ways_up(image: Image) -> tuple[Image, Image]:
    return image, np.ascontiguousarray(image[::-1])


def _mark(row: int) -> Image:
    """1 in a bar of its own length, else 0: ``[SIZE, SIZE]``."""
    mask = np.zeros((SIZE, SIZE), np.uint8)
    cv2.rectangle(mask, (8, 12 + 4 * row), (20 + 4 * row, 16 + 4 * row), (1,), -1)
    return mask


CHECKS: tuple[Check[Trial], ...] = (
    Check(
        "gives finite numbers",
        gives_finite_numbers,
        "return a dict of names and Python floats from compute(), such as tensor.item()",
    ),
    Check("gives the numbers that it compares by", gives_its_metrics, "let `metrics` of the spec name what it gives"),
    Check(
        "takes outcomes without masks",
        takes_outcomes_without_masks,
        "if outcome.mask is None, find the place where source and target differ, or leave the outcome out",
    ),
    Check(
        "does not depend on batches",
        ignores_batches,
        "keep a number for each image, or sums and counts, and divide in compute(); never average averages",
    ),
    Check(
        "takes images without partners, however they are batched",
        ignores_batches_without_partners,
        "if it has update_unpaired() and update_targets(), let compute() need no pairs",
    ),
    Check("forgets with reset()", forgets, "set everything back that update() changes"),
    Check(
        "has nothing to say before the first outcome",
        is_ready_for_nothing,
        "give {} from compute() where there is nothing to divide by",
    ),
    Check("leaves outcomes as they are", leaves_outcomes, "work on copies: the other evaluators get the same outcome"),
    Check("has no side effects", has_no_effects, effects.REMEDY),
)
