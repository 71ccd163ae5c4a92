"""What every conditioner must hold: features of one shape, sample by sample, and other tasks' samples untouched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor, nn

from mendkit_registry import ConditionerSpec

from ..conditioning import SiteConditioners
from ..config import ModelConfig
from . import effects
from .checks import Check, CheckError

SIDE = 8
OWN, OTHER = "own", "other"
"""Stand for a task of the conditioner, and for one of another plugin."""


@dataclass(frozen=True)
class Trial:
    """A conditioner and features of its site."""

    spec: ConditionerSpec
    module: nn.Module

    @cached_property
    def features(self) -> Tensor:
        """Features ``[4, C, h, w]``. C is the option ``channels``, or what the site has by default."""
        width = ModelConfig().width
        channels = self.spec.options.get("channels", width if self.spec.site == "decoded" else 4 * width)
        return torch.randn(4, channels, SIDE, SIDE, generator=torch.Generator().manual_seed(0))

    def steer(self, features: Tensor) -> Tensor:
        """What it makes of ``features``. Random numbers are the same each time, as training seeds each step."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            steered = self.module(features.clone(), {})
        if not isinstance(steered, Tensor) or (steered.shape, steered.dtype) != (features.shape, features.dtype):
            raise CheckError(f"made {_described(steered)} of features {_described(features)}")
        return steered


def keeps_the_shape(trial: Trial) -> str | None:
    """Of finite values."""
    if not isinstance(trial.module, nn.Module):
        return f"is a {type(trial.module).__name__}, not a torch.nn.Module"
    return None if trial.steer(trial.features).isfinite().all() else "gave values that are not finite"


def takes_each_sample_by_itself(trial: Trial) -> str | None:
    """In another order, and alone."""
    together = trial.steer(trial.features)
    order = torch.tensor([2, 0, 3, 1])
    if not torch.allclose(trial.steer(trial.features[order]), together[order], rtol=1e-3, atol=1e-5):
        return "samples are steered otherwise in another order"
    if not torch.allclose(trial.steer(trial.features[:1]), together[:1], rtol=1e-3, atol=1e-5):
        return "a sample is steered otherwise if it is alone"
    return None


def leaves_other_samples(trial: Trial) -> str | None:
    """Bit for bit, in a batch of both."""
    site = SiteConditioners([(trial.spec.name, frozenset({OWN}), trial.module)])
    steered = site(trial.features.clone(), (OWN, OTHER, OWN, OTHER))
    return None if steered[1::2].equal(trial.features[1::2]) else "changed samples of other tasks"


def learns(trial: Trial) -> str | None:
    """A gradient reaches the features, and its parameters if it has any."""
    features = trial.features.clone().requires_grad_()
    parameters = [parameter for parameter in trial.module.parameters() if parameter.requires_grad]
    steered = trial.steer(features)
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
        trial.module(trial.features, {})
    return " and ".join(found) or None


def _described(found: object) -> str:
    return f"{found.dtype} {list(found.shape)}" if isinstance(found, Tensor) else f"a {type(found).__name__}"


CHECKS: tuple[Check[Trial], ...] = (
    Check(
        "keeps the shape of the features",
        keeps_the_shape,
        "be a torch.nn.Module whose forward(features, extras) returns finite features of the same shape and type; say "
        "in options={'channels': ...} for how many channels it is made",
    ),
    Check(
        "takes each sample by itself",
        takes_each_sample_by_itself,
        "use no statistic over the batch, such as batch norm: a batch mixes tasks, and inference has batches of one",
    ),
    Check("leaves other samples as they are", leaves_other_samples, "change nothing but the features that are given"),
    Check("lets gradients through", learns, "compute with torch, without detach() and no_grad()"),
    Check("has no side effects", has_no_effects, effects.REMEDY),
)
