"""Draws products: picks a family, lets it build itself in a studio, and takes the photo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from mendkit.contracts import Image
from mendkit.errors import ConfigError

from .camera import Film, Pose
from .families import accessories, clothes, footwear, freeform, furniture, glassware, goods, pottery
from .studio import Studio

Family = Callable[[Studio], None]

_FAMILIES: tuple[Family, ...] = (
    accessories.backpack,
    accessories.eyeglasses,
    accessories.handbag,
    accessories.headphones,
    accessories.umbrella,
    accessories.watch,
    clothes.cap,
    clothes.cushion,
    clothes.t_shirt,
    clothes.trousers,
    footwear.boot,
    footwear.sneaker,
    freeform.contraption,
    freeform.creature,
    freeform.gadget,
    freeform.pebble,
    freeform.remnant,
    freeform.tangle,
    freeform.totem,
    furniture.armchair,
    furniture.cabinet,
    furniture.chair,
    furniture.lamp,
    glassware.bottle,
    glassware.flacon,
    glassware.jar,
    glassware.tumbler,
    glassware.wine_glass,
    goods.ball,
    goods.book,
    goods.camera,
    goods.candle,
    goods.carton,
    goods.clock,
    goods.painting,
    pottery.mug,
    pottery.plant,
    pottery.saucepan,
    pottery.vase,
)
FAMILIES: Mapping[str, Family] = MappingProxyType({family.__name__: family for family in _FAMILIES})
"""All kinds of products, by name."""


class ProductSource:
    """Draws products of the given families, all by default, each about as often; the share ``close_ups`` is cut off at the border.

    Raises:
        ConfigError: an unknown family; lists the known ones.
    """

    def __init__(self, families: Sequence[str] = (), close_ups: float = 0.03) -> None:
        self.close_ups = close_ups
        self.families = tuple(families) or tuple(FAMILIES)
        if unknown := sorted(set(self.families) - set(FAMILIES)):
            raise ConfigError(f"no product family named {', '.join(unknown)}; known: {', '.join(FAMILIES)}")

    def __call__(self, rng: np.random.Generator, size: int) -> Image:
        """Draw one product on pure white, ``[size, size, 3]``."""
        studio = Studio(rng, size)
        FAMILIES[self.families[rng.integers(len(self.families))]](studio)
        close_up = bool(rng.uniform() < self.close_ups)
        return studio.photograph(Pose.drawn(rng, close_up=close_up, legible=studio.legible), Film.drawn(rng))
