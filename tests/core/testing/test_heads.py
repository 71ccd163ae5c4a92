"""Each way to be a bad head is found, by the check that is for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from mendkit.contracts.mended import Mended
from mendkit.contracts.view import Trunk
from mendkit.networks.heads import CompositeHead, RegenerateHead
from mendkit.testing.heads import CHECKS, WIDTH, Trial
from mendkit_registry import HeadSpec

Problems = Callable[..., dict[str, str]]


class Doubles(CompositeHead):
    def forward(self, trunk: Trunk) -> Mended:
        mended = super().forward(trunk)
        return mended._replace(image=2 * mended.image.clamp(-1, 1))


class Normalises(RegenerateHead):
    def forward(self, trunk: Trunk) -> Mended:
        decoded = trunk.decoded - trunk.decoded.mean(dim=0, keepdim=True)
        return super().forward(Trunk(trunk.image, trunk.kept, decoded))


class IsDetached(RegenerateHead):
    def forward(self, trunk: Trunk) -> Mended:
        return super().forward(trunk).map(torch.Tensor.detach)


class Prints(RegenerateHead):
    def forward(self, trunk: Trunk) -> Mended:
        print("drawing")
        return super().forward(trunk)


BAD = {
    Doubles: ("makes images", "is not (1 - mask) * kept + mask * drawn"),
    Normalises: ("takes each item by itself", "if it is alone"),
    IsDetached: ("lets gradients through", "no gradient"),
    Prints: ("has no side effects", "printed 'drawing'"),
}


def trial(head: Any, composes: bool) -> Trial:
    return Trial(HeadSpec(name="test", factory="m:H", composes=composes), head)


@pytest.mark.parametrize("head", BAD, ids=lambda head: head.__name__)
def test_a_bad_head_fails_the_check_that_is_for_it(head: Any, problems: Problems) -> None:
    check, problem = BAD[head]
    assert problem in problems(trial(head(WIDTH), issubclass(head, CompositeHead)), CHECKS)[check]


@pytest.mark.parametrize("head", [CompositeHead, RegenerateHead])
def test_a_good_head_passes_as_what_it_is(head: Any, problems: Problems) -> None:
    composes = head is CompositeHead
    assert problems(trial(head(WIDTH), composes), CHECKS) == {}
    assert "makes images" in problems(trial(head(WIDTH), not composes), CHECKS)
