"""Each way to be a bad conditioner is found, by the check that is for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mendkit.testing.conditioners import CHECKS, Trial
from mendkit_registry import ConditionerSpec

Problems = Callable[..., dict[str, str]]
Extras = dict[str, Tensor]


class Gain(nn.Module):
    """``features * (1 + g)``, one learnt g a channel."""

    def __init__(self, channels: int = 8) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, features: Tensor, extras: Extras) -> Tensor:
        return features * (1 + self.gain)


class Dropping(Gain):
    def forward(self, features: Tensor, extras: Extras) -> Tensor:
        keep = torch.rand(features.shape[1], 1, 1) > 0.1
        return super().forward(features, extras) * keep


class Shrinks(Gain):
    def forward(self, features: Tensor, extras: Extras) -> Tensor:
        return super().forward(features, extras)[..., ::2]


class Normalises(Gain):
    def forward(self, features: Tensor, extras: Extras) -> Tensor:
        return super().forward(features - features.mean(dim=0, keepdim=True), extras)


class IsDetached(Gain):
    def forward(self, features: Tensor, extras: Extras) -> Tensor:
        return features + super().forward(features, extras).detach()


class Prints(Gain):
    def forward(self, features: Tensor, extras: Extras) -> Tensor:
        print("steering")
        return super().forward(features, extras)


class IsNoModule:
    def __call__(self, features: Tensor, extras: Extras) -> Tensor:
        return features


BAD = {
    Shrinks: (
        "keeps the shape of the features",
        "made torch.float32 [4, 8, 8, 4] of features torch.float32 [4, 8, 8, 8]",
    ),
    Normalises: ("takes each sample by itself", "if it is alone"),
    IsDetached: ("lets gradients through", "no gradient reaches its parameters"),
    Prints: ("has no side effects", "printed 'steering'"),
    IsNoModule: ("keeps the shape of the features", "is a IsNoModule, not a torch.nn.Module"),
}


def trial(module: Any, **options: Any) -> Trial:
    return Trial(ConditionerSpec(name="test.it", tasks=("*",), factory="m:C", site="middle", options=options), module)


@pytest.mark.parametrize("conditioner", BAD, ids=lambda conditioner: conditioner.__name__)
def test_a_bad_conditioner_fails_the_check_that_is_for_it_and_no_other(conditioner: Any, problems: Problems) -> None:
    check, problem = BAD[conditioner]
    found = problems(trial(conditioner(), channels=8), CHECKS)
    assert list(found) == [check]
    assert problem in found[check]


@pytest.mark.parametrize("conditioner", [Gain, Dropping])
def test_a_good_conditioner_passes(conditioner: Any, problems: Problems) -> None:
    assert problems(trial(conditioner(), channels=8), CHECKS) == {}


def test_without_an_option_the_channels_are_those_of_the_default_model(problems: Problems) -> None:
    assert problems(trial(Gain(256)), CHECKS) == {}
    assert "keeps the shape of the features" in problems(trial(Gain(8)), CHECKS)
