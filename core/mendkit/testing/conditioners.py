"""What every conditioner must hold: features of one shape, item by item, and other tasks' items untouched.

It is tried without extras, and with any number of images of each extra that its tasks have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor, nn

from mendkit_registry import ConditionerSpec

from ..config import ModelConfig
from ..contracts.guidance import Exemplars, Guidance
from ..errors import described
from ..networks.conditioning import SiteConditioners
from ..networks.generator import channels_at
from . import effects
from .checks import Check, CheckError

SIDE = 8
NUMBERS = (0, 1, 3)
"""So many images of each extra are given."""
OWN, OTHER = 0, 1
"""Rows of a model's table: a task of the conditioner, and one of another plugin."""


def default_channels(spec: ConditionerSpec) -> int:
    """The channels at its site in a model of the default width."""
    return channels_at(spec.site, ModelConfig().width)


@dataclass(frozen=True)
class Trial:
    """A conditioner and features of its site. ``shapes`` ``[C, H, W]`` are those of the extras that its tasks have."""

    spec: ConditionerSpec
    module: nn.Module
    shapes: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)

    @cached_property
    def features(self) -> Tensor:
        """Features ``[4, C, h, w]``. C is the option ``channels``, if there is one, or what the site has by default."""
        channels = self.spec.options.get("channels", default_channels(self.spec))
        return torch.randn(4, channels, SIDE, SIDE, generator=torch.Generator().manual_seed(0))

    def extras(self, number: int) -> dict[str, Exemplars]:
        """So many images of each extra, for each of the items."""
        generator = torch.Generator().manual_seed(1)
        present = torch.ones(4, number, dtype=torch.bool)
        return {
            name: Exemplars(torch.rand(4, number, *shape, generator=generator) * 2 - 1, present)
            for name, shape in self.shapes.items()
        }

    def steer(self, features: Tensor, extras: Mapping[str, Exemplars] | None = None) -> Tensor:
        """What it makes of ``features``. Random numbers are the same each time, as training seeds each step."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            steered = self.module(features.clone(), extras or {})
        if not isinstance(steered, Tensor) or steered.shape != features.shape or not steered.is_floating_point():
            raise CheckError(f"made {described(steered)} of features {described(features)}")
        return steered.to(features.dtype)  # as the site does


def keeps_the_shape(trial: Trial) -> str | None:
    """Of finite values."""
    if not isinstance(trial.module, nn.Module):
        return f"is a {type(trial.module).__name__}, not a torch.nn.Module"
    for extras, words in _all_extras(trial):
        if not trial.steer(trial.features, extras).isfinite().all():
            return f"gave values that are not finite{words}"
    return None


def _all_extras(trial: Trial) -> list[tuple[dict[str, Exemplars], str]]:
    """None, and each number of images, with a few words about them."""
    numbers = NUMBERS if trial.shapes else ()
    return [({}, ""), *((trial.extras(number), f" with {number} images of each extra") for number in numbers)]


def takes_each_item_by_itself(trial: Trial) -> str | None:
    """In another order, and alone."""
    for extras, words in _all_extras(trial):
        together = trial.steer(trial.features, extras)
        for rows, how in ((torch.tensor([2, 0, 3, 1]), "in another order"), (torch.tensor([0]), "if it is alone")):
            own = {name: exemplars.select(rows) for name, exemplars in extras.items()}
            if not _close(trial.steer(trial.features[rows], own), together[rows]):
                return f"an item is steered otherwise {how}{words}"
    return None


def ignores_what_is_not_there(trial: Trial) -> str | None:
    """Places of a batch that are not present: it has as many as the item with most images needs."""
    for number in NUMBERS[:-1] if trial.shapes else ():
        filled = {
            name: exemplars._replace(present=torch.arange(NUMBERS[-1]).expand(4, -1) < number)
            for name, exemplars in trial.extras(NUMBERS[-1]).items()
        }
        cut = {
            name: Exemplars(exemplars.images[:, :number], exemplars.present[:, :number])
            for name, exemplars in filled.items()
        }
        if not _close(trial.steer(trial.features, filled), trial.steer(trial.features, cut)):
            return f"places that are not present change what it makes of {number} images"
    return None


def _close(found: Tensor, expected: Tensor) -> bool:
    return torch.allclose(found, expected, rtol=1e-3, atol=1e-5)


def leaves_other_items(trial: Trial) -> str | None:
    """Bit for bit, in a batch of both."""
    site = SiteConditioners([(trial.spec.name, frozenset({OWN}), trial.module)])
    for extras, words in _all_extras(trial):
        steered = site(trial.features.clone(), Guidance(torch.tensor([OWN, OTHER, OWN, OTHER]), extras))
        if not steered[1::2].equal(trial.features[1::2]):
            return f"changed items of other tasks{words}"
    return None


def learns(trial: Trial) -> str | None:
    """A gradient reaches the features, and its parameters if it has any."""
    features = trial.features.clone().requires_grad_()
    parameters = [parameter for parameter in trial.module.parameters() if parameter.requires_grad]
    steered = trial.steer(features, trial.extras(NUMBERS[-1]))
    if not steered.requires_grad:
        return "has no gradient at all"
    to_features, *to_parameters = torch.autograd.grad(
        (steered * steered).sum(), [features, *parameters], allow_unused=True
    )
    if to_features is None or not to_features.any():
        return "lets no gradient through to the layers before it"
    if parameters and not any(gradient is not None and gradient.any() for gradient in to_parameters):
        return "no gradient reaches its parameters"
    return None


def has_no_effects(trial: Trial) -> str | None:
    """But for draws from torch's generator, which training seeds in each step."""
    with effects.watched(torch_draws=True) as found:
        trial.module(trial.features, trial.extras(NUMBERS[-1]))
    return " and ".join(found) or None


CHECKS: tuple[Check[Trial], ...] = (
    Check(
        "keeps the shape of the features",
        keeps_the_shape,
        "be a torch.nn.Module whose forward(features, extras) returns finite features of the same shape; it is "
        "made with channels=C, the number of those at its site",
    ),
    Check(
        "takes each item by itself",
        takes_each_item_by_itself,
        "use no statistic over the batch, such as batch norm: a batch mixes tasks, and inference has batches of one",
    ),
    Check(
        "ignores what is not there",
        ignores_what_is_not_there,
        "use only the images of an extra where `present` is true, and none of an extra that is not there at all",
    ),
    Check("leaves other items as they are", leaves_other_items, "change nothing but the features that are given"),
    Check("lets gradients through", learns, "compute with torch, without detach() and no_grad()"),
    Check("has no side effects", has_no_effects, effects.REMEDY),
)
