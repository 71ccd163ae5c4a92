"""Draws products: picks a family, lets it build itself in a studio, and takes the photo."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType

import numpy as np

from mendkit.contracts import Image
from mendkit.errors import ConfigError

from .families import household, vessels, wearables
from .studio import Studio

Family = Callable[[Studio], None]

FAMILIES = MappingProxyType[str, Family](
    {
        family.__name__: family
        for family in (
            household.armchair,
            household.ball,
            household.book,
            household.cabinet,
            household.camera,
            household.candle,
            household.carton,
            household.chair,
            household.clock,
            household.cushion,
            household.headphones,
            household.lamp,
            vessels.bottle,
            vessels.flacon,
            vessels.jar,
            vessels.mug,
            vessels.plant,
            vessels.pot,
            vessels.tumbler,
            vessels.vase,
            vessels.wine_glass,
            wearables.backpack,
            wearables.boot,
            wearables.cap,
            wearables.eyeglasses,
            wearables.handbag,
            wearables.sneaker,
            wearables.t_shirt,
            wearables.trousers,
            wearables.umbrella,
            wearables.watch,
        )
    }
)
"""All kinds of products, by name."""


class ProductSource:
    """Draws products of the given families, all by default, each about as often.

    Raises:
        ConfigError: an unknown family; names those that there are.
    """

    def __init__(self, families: Sequence[str] = ()) -> None:
        self.families = tuple(families) or tuple(FAMILIES)
        if unknown := sorted(set(self.families) - set(FAMILIES)):
            raise ConfigError(f"no product family named {', '.join(unknown)}; there are: {', '.join(FAMILIES)}")

    def __call__(self, rng: np.random.Generator, size: int) -> Image:
        """Draw one product on pure white, ``[size, size, 3]``."""
        studio = Studio(rng, size)
        FAMILIES[self.families[rng.integers(len(self.families))]](studio)
        return studio.photograph()
