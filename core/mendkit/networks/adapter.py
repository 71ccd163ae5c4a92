"""What a task that is added to a trained model learns, while all else stays as it is."""

from __future__ import annotations

from torch import Tensor, nn

from mendkit_registry.specs import Site

from ..contracts.view import Layout, View
from .blocks import convolution


class Adapters(nn.ModuleDict):
    """An adapter at each site. It is a conditioner like those of plugins, so it is stored and restored as these are."""

    def __init__(self, layout: Layout) -> None:
        super().__init__({site: Adapter(info.channels) for site, info in layout.sites.items()})

    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        """``[N, C, h, w]`` to the same shape."""
        adapted: Tensor = self[site](features)
        return adapted


class Adapter(nn.Module):
    """``I + B c3s1(I)`` with half of the channels between, and B zero at first (cf. Rebuffi et al. 2017)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.narrow = convolution(channels, channels // 2, 3)
        self.widen = nn.Conv2d(channels // 2, channels, kernel_size=1)
        nn.init.zeros_(self.widen.weight)
        nn.init.zeros_(self.widen.bias)  # type: ignore[arg-type]

    def forward(self, features: Tensor) -> Tensor:
        """``[N, C, h, w]`` to the same shape."""
        return features + self.widen(self.narrow(features))  # type: ignore[no-any-return]
