"""Each way to be a bad conditioner is found, by the check that is for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mendkit.contracts.guidance import Exemplars
from mendkit.testing.conditioners import CHECKS, Trial
from mendkit_registry import ConditionerSpec

Problems = Callable[..., dict[str, str]]
Extras = Mapping[str, Exemplars]


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


def mean_of(extras: Extras, *, masked: bool = True) -> Tensor:
    """The mean level of each sample's spots, ``[N]``; zero where there are none."""
    images, present = extras["test.spots"]
    levels = images.mean(dim=(2, 3, 4)) * (present if masked else 1)
    return levels.sum(dim=1) / present.sum(dim=1).clamp(min=1)


class Shifts(Gain):
    def forward(self, features: Tensor, extras: Extras) -> Tensor:
        shift = mean_of(extras)[:, None, None, None] if "test.spots" in extras else 0
        return super().forward(features, extras) + shift


class CountsPadding(Gain):
    def forward(self, features: Tensor, extras: Extras) -> Tensor:
        shift = mean_of(extras, masked=False)[:, None, None, None] if "test.spots" in extras else 0
        return super().forward(features, extras) + shift


class NeedsOne(Gain):
    def forward(self, features: Tensor, extras: Extras) -> Tensor:
        images, _ = extras.get("test.spots", Exemplars(torch.zeros(len(features), 1, 1, 1, 1), torch.zeros(0)))
        return super().forward(features, extras) + images[:, 0].mean(dim=(1, 2, 3))[:, None, None, None]


class DividesByNothing(Gain):
    def forward(self, features: Tensor, extras: Extras) -> Tensor:
        shift = 0 if "test.spots" not in extras else extras["test.spots"].images.mean(dim=(1, 2, 3, 4))
        return super().forward(features, extras) + torch.as_tensor(shift).reshape(-1, 1, 1, 1)


BAD_WITH_EXTRAS = {
    CountsPadding: ("ignores what is not there", "places that are not present"),
    NeedsOne: ("keeps the shape of the features", "IndexError"),
    DividesByNothing: ("keeps the shape of the features", "not finite with 0 images"),
}


class IsNoModule:
    def __call__(self, features: Tensor, extras: Extras) -> Tensor:
        return features


BAD = {
    Shrinks: (
        "keeps the shape of the features",
        "made torch.float32 [4, 8, 8, 4] of features torch.float32 [4, 8, 8, 8]",
    ),
    Normalises: ("takes each item by itself", "if it is alone"),
    IsDetached: ("lets gradients through", "no gradient reaches its parameters"),
    Prints: ("has no side effects", "printed 'steering'"),
    IsNoModule: ("keeps the shape of the features", "is a IsNoModule, not a torch.nn.Module"),
}


def trial(module: Any, shapes: Mapping[str, tuple[int, int, int]] | None = None, **options: Any) -> Trial:
    return Trial(
        ConditionerSpec(name="test.it", tasks=("*",), factory="m:C", site="middle", options=options),
        module,
        shapes or {},
    )


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


SPOTS = {"test.spots": (1, 4, 4)}


def test_a_good_conditioner_takes_any_number_of_exemplars(problems: Problems) -> None:
    assert problems(trial(Shifts(), SPOTS, channels=8), CHECKS) == {}


@pytest.mark.parametrize("conditioner", BAD_WITH_EXTRAS, ids=lambda conditioner: conditioner.__name__)
def test_one_that_cannot_cope_with_any_number_is_found(conditioner: Any, problems: Problems) -> None:
    check, problem = BAD_WITH_EXTRAS[conditioner]
    found = problems(trial(conditioner(), SPOTS, channels=8), CHECKS)
    assert list(found) == [check]
    assert problem in found[check]
