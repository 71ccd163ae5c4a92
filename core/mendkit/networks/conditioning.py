"""Steers the generator: the paper's hierarchical attention, and the modules that plugins put at a site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from ..contracts.guidance import Exemplars, Guidance
from ..errors import FailingPluginError, MendkitError, described, reason_of


class HierarchicalAttention(nn.Module):
    """One level of the hierarchy, for features I and a label l (Li et al., Sec. 2.1).

    ``H = tanh(W l)``; ``M = tanh(Conv1x1(I * H))``; ``M' = sum over channels of M``; ``I_1 = I * M'``.
    """

    def __init__(self, labels: int, channels: int) -> None:
        super().__init__()
        self.label = nn.Embedding(labels, channels)  # W l is a row of W' when l is one-hot
        self.mix = nn.Conv2d(channels, channels, kernel_size=1)

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


class SiteConditioners(nn.Module):
    """The modules that plugins put at one site, each for the items of its own tasks; others pass bit for bit.

    Args:
        modules: name, tasks as rows of the model's table, and module.
    """

    def __init__(self, modules: Sequence[tuple[str, frozenset[int], nn.Module]]) -> None:
        super().__init__()
        self.names = {_key(name): name for name, _, _ in modules}
        self.tasks = {_key(name): tasks for name, tasks, _ in modules}
        self.by_name = nn.ModuleDict({_key(name): module for name, _, module in modules})

    def forward(self, features: Tensor, guidance: Guidance) -> Tensor:
        """Steer ``features [N, C, h, w]``, each row for its own task, with its own extras."""
        for key in self.by_name:
            features = self._steer_own(key, features, guidance)
        return features

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def _steer_own(self, key: str, features: Tensor, guidance: Guidance) -> Tensor:
        # Not compiled: which rows are its own differs from batch to batch, and a graph would be for those of one.
        own = [row for row, task in enumerate(guidance.on_host.tolist()) if task in self.tasks[key]]
        if not own:
            return features
        extras = guidance.select(torch.tensor(own)).extras
        rows = torch.tensor(own).to(features.device, non_blocking=True)
        steered = _steered(self.names[key], self.by_name[key], features[rows], extras)
        return features.index_copy(0, rows, steered)


def _steered(name: str, module: nn.Module, features: Tensor, extras: Mapping[str, Exemplars]) -> Tensor:
    """What a module makes of the features of its own samples.

    Raises:
        FailingPluginError: it raised, or made something else than features of the same shape.
    """
    try:
        steered = module(features, extras)
    except (MendkitError, torch.cuda.OutOfMemoryError):
        raise
    except Exception as error:
        raise FailingPluginError(f"the conditioner {name} raised {reason_of(error)}") from error
    if not isinstance(steered, Tensor) or steered.shape != features.shape or not steered.is_floating_point():
        raise FailingPluginError(
            f"the conditioner {name} made {described(steered)} of features {described(features)}; keep their shape"
        )
    return steered.to(features.dtype)  # autocast computes some layers in another type


def _key(name: str) -> str:
    """Names of modules may not have dots."""
    return name.replace(".", "__")
