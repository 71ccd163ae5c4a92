"""A summand of the generators' loss that mendkit brings itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from ....config import Applies
from ..passes import Passes

Loss = Callable[[Passes], Tensor]
"""From the passes of some samples to the loss of each, ``[N]``."""


@dataclass(frozen=True, slots=True)
class CoreTerm:
    """A term, which takes part in a run if the configuration gives it a weight.

    Args:
        name: as in the configuration and the metrics.
        loss: what the generators learn from.
        applies: which samples it is for, unless the configuration says otherwise.
        balanced: whether it measures errors of pixels, which tasks are balanced by.
        critic: what the critic of an adversarial term learns from; it has the samples, and the steps, of its term.
        projects: whether it needs the projections of patches, which are then trained with the generators.
        perceives: whether it needs a pretrained network's features. A run that has no weights for it does without.
    """

    name: str
    loss: Loss
    applies: Applies = "all"
    balanced: bool = False
    critic: Loss | None = None
    projects: bool = False
    perceives: bool = False
