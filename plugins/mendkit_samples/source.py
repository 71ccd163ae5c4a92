"""Draws products: picks a family, lets it build itself in a studio, and takes the photo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from mendkit.contracts import Image
from mendkit.errors import ConfigError

from . import sets
from .camera import Film, Pose
from .families import (
    accessories,
    clothes,
    electronics,
    footwear,
    freeform,
    furniture,
    glassware,
    goods,
    headwear,
    home,
    jewellery,
    kitchen,
    luggage,
    packs,
    pottery,
    worn,
)
from .studio import Studio

Family = Callable[[Studio], None]

_FAMILIES: tuple[Family, ...] = (
    accessories.headphones,
    accessories.umbrella,
    clothes.dress,
    clothes.hoodie,
    clothes.jacket,
    clothes.skirt,
    clothes.t_shirt,
    clothes.trousers,
    clothes.underwear,
    electronics.appliance,
    electronics.keyboard,
    electronics.laptop,
    electronics.mouse,
    electronics.phone,
    electronics.speaker,
    electronics.television,
    electronics.toaster,
    footwear.boot,
    footwear.flip_flop,
    footwear.loafer,
    footwear.pump,
    footwear.sneaker,
    footwear.sock,
    freeform.contraption,
    freeform.creature,
    freeform.gadget,
    freeform.pebble,
    freeform.remnant,
    freeform.tangle,
    freeform.totem,
    furniture.armchair,
    furniture.bed,
    furniture.cabinet,
    furniture.chair,
    furniture.floor_lamp,
    furniture.lamp,
    furniture.rocker,
    furniture.shelf,
    furniture.stool,
    furniture.table,
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
    headwear.beanie,
    headwear.belt,
    headwear.cap,
    headwear.cushion,
    headwear.glove,
    headwear.hat,
    headwear.scarf,
    headwear.tie,
    home.basket,
    home.box,
    home.curtain,
    home.flowers,
    home.garland,
    home.hanger,
    home.mirror,
    home.rug,
    home.textiles,
    jewellery.bracelet,
    jewellery.earrings,
    jewellery.eyeglasses,
    jewellery.necklace,
    jewellery.ring,
    jewellery.watch,
    kitchen.bicycle,
    kitchen.car,
    kitchen.guitar,
    kitchen.pan,
    kitchen.plate,
    kitchen.tool,
    kitchen.toy,
    kitchen.utensil,
    luggage.backpack,
    luggage.handbag,
    luggage.pouch,
    luggage.suitcase,
    luggage.tote,
    luggage.wallet,
    packs.bag,
    packs.cable,
    packs.dispenser,
    packs.lipstick,
    packs.palette,
    packs.tin,
    packs.tube,
    pottery.mug,
    pottery.plant,
    pottery.saucepan,
    pottery.vase,
    worn.person,
)
FAMILIES: Mapping[str, Family] = MappingProxyType({family.__name__: family for family in _FAMILIES})
"""All kinds of products, by name."""
CLOSE_UPS = 0.03
"""Share of the photos that show only a part of the product."""


OFTEN: Mapping[str, float] = MappingProxyType(
    {"person": 8.0, "pebble": 3.0, "gadget": 2.0, "contraption": 2.0, "t_shirt": 2.0, "jacket": 2.0, "sneaker": 2.0}
)
"""How often some kinds are drawn; others 1. Shops show much on people, and free forms are the most varied."""
SETS = 0.12
"""Share of the photos that show several products."""


class ProductSource:
    """Draws products of the given families, all by default, ``OFTEN`` as often as others.

    Few are cut off at the border, as details and people often are; none if ``whole``.

    Raises:
        ConfigError: an unknown family; lists the known ones.
    """

    def __init__(self, families: Sequence[str] = (), *, whole: bool = False) -> None:
        self.whole = whole
        self.families = tuple(families) or tuple(FAMILIES)
        if unknown := sorted(set(self.families) - set(FAMILIES)):
            raise ConfigError(f"no product family named {', '.join(unknown)}; known: {', '.join(FAMILIES)}")

    def __call__(self, rng: np.random.Generator, size: int) -> Image:
        """Draw one product on pure white, ``[size, size, 3]``."""
        studio = Studio(rng, size)
        if rng.uniform() < SETS:
            sets.arrange(studio, self._drawn(rng), self._drawn(rng))
        else:
            self._drawn(rng)(studio)
        close_up = bool(rng.uniform() < CLOSE_UPS) and not self.whole
        cut_below = studio.cut_below and not self.whole
        pose = Pose.drawn(rng, close_up=close_up, legible=studio.legible, cut_below=cut_below)
        return studio.photograph(pose, Film.drawn(rng))

    def _drawn(self, rng: np.random.Generator) -> Family:
        weights = np.array([OFTEN.get(name, 1.0) for name in self.families])
        return FAMILIES[str(rng.choice(self.families, p=weights / weights.sum()))]
