"""The terms of a run, and which of them are due for which items of a batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch import Tensor

from mendkit_registry import DefectType
from mendkit_registry.specs import Applies

from ..contracts.passes import Rows
from ..data.sampling import TaskSource
from .devices import ALONE, Ranks

CORE = "mendkit"
"""The built-in plugin: if one of its terms fails, mendkit is at fault."""


Predicate = Callable[[DefectType, bool, bool], bool]
"""Whether a term is for items of a task, that are pairs or are not, and that the model transforms or does not."""


def _is_pair(task: DefectType, paired: bool) -> bool:
    return paired and task.supervision != "unpaired"


PREDICATES: Mapping[Applies, Predicate] = {
    "all": lambda task, paired, transformed: True,
    "pairs": lambda task, paired, transformed: _is_pair(task, paired),
    "pairs in place": lambda task, paired, transformed: _is_pair(task, paired) and not task.geometric,
    "pairs to redraw": lambda task, paired, transformed: _is_pair(task, paired) and not transformed,
    "pairs to transform": lambda task, paired, transformed: _is_pair(task, paired) and transformed,
    "unpaired items": lambda task, paired, transformed: task.supervision != "paired" and not paired,
    "unpaired or ambiguous": lambda task, paired, transformed: (
        task.ambiguous or (task.supervision != "paired" and not paired)
    ),
    "unless paired task": lambda task, paired, transformed: task.supervision != "paired",
}


def has_transforms(task: DefectType) -> bool:
    """Whether a task has transforms, if the model has one for each trait."""
    return task.geometric or task.tonal


@dataclass(frozen=True)
class PlannedTerm:
    """A loss term in a run.

    Args:
        plugin: the name of the plugin that contributes it.
        role: the role whose networks learn from it.
        tasks: the tasks that it is for.
        weight: the factor of its values; it is computed every ``every`` steps.
        compute: from passes to the value of each item, ``[N]``.
        needs: passes, and networks that exist only if a term needs them.
        balanced: whether the balance of tasks applies to it.
        follows: the term whose items and steps it shares.
        over_items: whether its sum is divided by the number of its own items instead of the whole batch.
        transformed: the tasks that the model has transforms for; None: those whose traits have one.
    """

    name: str
    plugin: str
    role: str
    tasks: Mapping[str, DefectType]
    applies: Applies
    weight: float
    every: int
    compute: Callable[[Any], Tensor]
    needs: tuple[str, ...] = ("fake_y",)
    balanced: bool = False
    follows: str | None = None
    over_items: bool = False
    transformed: frozenset[str] | None = None

    def __str__(self) -> str:
        return f"term {self.name}" if self.plugin == CORE else f"term {self.name} of plugin {self.plugin!r}"

    @property
    def strength(self) -> float:
        """The weight of its mean in a step that computes it: a lazy regulariser (Karras et al. 2020) makes up for the
        steps that do not. A term that follows another is computed as often as it should count."""
        return self.weight if self.follows else self.weight * self.every

    def is_for(self, task: str, paired: bool) -> bool:
        """Whether it is for items of ``task`` that are pairs, or that are not."""
        return task in self.tasks and self._applies_to(self.tasks[task], paired)

    def can_reach(self, source: TaskSource) -> bool:
        """Whether it can apply to items of ``source``, the source of one of its tasks."""
        kinds = [paired for paired, there in ((True, source.has_pairs), (False, source.has_unpaired)) if there]
        return any(self._applies_to(source.task, paired) for paired in kinds)

    def _applies_to(self, task: DefectType, paired: bool) -> bool:
        transformed = has_transforms(task) if self.transformed is None else task.name in self.transformed
        return PREDICATES[self.applies](task, paired, transformed)


class DueTerm(NamedTuple):
    """A term that is computed in a step.

    Args:
        rows: its items in the batch.
        shares: the weight of each item's task, ``[n]``.
        divisor: the divisor of its weighted sum.
    """

    term: PlannedTerm
    rows: Rows
    shares: Tensor
    divisor: float


@dataclass(frozen=True)
class TermTable:
    """Which terms apply to which tasks, compiled once, so that steps look up no names.

    Args:
        terms: in the order of summation.
        tasks: the rows of the model's table, by name.
        balance: the weight of each task in balanced terms; 1 for missing tasks.
    """

    terms: tuple[PlannedTerm, ...]
    tasks: Sequence[str]
    balance: Mapping[str, float] = field(default_factory=dict)
    applies: Tensor = field(init=False)
    """``[terms, tasks, 2]`` (bool): whether a term is for items of a task that are not paired, or are."""
    shares: Tensor = field(init=False)
    """``[terms, tasks]``: the weight of a task's items in a term."""

    def __post_init__(self) -> None:
        applies = [
            [[term.is_for(task, paired) for paired in (False, True)] for task in self.tasks] for term in self.terms
        ]
        shares = [[self.balance.get(task, 1.0) if term.balanced else 1.0 for task in self.tasks] for term in self.terms]
        shape = (len(self.terms), len(self.tasks))
        object.__setattr__(self, "applies", torch.tensor(applies, dtype=torch.bool).reshape(*shape, 2))
        object.__setattr__(self, "shares", torch.tensor(shares, dtype=torch.float32).reshape(shape))

    def due(self, step: int, task: Tensor, paired: Tensor, ranks: Ranks = ALONE) -> list[DueTerm]:
        """The terms that are computed in ``step``, those with the most items first.

        Args:
            task: rows of the model's table, ``[N]`` (int64), on the CPU.
            paired: ``[N]`` (bool), likewise.
            ranks: the processes that each have a part of the batch; items are counted over all of them.
        """
        applies, shares = self.applies[:, task, paired.long()], self.shares[:, task]
        counts = (ranks.summed(applies.sum(dim=1).double()) / ranks.world).tolist()
        due = [
            DueTerm(term, tuple(own.nonzero().flatten().tolist()), share[own], count if term.over_items else len(task))
            for term, own, share, count in zip(self.terms, applies, shares, counts, strict=True)
            if step % term.every == 0 and own.any()
        ]
        return sorted(due, key=lambda each: -len(each.rows))
