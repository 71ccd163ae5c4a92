"""Keeps what some tasks use as it is, to the bit, while other tasks learn."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from ..networks.conditioning import HierarchicalAttention, LabelTable, SiteConditioners
from ..networks.generator import Generator, group_of
from ..networks.heads import CompositeHead


def learn_only_others(generator: Generator, known: Sequence[str]) -> None:
    """Freeze all that samples of the tasks ``known`` pass.

    What learns on are the label rows and conditioners of other tasks, and the flow and the tone if none of ``known`` is
    geometric or tonal.
    """
    generator.requires_grad_(False)
    if isinstance(head := generator.head, CompositeHead):
        for part, trait in ((head.flow, generator.geometric), (head.tone, generator.tonal)):
            if part is not None:
                part.requires_grad_(trait.isdisjoint(known))
    for site in generator.conditioners.values():
        assert isinstance(site, SiteConditioners)
        for key, module in site.by_name.items():
            module.requires_grad_(site.tasks[key].isdisjoint(known))
    _freeze_rows(generator.type_attention, generator.types, known)
    _freeze_rows(generator.group_attention, generator.groups, [group_of(task) for task in known])


def _freeze_rows(attention: HierarchicalAttention | None, table: LabelTable, known: Sequence[str]) -> None:
    if attention is None:
        return
    weight = attention.label.weight
    others = torch.tensor([[name not in known] for name in table.names])
    # Adam leaves a weight whose gradient was always zero as it is, to the bit.
    weight.requires_grad_(True).register_hook(lambda gradient: gradient * others.to(gradient.device))  # type: ignore[no-untyped-call]
