"""What every conditioner must hold: features of one shape, item by item, and other tasks' items untouched.

It is tried without extras, and with any number of images of each extra that its tasks have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product

import torch
from torch import Tensor, nn

from mendkit_registry import ConditionerSpec
from mendkit_registry.specs import Site

from ..contracts.guidance import Exemplars, Guidance
from ..contracts.view import FeatureInfo, Layout, View
from ..errors import described
from ..networks.conditioning import ConditionerPart, Conditioners
from ..networks.resnet import resnet_layout
from . import effects
from .checks import Check, CheckError

SIDE = 32
"""Of the images, px."""
NOISE = 0.1
"""On weights, where these are tried as if they had learnt."""
NUMBERS = (0, 1, 3)
"""So many images of each extra are given."""
OWN, OTHER = 0, 1
"""Rows of a model's table: a task of the conditioner, and one of another plugin."""


LAYOUT = resnet_layout(8)
"""The features that a conditioner is tried with: those of a narrow generator."""


@dataclass(frozen=True)
class Trial:
    """A conditioner and features of its sites. ``shapes`` ``[C, H, W]`` are those of the extras that its tasks have."""

    spec: ConditionerSpec
    module: nn.Module
    shapes: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)

    @cached_property
    def trained(self) -> nn.Module:
        """The module with noise on its weights: what starts at zero must not hide what it does."""
        return noisy(self.module)

    def features(self, site: Site) -> Tensor:
        """Those of a site, ``[4, C, h, w]``."""
        return self.view(site).sites[site]

    def view(self, site: Site, extras: Mapping[str, Exemplars] | None = None) -> View:
        """What is seen of 4 images at a site; its own features are there, as if it had been passed."""
        view = random_view(LAYOUT)
        passed = list(LAYOUT.sites)[: list(LAYOUT.sites).index(site) + 1]
        return replace(view, sites={name: view.sites[name] for name in passed}, extras=extras or {})

    def extras(self, number: int) -> dict[str, Exemplars]:
        """So many images of each extra, for each of the items."""
        generator = torch.Generator().manual_seed(1)
        present = torch.ones(4, number, dtype=torch.bool)
        return {
            name: Exemplars(torch.rand(4, number, *shape, generator=generator) * 2 - 1, present)
            for name, shape in self.shapes.items()
        }

    def steer(self, site: Site, view: View) -> Tensor:
        """The features of ``site`` in ``view``, steered. Random numbers are the same each time, as in training."""
        features = view.sites[site]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            steered = self.trained(features.clone(), site, view)
        if not isinstance(steered, Tensor) or steered.shape != features.shape or not steered.is_floating_point():
            raise CheckError(f"made {described(steered)} of features {described(features)} at the site {site}")
        return steered.to(features.dtype)  # as the site does

    def views(self) -> Iterator[tuple[Site, View, str]]:
        """Each site, without extras and with each number of images, and a few words about it."""
        for site in self.spec.sites:
            yield site, self.view(site), ""
            for number in NUMBERS if self.shapes else ():
                yield site, self.view(site, self.extras(number)), f" with {number} images of each extra"


def noisy(module: nn.Module) -> nn.Module:
    """A copy of a module with a little noise on all weights, as if it had learnt something."""
    if not isinstance(module, nn.Module):
        return module
    copy, random = deepcopy(module), torch.Generator().manual_seed(2)
    with torch.no_grad():
        for weight in copy.parameters():
            weight.add_(NOISE * torch.randn(weight.shape, generator=random))
    return copy


def random_view(layout: Layout, count: int = 4) -> View:
    """Random features of ``count`` images of ``SIDE`` px."""
    generator = torch.Generator().manual_seed(0)

    def features(info: FeatureInfo) -> Tensor:
        side = SIDE // info.reduction
        return torch.randn(count, info.channels, side, side, generator=generator)

    return View(
        image=torch.rand(count, 3, SIDE, SIDE, generator=generator) * 2 - 1,
        encoder=tuple(map(features, layout.encoder)),
        sites={site: features(info) for site, info in layout.sites.items()},
        bottleneck=features(layout.bottleneck),
    )


