"""Adds tasks to a trained model: they get label rows and adapters of their own, and what others use stays as it is."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import chain, count
from pathlib import Path

import torch
from torch import Tensor, nn

from mendkit_registry import ConditionerSpec

from ..errors import ConfigError
from ..networks.blueprint import Blueprint
from ..networks.conditioning import LabelTable
from ..networks.generator import SITES, Generator, group_of
from .checkpoint import CheckpointIndex, find_checkpoint, fit_weights, read_tensors
from .plan import Plan
from .state import TrainingState, new_state

TABLES = ("group_attention.label.weight", "type_attention.label.weight")
ADAPTER = "mendkit.networks.adapter:Adapter"


def extended(base: Path, index: CheckpointIndex, plan: Plan) -> Blueprint:
    """What the networks are built from when ``plan`` extends the run ``base``, of which ``index`` is that of its model.

    If the plan has new tasks alone, all that others use is frozen. The new ones then get modules of their own: those of
    plugins, also where the model has the like for its tasks, and an adapter for each task at each site. Otherwise all
    learn on, and share the modules of plugins.

    Raises:
        ConfigError: no task is new, or some tasks would learn on and others be forgotten, or the model has no sites.
    """
    if index.config.model.generator != "resnet":
        raise ConfigError("only the ResNet generator can be extended: a U-Net has no labels and no sites")
    new = [name for name in plan.names if name not in index.tasks]
    if not new:
        raise ConfigError(f"the model knows {', '.join(plan.names)} already; name a task that it does not know")
    frozen = len(new) == len(plan.names)
    if not frozen and (lost := sorted(set(index.tasks) - set(plan.names))):
        raise ConfigError(f"{lost[0]} would be forgotten: bring data for all tasks of the model, or leave it frozen")
    fresh, modules = Blueprint.of(plan), _apart(index, plan, new) if frozen else _shared(index, plan)
    return Blueprint(
        tasks=(*index.tasks, *new),
        geometric=_joined(index.geometric, fresh.geometric),
        tonal=_joined(index.tonal, fresh.tonal),
        known=tuple(name for name in index.tasks if name not in plan.names),
        extends=base.absolute(),
        conditioners=tuple(modules),
        extras=tuple({spec.name: spec for spec in (*plan.extras, *index.extras)}.values()),
        features=fresh.features,
        left_out=fresh.left_out,
        learned_from=_joined(index.learned_from, fresh.learned_from),
        config=plan.config,
    )


def _joined(old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*old, *new)))


def _apart(index: CheckpointIndex, plan: Plan, new: Sequence[str]) -> Iterator[ConditionerSpec]:
    """The model's modules for its own tasks, and others for the new ones."""
    for spec in index.conditioners:
        yield _narrowed(spec, index.tasks)
    taken = {spec.name for spec in index.conditioners}
    for spec in plan.conditioners:
        if (own := _narrowed(spec, new)).tasks:
            yield own.model_copy(update={"name": free_name(own.name, taken)})
    yield from adapter_specs(new)


def _shared(index: CheckpointIndex, plan: Plan) -> Iterator[ConditionerSpec]:
    """The model's modules, which new tasks join that their plugins mean them for, and those that are new."""
    planned = {spec.name: spec for spec in plan.conditioners}
    for spec in index.conditioners:
        joining = _narrowed(planned[spec.name], plan.names).tasks if spec.name in planned else ()
        yield spec.model_copy(update={"tasks": _joined(spec.tasks, joining)})
    there = {spec.name for spec in index.conditioners}
    yield from (spec for spec in plan.conditioners if spec.name not in there)


def _narrowed(spec: ConditionerSpec, tasks: Sequence[str]) -> ConditionerSpec:
    return spec.model_copy(update={"tasks": tuple(filter(spec.covers, tasks))})


def free_name(name: str, taken: Container[str]) -> str:
    """The name, with the first number that makes it one that is not taken.

    >>> free_name("light.match", {"light.match", "light.match_2"})
    'light.match_3'
    """
    numbered = (f"{name}_{number}" for number in count(2))
    return next(each for each in chain([name], numbered) if each not in taken)


def extended_state(base: Path, index: CheckpointIndex, blueprint: Blueprint, device: torch.device) -> TrainingState:
    """The state of a model that grows: the weights of ``base``, and those of ``blueprint`` that are new.

    G_XY goes on from the average, as that is what has mended so far.

    Raises:
        CheckpointError: the checkpoint lacks what training needs, or is of another network.
    """
    state = new_state(blueprint, device)
    for name, network in state.networks().items():
        file = find_checkpoint(base) / f"{'average' if name == 'mend' else name}.safetensors"
        fit_weights(network, _grown(network, read_tensors(file), index.tasks), file)
    return state


def _grown(network: nn.Module, tensors: Mapping[str, Tensor], known: Sequence[str]) -> dict[str, Tensor]:
    """The weights of a network that knew the tasks ``known``, as those of a larger one."""
    if not isinstance(network, Generator):
        return dict(tensors)
    grown = {**_new_parts(network), **tensors}
    groups = LabelTable(sorted({group_of(task) for task in known}))
    for key, old, new in zip(TABLES, (groups, LabelTable(known)), (network.groups, network.types), strict=True):
        if key in grown:
            grown[key] = grown_rows(grown[key], old, new)
    return grown


def _new_parts(network: Generator) -> dict[str, Tensor]:
    """Those that a model may have got with its new tasks, as fresh weights."""
    own = ("conditioners.", "head.tone.")
    return {key: value for key, value in network.state_dict().items() if key.startswith(own)}


def grown_rows(rows: Tensor, old: LabelTable, new: LabelTable) -> Tensor:
    """The rows ``[len(new), C]`` of a larger table. A new label starts from the mean of its group, or else of all.

    >>> rows = torch.tensor([[1.0], [3.0], [8.0]])
    >>> old = LabelTable(["a.x", "a.y", "b.x"])
    >>> grown_rows(rows, old, LabelTable(["a.x", "a.y", "b.x", "a.z", "c.x"])).flatten().tolist()
    [1.0, 3.0, 8.0, 2.0, 4.0]
    """

    def row(name: str) -> Tensor:
        siblings = [other for other in old.names if group_of(other) == group_of(name)]
        return rows[old.rows([name] if name in old.names else siblings or old.names)].mean(dim=0)

    return torch.stack([row(name) for name in new.names])


def adapter_specs(tasks: Sequence[str]) -> tuple[ConditionerSpec, ...]:
    """An adapter for each of ``tasks`` at each site."""
    return tuple(
        ConditionerSpec(name=f"adapter_{site}.{task.replace('.', '__')}", tasks=(task,), site=site, factory=ADAPTER)
        for task in tasks
        for site in SITES
    )
