"""What a task that is added to a trained model learns at a site, while all else stays as it is."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from ..contracts.guidance import Exemplars
from .blocks import convolution


class Adapter(nn.Module):
    """``I + B c3s1(I)`` with half of the channels between, and B zero at first (cf. Rebuffi et al. 2017).

    It is a conditioner like those of plugins, so it is stored and restored as these are.

    Args:
        channels: C, those of the site's features.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.narrow = convolution(channels, channels // 2, 3)
        self.widen = nn.Conv2d(channels // 2, channels, kernel_size=1)
        nn.init.zeros_(self.widen.weight)
        nn.init.zeros_(self.widen.bias)  # type: ignore[arg-type]

    def forward(self, features: Tensor, extras: Mapping[str, Exemplars]) -> Tensor:
        """``[N, C, h, w]`` to the same shape."""
        return features + self.widen(self.narrow(features))  # type: ignore[no-any-return]
