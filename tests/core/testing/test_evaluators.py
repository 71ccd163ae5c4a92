"""Each way to be a bad evaluator is found, by the check that is for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from torch import Tensor

from mendkit.contracts.outcome import Outcome, UnpairedOutcome
from mendkit.errors import MendkitError
from mendkit.networks.features import FeatureExtractor
from mendkit.testing.evaluators import CHECKS, Trial, supplied
from mendkit_registry import EvaluatorSpec

Problems = Callable[..., dict[str, str]]


class Mean:
    """The mean error of the outputs."""

    def __init__(self) -> None:
        self.reset()

    def update(self, outcome: Outcome) -> None:
        self.errors += (outcome.output - outcome.target).abs().double().mean(dim=(1, 2, 3)).tolist()

    def compute(self) -> dict[str, float]:
        return {"error": sum(self.errors) / len(self.errors)} if self.errors else {}

    def reset(self) -> None:
        self.errors: list[float] = []


class Careful(Mean):
    def compute(self) -> dict[str, float]:
        if not self.errors:
            raise MendkitError("nothing was scored")
        return super().compute()


class NeedsMasks(Mean):
    def update(self, outcome: Outcome) -> None:
        self.errors += (outcome.mask.mean(dim=(1, 2, 3))).tolist()  # type: ignore[union-attr]


class AveragesAverages(Mean):
    def update(self, outcome: Outcome) -> None:
        self.errors.append((outcome.output - outcome.target).abs().mean().item() * len(outcome.names) ** 0.5)


class KeepsTheFirst(Mean):
    def compute(self) -> dict[str, float]:
        return {"error": self.errors[0]} if self.errors else {}


class NeverForgets(Mean):
    def __init__(self) -> None:
        self.errors = []

    def reset(self) -> None:
        pass


class Divides(Mean):
    def compute(self) -> dict[str, float]:
        return {"error": sum(self.errors) / len(self.errors)}


class GivesTensors(Mean):
    def update(self, outcome: Outcome) -> None:
        self.errors.append((outcome.output - outcome.target).abs().sum())  # type: ignore[arg-type]

    def compute(self) -> dict[str, float]:
        return {"error": sum(self.errors)} if self.errors else {}


class GivesNan(Mean):
    def compute(self) -> dict[str, float]:
        return {"error": 0.5, "share": float("nan")} if self.errors else {}


class SaysNothing(Mean):
    def compute(self) -> dict[str, float]:
        return {}


class Draws(Mean):
    """An interval of its own, which depends on the order of images."""

    def compute(self) -> dict[str, float]:
        drawn = np.random.default_rng(0).permutation(self.errors)[:3]
        return {"error": float(drawn.mean())} if self.errors else {}


class Sets(Mean):
    """Compares sets as well, by their mean brightness."""

    def reset(self) -> None:
        super().reset()
        self.outputs: list[float] = []
        self.targets: list[float] = []

    def update_unpaired(self, outcome: UnpairedOutcome) -> None:
        self.outputs += outcome.output.double().mean(dim=(1, 2, 3)).tolist()

    def update_targets(self, targets: Tensor) -> None:
        self.targets += targets.double().mean(dim=(1, 2, 3)).tolist()

    def compute(self) -> dict[str, float]:
        if not self.outputs:
            return super().compute()
        return {"error": abs(sum(self.outputs) / len(self.outputs) - sum(self.targets) / len(self.targets))}


class SetsOfBatches(Sets):
    def update_targets(self, targets: Tensor) -> None:
        self.targets.append(targets.double().mean().item() * len(targets) ** 0.5)


class SetsThatAreNone(Sets):
    def compute(self) -> dict[str, float]:
        return {"error": float("nan")} if self.outputs else super().compute()


class WorksInPlace(Mean):
    def update(self, outcome: Outcome) -> None:
        super().update(outcome)
        outcome.output.mul_(0.5)


class Prints(Mean):
    def update(self, outcome: Outcome) -> None:
        super().update(outcome)
        print("update", len(self.errors))


class Samples(Mean):
    def update(self, outcome: Outcome) -> None:
        super().update(outcome)
        np.random.permutation(4)


BAD = {
    NeedsMasks: ("takes outcomes without masks", "'NoneType' object has no attribute 'mean'"),
    AveragesAverages: ("does not depend on batches", "error is"),
    KeepsTheFirst: ("does not depend on batches", "if the same products come in reverse order"),
    NeverForgets: ("forgets with reset()", "after a reset"),
    Divides: ("has nothing to say before the first outcome", "ZeroDivisionError"),
    GivesTensors: ("gives finite numbers", "a Tensor and not a float"),
    GivesNan: ("gives finite numbers", "share is nan"),
    SaysNothing: ("gives finite numbers", "no number at all"),
    Draws: ("does not depend on batches", "if the same products come in reverse order"),
    SetsOfBatches: ("takes images without partners, however they are batched", "if the same images come one by one"),
    SetsThatAreNone: ("takes images without partners, however they are batched", "error is nan"),
    WorksInPlace: ("leaves outcomes as they are", "changed outcome.output in place"),
    Prints: ("has no side effects", "printed 'update 6'"),
    Samples: ("has no side effects", "changed the global state of numpy.random"),
}


@pytest.mark.parametrize("evaluator", BAD, ids=lambda evaluator: evaluator.__name__)
def test_a_bad_evaluator_fails_the_check_that_is_for_it_and_no_other(evaluator: Any, problems: Problems) -> None:
    check, problem = BAD[evaluator]
    found = problems(Trial(evaluator), CHECKS)
    assert list(found) == [check]
    assert problem in found[check]


@pytest.mark.parametrize("evaluator", [Mean, Careful, Sets])
def test_a_good_evaluator_passes(evaluator: Any, problems: Problems) -> None:
    assert problems(Trial(evaluator), CHECKS) == {}


def test_what_draws_by_a_seed_may_depend_on_the_order_of_images(problems: Problems) -> None:
    assert problems(Trial(Draws, draws=True), CHECKS) == {}


def test_the_numbers_that_a_spec_names_must_be_given(problems: Problems) -> None:
    assert problems(Trial(Mean, metrics=["error"]), CHECKS) == {}
    found = problems(Trial(Mean, metrics=["error", "eror"]), CHECKS)
    assert found == {"gives the numbers that it compares by": "its spec names eror, but it gives error"}


def test_there_are_stand_ins_for_what_a_factory_needs() -> None:
    spec = EvaluatorSpec(name="a.b", tasks=("*",), factory="m:C", needs=("features", "seed"), options={"seed": 3})
    options = supplied(spec).options
    assert isinstance(options["features"], FeatureExtractor) and options["seed"] == 3
    assert supplied(spec.model_copy(update={"needs": ()})).options == {"seed": 3}
