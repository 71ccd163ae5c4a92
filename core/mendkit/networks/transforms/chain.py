"""The transforms of a model, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ...contracts.components import Transform
from ...contracts.view import Layout, View
from ...errors import FailingPluginError, described
from ..calling import called
from ..conditioning import key_of


class Part(NamedTuple):
    """A transform of a model.

    Args:
        name: in the model.
        tasks: the rows of the tasks that have it, in the model's table.
    """

    name: str
    tasks: frozenset[int]
    transform: Transform


class TransformChain(nn.Module):
    """Transforms images, each by the transforms of its own task; others pass bit for bit.

    Args:
        parts: in the order in which they are applied.
        tasks: how many rows the model's table has.
        layout: of the features from which parameters are predicted.
    """

    chosen: Tensor

    def __init__(self, parts: Sequence[Part], tasks: int, layout: Layout) -> None:
        super().__init__()
        self.parts = {key_of(part.name): part for part in parts}
        self.predictors = nn.ModuleDict({key: part.transform.predictor(layout) for key, part in self.parts.items()})
        chosen = torch.tensor([[row in part.tasks for row in range(tasks)] for part in parts], dtype=torch.bool)
        self.register_buffer("chosen", chosen, persistent=False)

    def forward(self, view: View, task: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """The transformed images ``[N, 3, H, W]`` and, by name, the parameters of each transform.

        All items are transformed, and the right ones taken: to pick rows, the host would have to wait for the device.
        """
        image, predicted = view.image, {}
        for row, (key, predictor) in enumerate(self.predictors.items()):
            name, _, transform = self.parts[key]
            has_it = self.chosen[row, task]
            parameters = _predicted(name, predictor, view)
            parameters = torch.where(_broadcast(has_it, parameters), parameters, 0.0)
            image = torch.where(_broadcast(has_it, image), _applied(name, transform, image, parameters), image)
            predicted[name] = parameters
        return image, predicted


def _predicted(name: str, predictor: nn.Module, view: View) -> Tensor:
    """The parameters ``[N, ...]``, in full precision. Raises FailingPluginError if there are none."""
    parameters = called(f"the predictor of the transform {name}", predictor, view)
    if not isinstance(parameters, Tensor) or not parameters.dim() or parameters.shape[0] != view.image.shape[0]:
        raise FailingPluginError(
            f"the predictor of the transform {name} returned {described(parameters)} for images "
            f"{described(view.image)}; return the parameters of each"
        )
    return parameters.float()


def _applied(name: str, transform: Transform, image: Tensor, parameters: Tensor) -> Tensor:
    """The images, transformed. Raises FailingPluginError if they are not."""
    changed = called(f"the transform {name}", transform.apply, image, parameters)
    if not isinstance(changed, Tensor) or changed.shape != image.shape:
        raise FailingPluginError(
            f"the transform {name} returned {described(changed)} for images {described(image)}; keep their shape"
        )
    return changed


def _broadcast(chosen: Tensor, like: Tensor) -> Tensor:
    return chosen.view(-1, *[1] * (like.dim() - 1))
