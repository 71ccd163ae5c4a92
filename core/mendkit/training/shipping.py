"""Exports the model of a run as a folder that can ship.

OUT/average.safetensors  the averaged network in half precision
    checkpoint.json      what it is built from, without what only helps to resume, and without paths
    card.json            what a user should know of it
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from safetensors.torch import save
from torch import Tensor

from mendkit_registry import LearnerSpec, load
from mendkit_registry.models import CARD

from ..card import Card, complete_card
from ..config import DataConfig
from ..errors import CardError, CheckpointError, ConfigError
from ..files import replacing, write_json, writing
from ..shipped import MOST_MB
from .checkpoint import AVERAGE, FORMAT, INDEX, CheckpointIndex, read_index, read_network

FILES = (f"{AVERAGE}.safetensors", INDEX, CARD)
"""What the folder has; nothing else belongs there."""


class Exported(NamedTuple):
    """A model that was exported, and the size of its weights."""

    card: Card
    weight_bytes: int


def export_model(run: Path, out: Path, card: Path, most_mb: float = MOST_MB) -> Exported:
    """Write the averaged network of a run or checkpoint into the new folder ``out``, completely or not at all.

    Args:
        card: the card as TOML or JSON. What the run says itself may be left out.
        most_mb: the size that the weights may have.

    Raises:
        CheckpointError: the run is missing or damaged, or its learner is not installed.
        CardError: the card is missing or wrong, or is for another model.
        ConfigError: ``out`` exists, or the model is too large.
        UnwritableError: the disk is full, ...
    """
    if out.exists():
        raise ConfigError(f"{out}: exists already; choose another folder, or move it away")
    index = read_index(run)
    described = complete_card(card, facts(index))
    if fault := mismatch(described, index):
        raise CardError(f"{card}: {fault}")
    weights = save({name: halved(tensor) for name, tensor in read_network(run, AVERAGE, index).items()})
    if len(weights) > most_mb * 1e6:
        raise ConfigError(
            f"{run}: has {len(weights) / 1e6:.1f} MB of weights, more than {most_mb:g} MB, which each user would "
            f"download; train a narrower model, or allow it with --most-mb {len(weights) / 1e6 + 0.1:.1f}"
        )
    _write(out, weights, shipped_index(index), described)
    return Exported(described, len(weights))


def _write(out: Path, weights: bytes, index: CheckpointIndex, card: Card) -> None:
    fresh = out.with_name(f".{out.name}.new")
    with writing(out):
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        with replacing(fresh / f"{AVERAGE}.safetensors") as file:
            file.write(weights)
        write_json(fresh / INDEX, index.model_dump(mode="json"))
        write_json(fresh / CARD, card.model_dump(mode="json"))
        fresh.rename(out)


def halved(tensor: Tensor) -> Tensor:
    """The tensor in half precision; as it is, if it is not of floats or has values that are too large for that."""
    half = tensor.half() if tensor.is_floating_point() else tensor
    return (half if half.isfinite().all() else tensor).contiguous()


def shipped_index(index: CheckpointIndex) -> CheckpointIndex:
    """The index without what only helps to resume a run, and without the paths of the machine that trained it."""
    config = index.config
    nowhere = {"start": None, "encoder_weights": None, "features": None, "device": "auto"}
    training = config.training.model_copy(update=nowhere)
    used = config.model_copy(update={"data": DataConfig(), "training": training})
    without = {"known": (), "extends": None, "features": None, "balance": dict[str, float]()}
    return index.model_copy(update={**without, "format": FORMAT, "config": used})


def facts(index: CheckpointIndex) -> dict[str, Any]:
    """The fields of a card that the run says itself.

    Raises:
        CheckpointError: its learner is not installed.
    """
    encoder = {"encoder": {"network": index.encoder.network}} if index.encoder else {}
    return {
        "gives": _gives(index),
        "images": index.images,
        "minutes": round(index.seconds / 60, 1),
        "size": index.config.training.size,
        "mendkit": index.mendkit,
        "date": date.today().isoformat(),
        **encoder,
    }


def _gives(index: CheckpointIndex) -> str:
    learners = load()[LearnerSpec]
    if index.learner not in learners:
        raise CheckpointError(f"the model needs the learner {index.learner!r}; install the plugin that has it")
    return learners[index.learner].gives


def mismatch(card: Card, index: CheckpointIndex) -> str | None:
    """Where the card describes another model than the index, and the remedy; None if both agree."""
    if missing := [task for task in index.tasks if task not in card.tasks]:
        return f"tasks: {missing[0]} is missing, which the model was trained for; say in a line what it does"
    if unknown := [task for task in card.tasks if task not in index.tasks]:
        return f"tasks: the model was not trained for {unknown[0]}; leave it out"
    encoder = index.encoder.network if index.encoder else None
    stated = {"size": card.size, "encoder.network": card.encoder.network if card.encoder else None, "gives": card.gives}
    found = {"size": index.config.training.size, "encoder.network": encoder, "gives": _gives(index)}
    wrong = (f"{name}: is {stated[name]}, but the model has {found[name]}" for name in stated)
    return next((line for name, line in zip(stated, wrong, strict=True) if stated[name] != found[name]), None)
