"""Each way to be a bad conditioner is found, by the check that is for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mendkit.contracts.guidance import Exemplars
from mendkit.contracts.view import View
from mendkit.testing.conditioners import CHECKS, LAYOUT, Trial
from mendkit_registry import ConditionerSpec
from mendkit_registry.specs import Site

Problems = Callable[..., dict[str, str]]


class Gain(nn.Module):
    """``features * (1 + g)``, one learnt g a channel."""

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        return features * (1 + self.gain)


class Dropping(Gain):
    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        keep = torch.rand(features.shape[1], 1, 1) > 0.1
        return super().forward(features, site, view) * keep


class Shrinks(Gain):
    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        return super().forward(features, site, view)[..., ::2]


class Normalises(Gain):
    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        return super().forward(features - features.mean(dim=0, keepdim=True), site, view)


class MixesTheBatch(Gain):
    """Starts at zero, which would hide it."""

    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        return features + self.gain * features.mean(dim=0, keepdim=True)


class IsDetached(Gain):
    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        return features + super().forward(features, site, view).detach()


class Prints(Gain):
    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        print("steering")
        return super().forward(features, site, view)


def mean_of(extras: Mapping[str, Exemplars], *, masked: bool = True) -> Tensor:
    """The mean level of each sample's spots, ``[N]``; zero where there are none."""
    images, present = extras["test.spots"]
    levels = images.mean(dim=(2, 3, 4)) * (present if masked else 1)
    return levels.sum(dim=1) / present.sum(dim=1).clamp(min=1)


class Shifts(Gain):
    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        shift = mean_of(view.extras)[:, None, None, None] if "test.spots" in view.extras else 0
        return super().forward(features, site, view) + shift


class CountsPadding(Gain):
    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        shift = mean_of(view.extras, masked=False)[:, None, None, None] if "test.spots" in view.extras else 0
        return super().forward(features, site, view) + shift


class NeedsOne(Gain):
    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        images, _ = view.extras.get("test.spots", Exemplars(torch.zeros(len(features), 1, 1, 1, 1), torch.zeros(0)))
        return super().forward(features, site, view) + images[:, 0].mean(dim=(1, 2, 3))[:, None, None, None]


class DividesByNothing(Gain):
    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        shift = 0 if "test.spots" not in view.extras else view.extras["test.spots"].images.mean(dim=(1, 2, 3, 4))
        return super().forward(features, site, view) + torch.as_tensor(shift).reshape(-1, 1, 1, 1)


BAD_WITH_EXTRAS = {
    CountsPadding: ("ignores what is not there", "places that are not present"),
    NeedsOne: ("keeps the shape of the features", "IndexError"),
    DividesByNothing: ("keeps the shape of the features", "not finite with 0 images"),
}


class IsNoModule:
    def __call__(self, features: Tensor, site: Site, view: View) -> Tensor:
        return features


BAD = {
    Shrinks: (
        "keeps the shape of the features",
        "made torch.float32 [4, 32, 8, 4] of features torch.float32 [4, 32, 8, 8] at the site middle",
    ),
    Normalises: ("takes each item by itself", "if it is alone"),
    MixesTheBatch: ("takes each item by itself", "if it is alone"),
    IsDetached: ("lets gradients through", "no gradient reaches its parameters"),
    Prints: ("has no side effects", "printed 'steering'"),
    IsNoModule: ("keeps the shape of the features", "is a IsNoModule, not a torch.nn.Module"),
}


def trial(module: Any, shapes: Mapping[str, tuple[int, int, int]] | None = None) -> Trial:
    return Trial(ConditionerSpec(name="test.it", tasks=("*",), factory="m:C", sites=("middle",)), module, shapes or {})


@pytest.mark.parametrize("conditioner", BAD, ids=lambda conditioner: conditioner.__name__)
def test_a_bad_conditioner_fails_the_check_that_is_for_it_and_no_other(conditioner: Any, problems: Problems) -> None:
    check, problem = BAD[conditioner]
    found = problems(trial(conditioner()), CHECKS)
    assert list(found) == [check]
    assert problem in found[check]


@pytest.mark.parametrize("conditioner", [Gain, Dropping])
def test_a_good_conditioner_passes(conditioner: Any, problems: Problems) -> None:
    assert problems(trial(conditioner()), CHECKS) == {}


class Adapts(nn.Module):
    """At each site, ``features * (1 + g)``; g is learnt from the image and from the encoder's last features."""

    def __init__(self, sites: tuple[Site, ...]) -> None:
        super().__init__()
        self.last = nn.Linear(3 + LAYOUT.encoder[-1].channels, 1)
        self.sites = sites

    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        assert site in self.sites and not set(view.extras)
        seen = torch.cat([view.image.mean(dim=(2, 3)), view.encoder[-1].mean(dim=(2, 3))], dim=1)
        return features * (1 + self.last(seen)[..., None, None])


def test_one_at_several_sites_is_tried_at_each(problems: Problems) -> None:
    sites: tuple[Site, ...] = ("encoded", "decoded")
    spec = ConditionerSpec(name="test.it", tasks=("*",), factory="m:C", sites=sites)
    assert problems(Trial(spec, Adapts(sites)), CHECKS) == {}
    of_one_site_alone = problems(Trial(spec, Gain()), CHECKS)
    assert "keeps the shape of the features" in of_one_site_alone


SPOTS = {"test.spots": (1, 4, 4)}


def test_a_good_conditioner_takes_any_number_of_exemplars(problems: Problems) -> None:
    assert problems(trial(Shifts(), SPOTS), CHECKS) == {}


@pytest.mark.parametrize("conditioner", BAD_WITH_EXTRAS, ids=lambda conditioner: conditioner.__name__)
def test_one_that_cannot_cope_with_any_number_is_found(conditioner: Any, problems: Problems) -> None:
    check, problem = BAD_WITH_EXTRAS[conditioner]
    found = problems(trial(conditioner(), SPOTS), CHECKS)
    assert list(found) == [check]
    assert problem in found[check]
