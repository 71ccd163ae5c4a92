"""The state of training: networks, the average of one, an optimiser for each role, and the progress."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from types import MappingProxyType

import torch
from pydantic import BaseModel, ConfigDict
from torch import nn
from torch.optim import Adam

from mendkit_registry import LearnerSpec, Registry, build

from ..config import TrainingConfig
from ..contracts.components import Learner
from ..errors import CheckpointError, ConfigError
from ..networks.blueprint import Blueprint
from ..networks.encoders import encoders_of
from .devices import compiled
from .terms import PlannedTerm


class StartedFrom(BaseModel):
    """The trained model whose weights a run started from.

    Args:
        name: of the installed model, or the end of the path of the run.
        digest: the SHA-256 of its weights.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    digest: str

    def __str__(self) -> str:
        return f"{self.name} (SHA-256 {self.digest[:8]})"


@dataclass
class TrainingState:
    """The content of a checkpoint.

    Args:
        average: the moving average of the answering network, which is used after training.
        optimisers: by role.
        balance: the weight of each task in balanced terms, as measured when the run began.
        seconds: training time, over all starts.
        started_from: the model whose weights it started from; None: it started from fresh ones.
    """

    blueprint: Blueprint
    learner: Learner
    average: nn.Module
    optimisers: Mapping[str, Adam]
    balance: Mapping[str, float] = field(default_factory=dict)
    images: int = 0
    step: int = 0
    seconds: float = 0.0
    started_from: StartedFrom | None = None

    @property
    def device(self) -> torch.device:
        """The device of the networks."""
        return next(self.average.parameters()).device

    def networks(self) -> dict[str, nn.Module]:
        """All networks, by the names of their files."""
        return {**self.learner.networks(), "average": self.average}


def new_learner(
    blueprint: Blueprint, registry: Registry, needs: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Learner:
    """The learner of a blueprint, with fresh weights.

    Args:
        needs: what terms ask for beside passes, and for each the terms in words.

    Raises:
        CheckpointError: no installed plugin contributes it.
    """
    if blueprint.learner not in registry[LearnerSpec]:
        raise CheckpointError(
            f"the model needs the learner {blueprint.learner!r}, which no installed plugin contributes; "
            "install the plugin that has it"
        )
    spec = registry[LearnerSpec][blueprint.learner]
    learner: Learner = build(spec, Learner, blueprint=blueprint, registry=registry, needs=needs)
    return learner


def new_state(
    blueprint: Blueprint, registry: Registry, device: torch.device, terms: Sequence[PlannedTerm] = ()
) -> TrainingState:
    """A state with fresh weights, which depend only on the seed. Everything that the known tasks use is frozen.

    Args:
        terms: the terms of the run, which may need more from the learner than mending does.

    Raises:
        ConfigError: networks that do not fit together, or a term needs what the learner does not have.
        CheckpointError: the weights of the pretrained network have moved.
    """
    training = blueprint.config.training
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(training.seed)
        learner = new_learner(blueprint, registry, _needs(terms))
        networks = learner.networks()
    _require_known(learner, blueprint.learner, terms)
    for network in networks.values():
        network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = deepcopy(learner.answering()).requires_grad_(False).eval()
    if blueprint.known:
        _keep(learner, blueprint)
    if training.encoder_rate == 0:
        for encoder in (encoder for network in networks.values() for encoder in encoders_of(network)):
            encoder.requires_grad_(False)
    for network in networks.values():
        compiled(network, training)
    optimisers = {
        role: _optimiser([networks[name] for name in names if name in networks], training)
        for role, names in learner.roles.items()
    }
    return TrainingState(blueprint, learner, average, optimisers)


def _needs(terms: Sequence[PlannedTerm]) -> dict[str, list[str]]:
    asked = {need for term in terms for need in term.needs}
    return {need: [str(term) for term in terms if need in term.needs] for need in asked}


def _require_known(learner: Learner, name: str, terms: Sequence[PlannedTerm]) -> None:
    for term in terms:
        for what, asked, known in (("role", (term.role,), learner.roles), ("needs", term.needs, learner.offers)):
            if unknown := [each for each in asked if each not in known]:
                raise ConfigError(f"{term}: {what}: {name} has no {unknown[0]!r}; it has {', '.join(sorted(known))}")


def _keep(learner: Learner, blueprint: Blueprint) -> None:
    keep = getattr(learner, "keep", None)
    if keep is None:
        raise ConfigError(f"the learner {blueprint.learner} cannot add tasks to a trained model; train a new one")
    keep(blueprint.known)


def _optimiser(networks: Collection[nn.Module], training: TrainingConfig) -> Adam:
    learning = [weight for network in networks for weight in network.parameters() if weight.requires_grad]
    slow = {weight for network in networks for encoder in encoders_of(network) for weight in encoder.parameters()}
    groups = [
        {"params": [weight for weight in learning if (weight in slow) is is_slow], "rate": rate}
        for is_slow, rate in ((False, 1.0), (True, training.encoder_rate))
    ]
    groups = [group for group in groups if group["params"]] or groups[:1]
    return Adam(groups, lr=training.learning_rate, betas=training.betas, fused=_is_on_gpu(learning) or None)


def set_rate(optimiser: Adam, rate: float) -> None:
    """Set the learning rate; that of pretrained encoders is smaller by their factor."""
    for group in optimiser.param_groups:
        group["lr"] = rate * group["rate"]


def _is_on_gpu(weights: Collection[nn.Parameter]) -> bool:
    return all(weight.device.type == "cuda" for weight in weights)
