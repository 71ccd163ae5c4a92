"""What the parts of a generator see: its features, and in advance the layout of these features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from torch import Tensor

from mendkit_registry.specs import Site

from .guidance import Exemplars


class FeatureInfo(NamedTuple):
    """The shape of features ``[N, channels, H / reduction, W / reduction]`` of images ``[N, 3, H, W]``.

    Args:
        channels: C.
        reduction: the factor by which the features are smaller than the image, on each side.
    """

    channels: int
    reduction: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The shapes of a generator's features, published to the parts that are built for it.

    Args:
        encoder: of the encoder, fine to coarse.
        bottleneck: of the features that the decoder starts from.
        sites: of each site.
    """

    encoder: tuple[FeatureInfo, ...]
    bottleneck: FeatureInfo
    sites: Mapping[Site, FeatureInfo]


@dataclass(frozen=True, slots=True)
class View:
    """What a part of a generator sees of a batch of N images.

    Args:
        image: the input ``[N, 3, H, W]`` in [-1, 1].
        encoder: the encoder's features, fine to coarse, before any steering.
        sites: the steered features of earlier sites.
        extras: what the data has besides the images, by the names of extras. An item may have no image of an extra,
            and an extra that no item has may be missing.
        bottleneck: the features that the decoder starts from; None at sites before it.
    """

    image: Tensor
    encoder: tuple[Tensor, ...]
    sites: Mapping[Site, Tensor] = field(default_factory=dict)
    extras: Mapping[str, Exemplars] = field(default_factory=dict)
    bottleneck: Tensor | None = None

    def passed(self, site: Site, features: Tensor) -> View:
        """The view after ``site``, with its features."""
        return replace(self, sites={**self.sites, site: features})

    def select(self, rows: Tensor) -> View:
        """The view of the items of ``rows`` [n] (int64)."""
        return View(
            self.image[rows],
            tuple(features[rows] for features in self.encoder),
            {site: features[rows] for site, features in self.sites.items()},
            {name: exemplars.select(rows) for name, exemplars in self.extras.items()},
            None if self.bottleneck is None else self.bottleneck[rows],
        )


@dataclass(frozen=True, slots=True)
class Trunk:
    """What the generator passes to its head.

    Args:
        image: the input ``[N, 3, H, W]`` in [-1, 1].
        kept: the transformed input, parts of which can be kept.
        decoded: features of full resolution ``[N, width, H, W]``.
    """

    image: Tensor
    kept: Tensor
    decoded: Tensor
