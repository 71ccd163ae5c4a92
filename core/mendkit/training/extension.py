"""Adds tasks to a trained model: they get their own label rows and adapters; what other tasks use stays unchanged."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from itertools import chain, count
from pathlib import Path

import torch

from mendkit_registry import ConditionerSpec, Registry

from ..errors import CheckpointError, ConfigError
from ..networks.blueprint import Blueprint, UsedComponent
from .checkpoint import AVERAGE, CheckpointIndex, find_checkpoint, fit_weights, read_network
from .plan import Plan
from .state import TrainingState, new_state


def extended(base: Path, index: CheckpointIndex, plan: Plan) -> Blueprint:
    """What the networks are built from when ``plan`` extends the run ``base``, whose index is ``index``.

    If the plan has only new tasks, everything that others use is frozen. The new tasks then get their own modules:
    those of plugins, even if the model already has the same for its tasks, and an adapter for each task at each site.
    Otherwise all weights are trained further, and tasks share the modules of plugins.

    Raises:
        ConfigError: no task is new, or the plan has only some of the model's tasks, or the model has no sites.
    """
    if index.config.model.generator != "resnet":
        raise ConfigError("only the ResNet generator can be extended: a U-Net has no labels and no sites")
    new = [name for name in plan.names if name not in index.tasks]
    if not new:
        raise ConfigError(f"the model already knows {', '.join(plan.names)}; name a task that it does not know")
    frozen = len(new) == len(plan.names)
    if not frozen and (lost := sorted(set(index.tasks) - set(plan.names))):
        raise ConfigError(f"{lost[0]} would be forgotten: add data for all tasks of the model, or leave it frozen")
    fresh = plan.blueprint()
    return fresh.model_copy(
        update={
            "tasks": (*index.tasks, *new),
            "local": _joined(index.local, fresh.local),
            "transforms": tuple(_merged(index.transforms, fresh.transforms)),
            "known": tuple(name for name in index.tasks if name not in plan.names),
            "extends": base.absolute(),
            "encoder": index.encoder,
            "conditioners": tuple(
                _apart(index, fresh, new, plan.registry) if frozen else _merged(index.conditioners, fresh.conditioners)
            ),
            "extras": tuple(_merged(index.extras, fresh.extras)),
            "learned_from": _joined(index.learned_from, fresh.learned_from),
        }
    )


def _joined(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new)))


def _merged(old: Sequence[UsedComponent], new: Sequence[UsedComponent]) -> Iterator[UsedComponent]:
    """The union of both, each component with its tasks in either."""
    planned = {used.name: used for used in new}
    for used in old:
        joining = planned.pop(used.name, used).tasks
        yield used.model_copy(update={"tasks": _joined(used.tasks, joining)})
    yield from planned.values()


def _apart(index: Blueprint, fresh: Blueprint, new: Sequence[str], registry: Registry) -> Iterator[UsedComponent]:
    """The model's modules for its own tasks, and separate ones for the new tasks."""
    yield from index.conditioners
    taken = {used.name for used in index.conditioners}
    for used in fresh.conditioners:
        if (own := used.narrowed(new)).tasks:
            yield own.model_copy(update={"name": free_name(own.name, taken)})
    yield from adapters(new, registry)


def free_name(name: str, taken: Container[str]) -> str:
    """The name, with the first number that makes it unique if it is taken.

    >>> free_name("light.match", {"light.match", "light.match_2"})
    'light.match_3'
    """
    numbered = (f"{name}_{number}" for number in count(2))
    return next(each for each in chain([name], numbered) if each not in taken)


def adapters(tasks: Sequence[str], registry: Registry) -> Iterator[UsedComponent]:
    """Adapters at all sites, for each of ``tasks``."""
    spec = registry[ConditionerSpec]["adapter.sites"]
    for task in tasks:
        yield UsedComponent.of(spec, (task,), name=f"adapter.{task.replace('.', '__')}")


def extended_state(
    base: Path, index: CheckpointIndex, blueprint: Blueprint, plan: Plan, device: torch.device
) -> TrainingState:
    """The state of an extended model: the weights of ``base``, and fresh ones for what ``blueprint`` adds.

    The answering network starts from its average, which is the one that mends.

    Raises:
        ConfigError: its learner cannot grow.
        CheckpointError: the checkpoint lacks what training needs, or is for another network.
    """
    state = new_state(blueprint, plan.registry, device, plan.terms)
    answering, grow = state.learner.answering(), getattr(state.learner, "grow", None)
    if grow is None:
        raise ConfigError(f"the learner {blueprint.learner} cannot add tasks to a trained model; train a new one")
    require_all_networks(base, state)
    for name, network in state.learner.networks().items():
        tensors = read_network(base, AVERAGE if network is answering else name, index)
        fit_weights(network, grow(name, tensors, index.tasks), base)
    state.average.load_state_dict(answering.state_dict())
    state.started_from = index.started_from
    return state


def require_all_networks(path: Path, state: TrainingState) -> None:
    """Refuse a checkpoint that was kept only to mend, such as ``RUN/best``.

    Raises:
        CheckpointError: of the networks of ``state``, it has only the averaged one.
    """
    checkpoint = find_checkpoint(path)
    there = {name for name in state.networks() if (checkpoint / f"{name}.safetensors").exists()}
    if there == {AVERAGE}:
        raise CheckpointError(
            f"{path}: holds only the averaged network, which mends but cannot be extended; name the run itself, or "
            f"start a new run from it with `mendkit train --from {path}`"
        )
