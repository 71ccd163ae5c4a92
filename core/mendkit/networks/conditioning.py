"""Steers the generator: the paper's hierarchical attention, and the modules that plugins put at sites."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from mendkit_registry.specs import Site

from ..contracts.guidance import Guidance
from ..contracts.view import View
from ..errors import FailingPluginError, described
from .blocks import initialised
from .calling import called


class HierarchicalAttention(nn.Module):
    """One level of the hierarchy, for features I and a label l (Li et al., Sec. 2.1).

    ``H = tanh(W l)``; ``M = tanh(Conv1x1(I * H))``; ``M' = sum over channels of M``; ``I_1 = I * M'``.
    """

    def __init__(self, labels: int, channels: int) -> None:
        super().__init__()
        self.label = nn.Embedding(labels, channels)  # W l is a row of W' when l is one-hot
        self.mix = initialised(nn.Conv2d(channels, channels, kernel_size=1))

    def forward(self, features: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Attend to ``features [N, C, h, w]`` by label ``rows [N]``: the features I_1, and the map M' [N, 1, h, w]."""
        _, attention = self._look(features, rows)
        return features * attention, attention

    def _look(self, features: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
        """H [N, C, 1, 1] and M' [N, 1, h, w]."""
        hidden = torch.tanh(self.label(rows))[:, :, None, None]
        return hidden, torch.tanh(self.mix(features * hidden)).sum(dim=1, keepdim=True)


class GatedAttention(HierarchicalAttention):
    """The same attention, made easy to train: ``I_1 = I * (1 + H) * (1 + M' / sqrt(C))``.

    M' is a sum over channels, so ``I * M'`` is many times larger than what the residual blocks after it add, and they
    hardly matter at first. And instance norm undoes a factor that all channels share; a gate for each channel, 1 + H,
    survives it, and so tells the tasks apart from the first step.
    """

    def forward(self, features: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Like ``HierarchicalAttention``."""
        hidden, attention = self._look(features, rows)
        scaled = attention / features.shape[1] ** 0.5
        return features * (1 + hidden) * (1 + scaled), attention


class ConditionerPart(NamedTuple):
    """A conditioner of a model.

    Args:
        name: in the model.
        sites: where it steers.
        tasks: the rows of its tasks in the model's table.
        module: takes features, their site, and a view.
    """

    name: str
    sites: frozenset[Site]
    tasks: frozenset[int]
    module: nn.Module


class Conditioners(nn.Module):
    """The modules that plugins put at sites, each for the items of its own tasks; others pass bit for bit.

    Args:
        parts: in the order in which they steer.
    """

    def __init__(self, parts: Sequence[ConditionerPart] = ()) -> None:
        super().__init__()
        self.parts = {key_of(part.name): part for part in parts}
        self.by_name = nn.ModuleDict({key: part.module for key, part in self.parts.items()})

    def forward(self, features: Tensor, site: Site, view: View, guidance: Guidance) -> Tensor:
        """Steer the features ``[N, C, h, w]`` of a site, each row for its own task."""
        for part in self.parts.values():
            if site in part.sites:
                features = self._steer_own(part, features, site, view, guidance)
        return features

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def _steer_own(self, part: ConditionerPart, features: Tensor, site: Site, view: View, guidance: Guidance) -> Tensor:
        # Not compiled: which rows are its own differs from batch to batch, and a graph would be for those of one.
        own = [row for row, task in enumerate(guidance.on_host.tolist()) if task in part.tasks]
        if not own:
            return features
        rows = torch.tensor(own).to(features.device, non_blocking=True)
        steered = _steered(part, features[rows], site, view.select(rows))
        return features.index_copy(0, rows, steered)


def _steered(part: ConditionerPart, features: Tensor, site: Site, view: View) -> Tensor:
    """The features of its own items, as a module steers them.

    Raises:
        FailingPluginError: it raised, or did not return features of the same shape.
    """
    steered = called(f"the conditioner {part.name}", part.module, features, site, view)
    if not isinstance(steered, Tensor) or steered.shape != features.shape or not steered.is_floating_point():
        raise FailingPluginError(
            f"the conditioner {part.name} returned {described(steered)} for features {described(features)}; "
            "keep their shape"
        )
    return steered.to(features.dtype)  # autocast computes some layers in another type


def key_of(name: str) -> str:
    """The name of a component as that of a module, which must not have dots.

    >>> key_of("color.match_references")
    'color/match_references'
    """
    return name.replace(".", "/")
