"""Each way to be a bad learner is found, by the check that is for it; a term that does not go with its learner, too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any, Literal

import pytest
import torch
from torch import nn

from mendkit import plugin as builtin
from mendkit.contracts import Learner
from mendkit.contracts.finding import Findings
from mendkit.testing.fixtures import ComposeRegistry
from mendkit.testing.learners import CHECKS, TERM_CHECKS, TermTrial, Trial, new
from mendkit_registry import LearnerSpec, LossSpec

Problems = Callable[..., dict[str, str]]


class Scorer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(3, 2)

    def forward(self, images: Any, guidance: Any) -> Any:
        return Findings(self.linear(images.mean(dim=(2, 3))).sigmoid())


class Good:
    roles: Any = MappingProxyType({"scorer": ("score", "further")})
    offers: Any = ("scores",)

    def __init__(self) -> None:
        self.score: Any = Scorer()

    def networks(self) -> Any:
        return {"score": self.score}

    def answering(self) -> Any:
        return self.score

    def passes(self, batch: Any, asked: Any = None) -> Any:
        raise NotImplementedError


class IsNoModule(Good):
    def networks(self) -> Any:
        return {"score": 3}


class HasAPath(Good):
    def networks(self) -> Any:
        return {"scores/score": self.score}


class AnswersAlone(Good):
    def answering(self) -> Any:
        return Scorer()


class IdleRole(Good):
    roles = MappingProxyType({**Good.roles, "critics": ("critic",)})


class OffersAWord(Good):
    offers = "scores"


class DrawsElsewhere(Good):
    made = 0

    def __init__(self) -> None:
        super().__init__()
        DrawsElsewhere.made += 1
        nn.init.constant_(self.score.linear.bias, float(DrawsElsewhere.made))


class Forgetful(Scorer):
    def state_dict(self, *args: Any, **kwargs: Any) -> Any:
        return {"linear.weight": self.linear.weight}


class Forgets(Good):
    def __init__(self) -> None:
        super().__init__()
        self.score = Forgetful()


class Logits(Scorer):
    def forward(self, images: Any, guidance: Any) -> Any:
        return Findings(super().forward(images, guidance).scores + 1)


class GivesLogits(Good):
    def __init__(self) -> None:
        super().__init__()
        self.score = Logits()


class Prints(Good):
    def answering(self) -> Any:
        print("answering")
        return self.score


BAD = {
    IsNoModule: ("has networks with names", "score is a int, not a torch.nn.Module"),
    HasAPath: ("has networks with names", "the name 'scores/score'"),
    AnswersAlone: ("answers with one of its networks", "gave a Scorer that networks() does not have"),
    IdleRole: ("has roles that train networks", "'critics' names critic; there are score"),
    OffersAWord: ("offers names", "offers 'scores', not names"),
    DrawsElsewhere: ("draws its weights from the seed", "score: linear.bias is another"),
    Forgets: ("can be stored and restored", "Missing key"),
    GivesLogits: ("answers as its spec says", "gave a score of 1."),
    Prints: ("has no side effects", "printed 'answering'"),
}


def trial(learner: Callable[[], Any], gives: Literal["image", "finding", "embedding"] = "finding") -> Trial:
    def seeded(seed: int = 0) -> Learner:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            made: Learner = learner()
        return made

    return Trial(LearnerSpec(name="test.it", factory="m:L", gives=gives), seeded)


@pytest.mark.parametrize("learner", BAD, ids=lambda learner: learner.__name__)
def test_a_bad_learner_fails_the_check_that_is_for_it_and_no_other(learner: Any, problems: Problems) -> None:
    check, problem = BAD[learner]
    found = problems(trial(learner), CHECKS)
    assert list(found) == [check]
    assert problem in found[check]


def test_a_good_learner_passes(problems: Problems) -> None:
    assert problems(trial(Good), CHECKS) == {}


@pytest.mark.parametrize(("gives", "problem"), [("image", "not mendkit.contracts.mended"), ("embedding", "[2, D]")])
def test_another_answer_than_the_spec_says_is_found(gives: Any, problem: str, problems: Problems) -> None:
    (found,) = problems(trial(Good, gives), CHECKS).values()
    assert problem in found


def test_mendkits_own_learner_passes(isolated_registry: ComposeRegistry, problems: Problems) -> None:
    registry = isolated_registry(builtin)
    (spec,) = registry[LearnerSpec].values()
    assert problems(Trial(spec, lambda seed=0: new(spec, registry, seed)), CHECKS) == {}


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"role": "judges"}, "role: translation.gan has no 'judges'; it has critics, generators"),
        ({"needs": ("fake_z",)}, "needs: translation.gan has no 'fake_z'"),
        ({"learner": "translation.gans"}, "translation.gan"),
        ({}, None),
    ],
)
def test_a_term_must_go_with_its_learner(
    fields: dict[str, Any], problem: str | None, isolated_registry: ComposeRegistry, problems: Problems
) -> None:
    spec = LossSpec(name="test.term", tasks=("*",), factory="m:T", weight=1, **fields)
    found: Sequence[str] = list(problems(TermTrial(spec, isolated_registry(builtin)), TERM_CHECKS).values())
    assert len(found) == (0 if problem is None else 1)
    assert all(str(problem) in each for each in found)