def keeps_the_shape(trial: Trial) -> str | None:
    """Of finite values."""
    if not isinstance(trial.module, nn.Module):
        return f"is a {type(trial.module).__name__}, not a torch.nn.Module"
    for site, view, words in trial.views():
        if not trial.steer(site, view).isfinite().all():
            return f"gave values that are not finite{words}"
    return None


def takes_each_item_by_itself(trial: Trial) -> str | None:
    """In another order, and alone."""
    for site, view, words in trial.views():
        together = trial.steer(site, view)
        for rows, how in ((torch.tensor([2, 0, 3, 1]), "in another order"), (torch.tensor([0]), "if it is alone")):
            if not _close(trial.steer(site, view.select(rows)), together[rows]):
                return f"an item is steered differently {how}{words}"
    return None


def ignores_what_is_not_there(trial: Trial) -> str | None:
    """Places of a batch that are not present: it has as many as the item with most images needs."""
    for number, site in product(NUMBERS[:-1] if trial.shapes else (), trial.spec.sites):
        filled = {
            name: exemplars._replace(present=torch.arange(NUMBERS[-1]).expand(4, -1) < number)
            for name, exemplars in trial.extras(NUMBERS[-1]).items()
        }
        cut = {
            name: Exemplars(exemplars.images[:, :number], exemplars.present[:, :number])
            for name, exemplars in filled.items()
        }
        if not _close(trial.steer(site, trial.view(site, filled)), trial.steer(site, trial.view(site, cut))):
            return f"places that are not present change the result of {number} images"
    return None


def _close(found: Tensor, expected: Tensor) -> bool:
    return torch.allclose(found, expected, rtol=1e-3, atol=1e-5)


def leaves_other_items(trial: Trial) -> str | None:
    """Bit for bit, in a batch of both."""
    part = ConditionerPart(trial.spec.name, frozenset(trial.spec.sites), frozenset({OWN}), trial.module)
    guidance = Guidance(torch.tensor([OWN, OTHER, OWN, OTHER]))
    for site, view, words in trial.views():
        features = view.sites[site]
        if not Conditioners([part])(features.clone(), site, view, guidance)[1::2].equal(features[1::2]):
            return f"changed items of other tasks{words}"
    return None


def learns(trial: Trial) -> str | None:
    """A gradient reaches the features, and its parameters if it has any."""
    parameters = [parameter for parameter in trial.trained.parameters() if parameter.requires_grad]
    reached = [False] * len(parameters)
    for site in trial.spec.sites:
        view = trial.view(site, trial.extras(NUMBERS[-1]))
        features = view.sites[site].clone().requires_grad_()
        steered = trial.steer(site, view.passed(site, features))
        if not steered.requires_grad:
            return f"has no gradient at all at the site {site}"
        to_features, *to_parameters = torch.autograd.grad(
            (steered * steered).sum(), [features, *parameters], allow_unused=True
        )
        if to_features is None or not to_features.any():
            return f"lets no gradient through to the layers before the site {site}"
        reached = [
            before or bool(gradient is not None and gradient.any())
            for before, gradient in zip(reached, to_parameters, strict=True)
        ]
    return None if any(reached) or not parameters else "no gradient reaches its parameters"


def has_no_effects(trial: Trial) -> str | None:
    """But for draws from torch's generator, which training seeds in each step."""
    with effects.watched(torch_draws=True) as found:
        for site in trial.spec.sites:
            trial.steer(site, trial.view(site, trial.extras(NUMBERS[-1])))
    return " and ".join(found) or None


CHECKS: tuple[Check[Trial], ...] = (
    Check(
        "keeps the shape of the features",
        keeps_the_shape,
        "be a torch.nn.Module whose forward(features, site, view) returns finite features of the same shape; its "
        "factory is called with layout=, which has the channels of each site",
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
