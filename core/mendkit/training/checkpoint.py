"""A checkpoint: a directory of safetensors and one JSON file, replaced as a whole. Nothing is pickled.

RUN/checkpoint/checkpoint.json       format, tasks, images, steps and seconds so far, the configuration
               <network>.safetensors each network of the learner, and the average of the answering one
               <role>.safetensors    the moments of each optimiser

It names components but not their code: loading one imports only what the installed plugins say.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from pydantic import Field, ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.optim import Adam

from .. import __version__
from ..errors import CheckpointError, UnwritableError
from ..files import REMEDY, write_json
from ..networks.blueprint import Blueprint
from ..networks.conditioning import key_of
from .devices import laid_out_like
from .state import StartedFrom, TrainingState

FORMAT = 3
RENAMED = (("transform.flow", "geometric", "head.flow."), ("transform.tone", "tonal", "head.tone."))
"""Transforms: the field in which earlier formats had their tasks, and with what their weights began."""
NAME = "checkpoint"
INDEX = "checkpoint.json"
AVERAGE = "average"
PROGRESS = ("balance", "images", "step", "seconds", "started_from")
"""What a checkpoint has of a state besides its blueprint and its tensors."""


class CheckpointIndex(Blueprint):
    """The content of ``checkpoint.json``: what the networks are built from, and the progress of training."""

    format: Literal[1, 2, 3] = 3
    mendkit: str = __version__
    balance: dict[str, float] = Field(default_factory=dict)
    images: Annotated[int, Field(ge=0)]
    step: Annotated[int, Field(ge=0)]
    seconds: Annotated[float, Field(ge=0)] = 0.0
    started_from: StartedFrom | None = None

    @classmethod
    def now(cls, state: TrainingState) -> CheckpointIndex:
        """The index of the current state."""
        built = {name: getattr(state.blueprint, name) for name in Blueprint.model_fields}
        return cls(**built, **{name: getattr(state, name) for name in PROGRESS})


def save_checkpoint(run: Path, state: TrainingState, *, to_resume: bool = True) -> None:
    """Write the state into ``run/checkpoint`` completely, or leave the previous checkpoint there.

    Args:
        to_resume: whether a run can be resumed from it; False: only the averaged network, which is enough to mend.

    Raises:
        UnwritableError: for example, the disk is full; earlier checkpoints stay intact.
    """
    fresh, current, previous = (run / f"{NAME}{suffix}" for suffix in (".new", "", ".previous"))
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, tensors in (_tensors(state) if to_resume else {AVERAGE: state.average.state_dict()}).items():
        _write_tensors(fresh / f"{name}.safetensors", tensors)
    write_json(fresh / INDEX, CheckpointIndex.now(state).model_dump(mode="json"))
    shutil.rmtree(previous, ignore_errors=True)
    if current.exists():
        current.rename(previous)
    fresh.rename(current)
    shutil.rmtree(previous, ignore_errors=True)


def _write_tensors(path: Path, tensors: dict[str, Tensor]) -> None:
    try:
        save_file(_plain(tensors), path)
    except SafetensorError as error:  # safetensors wraps an OSError in it
        raise UnwritableError(f"{path}: cannot be written: {error}; {REMEDY}") from error


def _tensors(state: TrainingState) -> dict[str, dict[str, Tensor]]:
    """All trained tensors, by file names."""
    networks = {name: network.state_dict() for name, network in state.networks().items()}
    return networks | {role: _moments(optimiser) for role, optimiser in state.optimisers.items()}


def find_checkpoint(path: Path) -> Path:
    """The checkpoint directory of a run, or ``path`` itself if it is one.

    Raises:
        CheckpointError: there is none.
    """
    # A crash between the two renames of a save leaves only the previous one.
    for candidate in (path, path / NAME, path / f"{NAME}.previous"):
        if (candidate / INDEX).is_file():
            return candidate
    raise CheckpointError(f"{path}: no checkpoint here: {NAME}/{INDEX}, which `mendkit train` writes, is missing")


def read_index(path: Path) -> CheckpointIndex:
    """Read ``checkpoint.json`` of a run or checkpoint.

    Raises:
        CheckpointError: missing, damaged, in a newer format, or in an old one with conditioners.
    """
    file = find_checkpoint(path) / INDEX
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(content, dict) and content.get("format", 0) > FORMAT:
            raise CheckpointError(f"{file}: format {content['format']} is newer than {FORMAT}; update mendkit")
        return CheckpointIndex.model_validate(_upgraded(content) if content["format"] < FORMAT else content)
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise CheckpointError(f"{file}: damaged: {error}") from error


def _upgraded(content: Mapping[str, Any]) -> dict[str, Any]:
    """Convert an earlier format: the tasks of a transform were those with its trait."""
    if content.get("conditioners"):
        raise CheckpointError(
            f"a run of format {content['format']} that has conditioners cannot be read; train it again, or use "
            f"mendkit {content['mendkit']}"
        )
    upgraded = {**content, "extras": ()}
    tasks = {name: upgraded.pop(trait, ()) for name, trait, _ in RENAMED}
    used = [{"name": name, "component": name, "tasks": tasks[name]} for name in tasks if tasks[name]]
    return {**upgraded, "transforms": used}


def read_network(path: Path, name: str, index: CheckpointIndex) -> dict[str, Tensor]:
    """The weights of a network of the run or checkpoint ``path``; those that are stored in half precision as float32.

    Raises:
        CheckpointError: the file is missing or damaged.
    """
    stored = read_tensors(_file(path, name))
    tensors = {key: value.float() if value.dtype == torch.half else value for key, value in stored.items()}
    if index.format == FORMAT:
        return tensors
    for transform, _, prefix in RENAMED:
        own = [key for key in tensors if key.startswith(prefix)]
        moved = {
            f"transforms.predictors.{key_of(transform)}.{key.removeprefix(prefix)}": tensors.pop(key) for key in own
        }
        if any(used.name == transform for used in index.transforms):
            tensors |= moved
    return tensors


def _file(path: Path, name: str) -> Path:
    return find_checkpoint(path) / f"{name}.safetensors"


def load_weights(network: nn.Module, path: Path, name: str, index: CheckpointIndex) -> None:
    """Give ``network`` the weights of the network ``name`` of the run or checkpoint ``path``.

    Raises:
        CheckpointError: the file is missing or damaged, or belongs to another network.
    """
    fit_weights(network, read_network(path, name, index), _file(path, name))


def fit_weights(network: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    """Load ``tensors`` from ``path`` into ``network``. Raises CheckpointError if they are for another network."""
    try:
        network.load_state_dict(tensors)
    except RuntimeError as error:
        raise CheckpointError(f"{path}: does not match the network in its {INDEX}: {error}") from error


def restore(state: TrainingState, run: Path, index: CheckpointIndex) -> TrainingState:
    """Load what ``save_checkpoint`` wrote into ``run`` into a fresh ``state``, on any device.

    Raises:
        CheckpointError: missing or damaged.
    """
    if index.format != FORMAT:
        raise CheckpointError(
            f"{find_checkpoint(run)}: is of format {index.format}, and only runs of format {FORMAT} can be resumed; "
            f"it still corrects photos; to go on, train again, or use mendkit {index.mendkit}"
        )
    for name, network in state.networks().items():
        load_weights(network, run, name, index)
    for role, optimiser in state.optimisers.items():
        _restore_moments(optimiser, read_tensors(_file(run, role)))
    for name in PROGRESS:
        setattr(state, name, getattr(index, name))
    return state


def fingerprint(path: Path) -> str:
    """What identifies the model of a run or checkpoint: the SHA-256 of the weights that answer for photos.

    Raises:
        CheckpointError: they are missing.
    """
    weights = _file(path, AVERAGE)
    try:
        with weights.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise CheckpointError(f"{weights}: missing or damaged: {error}") from error


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Read a safetensors file.

    Raises:
        CheckpointError: it is missing or damaged.
    """
    try:
        return load_file(path)
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path}: missing or damaged: {error}") from error


def _plain(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """On the CPU and contiguous, as safetensors requires."""
    return {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}


def _moments(optimiser: Adam) -> dict[str, Tensor]:
    state = optimiser.state_dict()["state"]
    return {f"{row}.{name}": value for row, moments in state.items() for name, value in moments.items()}


def _restore_moments(optimiser: Adam, tensors: dict[str, Tensor]) -> None:
    weights = [weight for group in optimiser.param_groups for weight in group["params"]]
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        row, _, name = key.partition(".")
        state.setdefault(int(row), {})[name] = laid_out_like(weights[int(row)], value) if value.dim() else value
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
