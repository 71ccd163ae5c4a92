"""What every transform must hold: zeros change nothing, small and at full size, and gradients pass."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor, nn

from ..contracts import Transform
from ..contracts.photo import Image
from ..contracts.view import View
from ..data.enlarged import PhotoLayer
from ..data.tensors import to_images
from ..errors import described
from . import effects
from .checks import Check, CheckError
from .conditioners import LAYOUT, noisy, random_view

SMALL = 0.05
"""How large parameters are that change images a little."""
EVEN = 0.1
"""Equal parameters, which change images in a way that any size shows."""
ROUNDING = 0.5
"""Grey levels that rounding may cost, or a little more."""
LARGEST_ERROR = 0.1
"""Of a photo against the small image, as a share of how much this changes."""


@dataclass(frozen=True)
class Trial:
    """A transform."""

    transform: Transform

    @cached_property
    def view(self) -> View:
        """Of 4 images."""
        return random_view(LAYOUT)

    @cached_property
    def predictor(self) -> nn.Module:
        """With noise on its fresh weights: what starts at zero must not hide what it does."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            return noisy(self.transform.predictor(LAYOUT))

    @cached_property
    def parameters(self) -> Tensor:
        """As predicted."""
        found = self.predictor(self.view)
        if not isinstance(found, Tensor) or found.shape[:1] != (4,) or not found.is_floating_point():
            raise CheckError(f"predicts {described(found)} of 4 images")
        return found

    @cached_property
    def small(self) -> Tensor:
        """Random parameters, none of them large."""
        noise = torch.randn(self.parameters.shape, generator=torch.Generator().manual_seed(0))
        return SMALL * noise

    def apply(self, image: Tensor, parameters: Tensor) -> Tensor:
        """The images, transformed."""
        changed = self.transform.apply(image, parameters)
        if not isinstance(changed, Tensor) or changed.shape != image.shape or not changed.is_floating_point():
            raise CheckError(f"made {described(changed)} of images {described(image)}")
        return changed

    def at_full_size(self, photo: Image, parameters: Tensor) -> Image:
        """A photo, transformed."""
        layer = self.transform.at_full_size(PhotoLayer(photo), parameters)
        rows = np.concatenate([layer.rows(0, 7), layer.rows(7, layer.height)])
        if rows.shape != photo.shape or rows.dtype != np.uint8:
            raise CheckError(f"made rows {described(rows)} of a photo {described(photo)}")
        return rows


def changes_nothing_at_zero(trial: Trial) -> str | None:
    """Within rounding: small images, and photos of any proportions."""
    zeros = torch.zeros_like(trial.parameters)
    if not torch.allclose(trial.apply(trial.view.image, zeros), trial.view.image, atol=1e-4):
        return "parameters of zero change the image"
    for height, width in ((40, 64), (90, 20), (32, 32)):
        photo = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
        if np.abs(trial.at_full_size(photo, zeros[:1]).astype(int) - photo).max() > 1:
            return f"parameters of zero change a photo of {width} x {height} px"
    return None


def takes_each_item_by_itself(trial: Trial) -> str | None:
    """Its prediction and what is made of it."""
    for row in range(4):
        own = trial.view.select(torch.tensor([row]))
        alone = trial.predictor(own)
        if not torch.allclose(alone, trial.parameters[row : row + 1], rtol=1e-3, atol=1e-5):
            return "the parameters of an item depend on the others of its batch"
        changed = trial.apply(own.image, trial.small[row : row + 1])
        if not torch.allclose(changed, trial.apply(trial.view.image, trial.small)[row : row + 1], rtol=1e-3, atol=1e-4):
            return "an item is changed differently if it is alone"
    return None


def agrees_at_full_size(trial: Trial) -> str | None:
    """A photo of the size of the small image changes as this does."""
    smooth = torch.nn.functional.avg_pool2d(trial.view.image, 9, stride=1, padding=4)[:1]
    even = torch.full_like(trial.parameters[:1], EVEN)
    before = to_images(smooth)[0]
    expected = to_images(trial.apply(smooth, even))[0].astype(int)
    found = trial.at_full_size(before, even).astype(int)
    error, change = np.abs(found - expected).mean(), np.abs(expected - before).mean()
    if error > ROUNDING + LARGEST_ERROR * change:
        return f"a photo of the same size is {error:.1f} grey levels off, where it changes by {change:.1f}"
    return None


def learns(trial: Trial) -> str | None:
    """A gradient reaches the image and the parameters, and from there the predictor."""
    image, parameters = trial.view.image.clone().requires_grad_(), trial.small.clone().requires_grad_()
    gradients = torch.autograd.grad(
        trial.apply(image, parameters).square().sum(), [image, parameters], allow_unused=True
    )
    for gradient, what in zip(gradients, ("image", "parameters"), strict=True):
        if gradient is None or not gradient.any():
            return f"lets no gradient through to the {what}"
    weights = list(trial.predictor.parameters())
    predicted = trial.predictor(trial.view)
    target = (predicted.detach() + 1 - predicted).abs().sum()
    reached = torch.autograd.grad(target, weights, allow_unused=True) if weights and target.requires_grad else ()
    return None if any(each is not None and each.any() for each in reached) else "no gradient reaches its predictor"


def gives_its_strength(trial: Trial) -> str | None:
    """A map, zero for zeros and positive for others."""
    for parameters, is_zero in ((torch.zeros_like(trial.small), True), (trial.small, False)):
        found = trial.transform.strength(parameters)
        if not isinstance(found, Tensor) or found.dim() != 4 or found.shape[:2] != (4, 1):
            return f"gave {described(found)} as the strength of 4 items"
        if bool((found == 0).all()) != is_zero or (found < 0).any():
            return "its strength is not zero for zeros and positive for others"
    return None


def has_no_effects(trial: Trial) -> str | None:
    """But for draws from torch's generator."""
    with effects.watched(torch_draws=True) as found:
        trial.apply(trial.view.image, trial.predictor(trial.view))
    return " and ".join(found) or None


CHECKS: tuple[Check[Trial], ...] = (
    Check(
        "changes nothing at zero",
        changes_nothing_at_zero,
        "let parameters stand for differences from what is there, and start the predictor's last layer at zero",
    ),
    Check(
        "takes each item by itself",
        takes_each_item_by_itself,
        "use no statistic over the batch, such as batch norm: a batch mixes tasks, and inference has batches of one",
    ),
    Check(
        "changes photos as it changes small images",
        agrees_at_full_size,
        "let at_full_size do what apply does; parameters belong to the square that a photo is fitted into",
    ),
    Check("lets gradients through", learns, "compute with torch, without detach() and no_grad()"),
    Check("gives its strength", gives_its_strength, "return a map [N, 1, h, w] of how much each place changes"),
    Check("has no side effects", has_no_effects, effects.REMEDY),
)
