"""What the parts of a generator see: its features, and before there are any, what these will be like."""

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
        reduction: by how much the features are smaller than the image, on each side.
    """

    channels: int
    reduction: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The features of a generator, as it publishes them to the parts that are built for it.

    Args:
        encoder: the encoder's, fine to coarse.
        bottleneck: those that the decoder starts from.
        sites: those at each site.
    """

    encoder: tuple[FeatureInfo, ...]
    bottleneck: FeatureInfo
    sites: Mapping[Site, FeatureInfo]


@dataclass(frozen=True, slots=True)
class View:
    """What a part of a generator sees of a batch of N images.

    Args:
        image: the input ``[N, 3, H, W]`` in [-1, 1].
        encoder: the encoder's features, fine to coarse, before anything has steered them.
        sites: the features of the sites that the images have passed, as they were steered.
        extras: what the data brings beside the images, by the names of extras. An item may have no image of an extra,
            and an extra of which no item has any may not be there.
        bottleneck: the features that the decoder starts from; None at sites before it.
    """

    image: Tensor
    encoder: tuple[Tensor, ...]
    sites: Mapping[Site, Tensor] = field(default_factory=dict)
    extras: Mapping[str, Exemplars] = field(default_factory=dict)
    bottleneck: Tensor | None = None

    def passed(self, site: Site, features: Tensor) -> View:
        """The same, once the images have passed ``site``."""
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
    """What the generator hands to its head.

    Args:
        image: the input ``[N, 3, H, W]`` in [-1, 1].
        kept: what of it may be kept: the input, transformed.
        decoded: features of full resolution ``[N, width, H, W]``.
    """

    image: Tensor
    kept: Tensor
    decoded: Tensor
