"""The output of a model for a batch of one task: the input of all evaluators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

from .batch import Truths


@dataclass(frozen=True, slots=True)
class Outcome:
    """Float images ``[N, 3, H, W]`` in ``[0, 1]``, on the CPU; one row per test pair.

    Args:
        names: one per row; unique within a task and split.
        source: the defective input.
        output: the output of the model for ``source``.
        target: the truth.
        clean_output: the output of the model for ``target``, which has no defect.
        mask: ``[N, 1, H, W]`` in ``[0, 1]``, 1 where source and target differ by the defect; None if the synthesizer
            or the data has none.
        truths: what is known about how the defects were made, as in ``Batch``.
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
    """The output of a model for images without a partner.

    Args:
        names: as in ``Outcome``.
        source: the defective input.
        output: the output of the model for ``source``.
    """

    names: tuple[str, ...]
    source: Tensor
    output: Tensor
