"""What a run starts from: the weights of a pretrained encoder, or those of a trained model as far as they fit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor

from ..errors import ConfigError
from ..networks.encoders import StartingPoint, start_encoders
from ..shipped import short_name
from .checkpoint import AVERAGE, CheckpointIndex, find_checkpoint, fingerprint, read_index, read_network
from .state import StartedFrom, TrainingState

LEAST = 0.5
"""The share of the weights of what answers for photos that must fit; a pretrained encoder alone is more than that."""


def settings_of(model: Path) -> dict[str, Any]:
    """The settings that a run shares with the model it starts from unless it has its own: preset, networks, and sizes.

    Raises:
        CheckpointError: there is no model.
    """
    config = read_index(model).config
    sizes = {"size": config.training.size, "zoom": config.training.zoom}
    return {"preset": config.preset, "model": config.model.model_dump(mode="json"), "training": sizes}


def start_from_encoder(state: TrainingState, start: StartingPoint) -> None:
    """Give the encoders of a fresh state their pretrained weights.

    Raises:
        ConfigError: the weights are those of another network.
    """
    for network in state.networks().values():
        start_encoders(network, start)


def start_from_model(state: TrainingState, model: Path) -> None:
    """Give a fresh state the weights of a trained model, as far as they fit: its encoder at least.

    A network that the model does not have, since it only mends, starts from what answers for photos.

    Raises:
        ConfigError: too little fits, or the learner cannot start from a model.
        CheckpointError: the model is missing or damaged.
    """
    adopt = getattr(state.learner, "adopt", None)
    if adopt is None:
        raise ConfigError(f"training.start: the learner {state.blueprint.learner} cannot start from a model")
    index = read_index(model)
    for name, network in state.learner.networks().items():
        given = read_network(model, _best_file(state, model, name), index)
        fitting = adopt(name, given, index.tasks)
        if network is state.learner.answering() and (share := _size(fitting) / _size(given)) < LEAST:
            raise ConfigError(f"training.start: {model}: only {share:.0%} of its weights fit; {_said(index)}")
        network.load_state_dict({**network.state_dict(), **fitting})
    state.average.load_state_dict(state.learner.answering().state_dict())
    state.started_from = origin_of(model)


def origin_of(model: Path) -> StartedFrom:
    """What identifies a model that a run starts from. Raises CheckpointError if it is missing."""
    digest = fingerprint(model)
    return StartedFrom(name=short_name(model), digest=digest)


def _best_file(state: TrainingState, model: Path, name: str) -> str:
    answers = state.learner.networks()[name] is state.learner.answering()
    return AVERAGE if answers or not (find_checkpoint(model) / f"{name}.safetensors").is_file() else name


def _size(tensors: Mapping[str, Tensor]) -> int:
    return sum(each.numel() for each in tensors.values())


def _said(index: CheckpointIndex) -> str:
    model = index.config.model
    return f"it has model.encoder={model.encoder}, model.width={model.width}, model.head={model.head}"
