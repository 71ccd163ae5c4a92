"""The output of a network that finds defects."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor


class Findings(NamedTuple):
    """Findings in N photos.

    Args:
        scores: ``[N, T]`` in [0, 1], the confidence that a photo has the defect of each of the model's T tasks, in the
            order of its table.
    """

    scores: Tensor

    def map(self, function: Callable[[Tensor], Tensor]) -> Findings:
        """The same with ``function`` applied to each tensor."""
        return Findings._make(map(function, self))
