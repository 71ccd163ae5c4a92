"""The tone of tonal tasks: how colours change, by place and brightness."""

from __future__ import annotations

import torch
from torch import Tensor, nn

GRID, LEVELS = 8, 8
"""Places along a side, and levels of brightness, at which changes are predicted; between them, they are mixed."""
CHANGE = 3 * 4
"""Numbers of one change: how much of red, green and blue is added to each of these, and what is added to each."""


class ToneHead(nn.Module):
    """Predicts a bilateral grid of affine changes of colour ``[N, CHANGE, LEVELS, GRID, GRID]``, for ``tone``.

    As HDRnet does (Gharbi et al. 2017, "Deep bilateral learning for real-time image enhancement"): what is seen around
    each place is joined with what is seen overall. There are no norms here, since these forget colours. The changes
    start at zero: at first colours stay as they are.

    Args:
        width: channels of the decoded features.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        channels = 2 * width
        self.look = nn.Sequential(
            nn.Conv2d(width + 3, channels, 3, stride=2, padding=1),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels, channels, 3, stride=2, padding=1),
            nn.ReLU(inplace=True),
            nn.AdaptiveAvgPool2d(GRID),
        )
        self.local = nn.Conv2d(channels, channels, 1)
        self.overall = nn.Sequential(
            nn.Linear(channels, channels), nn.ReLU(inplace=True), nn.Linear(channels, channels)
        )
        self.change = nn.Conv2d(channels, CHANGE * LEVELS, 1)
        nn.init.zeros_(self.change.weight)
        nn.init.zeros_(self.change.bias)  # type: ignore[arg-type]

    def forward(self, decoded: Tensor, image: Tensor) -> Tensor:
        """From decoded features ``[N, width, H, W]`` and the image ``[N, 3, H, W]`` with its absolute colours."""
        seen = self.look(torch.cat([decoded, image], dim=1))
        overall = self.overall(seen.mean(dim=(2, 3)))[:, :, None, None]
        return self.change((self.local(seen) + overall).relu()).unflatten(1, (CHANGE, LEVELS))  # type: ignore[no-any-return]
