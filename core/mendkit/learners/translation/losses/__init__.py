"""The terms of the translation learner's loss, by what they compare. A preset says which of them a method uses."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor

from ..passes import TranslationPasses
from . import adversarial, composite, contrast, perceptual, pixels

Loss = Callable[[TranslationPasses], Tensor]
"""From the passes of some items to the loss of each, ``[N]``."""

MODULES = (adversarial, pixels, perceptual, composite, contrast)


def term(of: str) -> Loss:
    """The function of that name in one of the modules."""
    return next(getattr(module, of) for module in MODULES if hasattr(module, of))  # type: ignore[no-any-return]
