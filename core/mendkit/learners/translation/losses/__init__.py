"""The terms of the generators' loss, by what they compare. A preset says which of them a method uses."""

from __future__ import annotations

from . import adversarial, composite, contrast, perceptual, pixels
from .term import CoreTerm

__all__ = ["CORE_TERMS", "CoreTerm"]

CORE_TERMS: tuple[CoreTerm, ...] = (
    *adversarial.TERMS,
    *pixels.TERMS,
    *perceptual.TERMS,
    *composite.TERMS,
    *contrast.TERMS,
)
