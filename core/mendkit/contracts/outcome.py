"""What a model made of a batch of one task: the unit that every evaluator takes in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

from .batch import Truths


@dataclass(frozen=True, slots=True)
class Outcome:
    """Float images ``[N, 3, H, W]`` in ``[0, 1]``, on the CPU; one row a test pair.

    Args:
        names: one for each row; unique within a task and split.
        source: the defective input.
        output: what the model made of ``source``.
        target: the truth.
        clean_output: what the model made of ``target``, which had no defect to mend.
        mask: ``[N, 1, H, W]`` in ``[0, 1]``, 1 where source and target differ by the defect; None if the task's
            synthesizer or data gives none.
        truths: what is known of how the defects were made, as in ``Batch``.
    """

    names: tuple[str, ...]
    source: Tensor
    output: Tensor
    target: Tensor
    clean_output: Tensor
    mask: Tensor | None = None
    truths: Mapping[str, Truths] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnpairedOutcome:
    """What a model made of images that have no partner.

    Args:
        names: as in ``Outcome``.
        source: the defective input.
        output: what the model made of ``source``.
    """

    names: tuple[str, ...]
    source: Tensor
    output: Tensor
