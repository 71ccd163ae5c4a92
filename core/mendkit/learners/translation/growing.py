"""Grows generators that are trained: new tasks get label rows of their own, and what others use stays to the bit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from ...contracts.guidance import LabelTable
from ...networks.conditioning import HierarchicalAttention
from ...networks.generator import Generator, group_of


def grown(network: Generator, tensors: Mapping[str, Tensor], known: Sequence[str]) -> dict[str, Tensor]:
    """The weights of a generator that knew the tasks ``known``, as those of ``network``, which knows more."""
    return {**_new_parts(network), **tensors, **_labels(network, tensors, known)}


def adopted(network: Generator, tensors: Mapping[str, Tensor], known: Sequence[str]) -> dict[str, Tensor]:
    """Those weights of a generator of the tasks ``known`` that fit ``network``, whatever its tasks; labels by name."""
    return fitting(network, {**tensors, **_labels(network, tensors, known)})


def fitting(network: nn.Module, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Those of ``tensors`` that are weights of ``network``, by name and shape."""
    own = network.state_dict()
    return {key: value for key, value in tensors.items() if key in own and own[key].shape == value.shape}


def _labels(network: Generator, tensors: Mapping[str, Tensor], known: Sequence[str]) -> dict[str, Tensor]:
    """The label rows of a generator of the tasks ``known``, as those of the tables of ``network``."""
    types, groups = LabelTable(known), LabelTable(sorted({group_of(task) for task in known}))
    tables = {f"{name}.label.weight": table for name, (_, table) in network.attentions().items()}
    return {
        key: grown_rows(tensors[key], groups if new is network.groups else types, new)
        for key, new in tables.items()
        if key in tensors
    }


def _new_parts(network: Generator) -> dict[str, Tensor]:
    """Those that a model may have got with its new tasks, as fresh weights."""
    own = ("conditioners.", "transforms.")
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


def learn_only_others(generator: Generator, known: Sequence[str]) -> None:
    """Freeze all that items of the tasks ``known`` pass.

    What learns on are the label rows of other tasks, and the conditioners and transforms that no known task has.
    """
    generator.requires_grad_(False)
    rows = set(generator.types.rows(known).tolist())
    for key, transform in generator.transforms.parts.items():
        generator.transforms.predictors[key].requires_grad_(transform.tasks.isdisjoint(rows))
    for conditioner in generator.conditioners.parts.values():
        conditioner.module.requires_grad_(conditioner.tasks.isdisjoint(rows))
    for attention, table in generator.attentions().values():
        own = [group_of(task) for task in known] if table is generator.groups else known
        _freeze_rows(attention, table, own)


def _freeze_rows(attention: HierarchicalAttention, table: LabelTable, known: Sequence[str]) -> None:
    weight = attention.label.weight
    others = torch.tensor([[name not in known] for name in table.names])
    # Adam leaves a weight whose gradient was always zero as it is, to the bit.
    weight.requires_grad_(True).register_hook(lambda gradient: gradient * others.to(gradient.device))  # type: ignore[no-untyped-call]
