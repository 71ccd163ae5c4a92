"""Pix2Pix's generator: a U-Net that halves the image until one pixel is left, with skips (Isola et al. 2017)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..contracts.guidance import Guidance
from ..contracts.mended import Mended
from .blocks import InstanceNorm, initialised

DEEPEST = 8
"""So many times an image is halved at most: from 256 px to one."""
DROPOUT_LEVELS = 3
"""The levels next to the innermost one that have dropout, the noise of Pix2Pix."""


def unet_depth(size: int) -> int:
    """How often an image of ``size`` px can be halved, at most ``DEEPEST`` times.

    >>> [unet_depth(size) for size in (32, 64, 96, 256, 512)]
    [5, 6, 5, 8, 8]
    """
    return min((size & -size).bit_length() - 1, DEEPEST)


class UNet(nn.Module):
    """C-w, C-2w, C-4w, C-8w, ... and back, without labels: it does the same whatever the task.

    Args:
        width: channels of the first convolution.
        depth: how often the image is halved.
    """

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        channels = [width * min(2**level, 8) for level in range(depth)]
        self.down = nn.ModuleList(
            _down(3 if level == 0 else channels[level - 1], outputs, normed=0 < level < depth - 1, first=level == 0)
            for level, outputs in enumerate(channels)
        )
        self.up = nn.ModuleList(
            _up(
                channels[level] * (1 if level == depth - 1 else 2),
                3 if level == 0 else channels[level - 1],
                last=level == 0,
                dropout=depth - 1 - DROPOUT_LEVELS <= level < depth - 1 and level > 0,
            )
            for level in reversed(range(depth))
        )
        initialised(self)

    def forward(self, images: Tensor, guidance: Guidance) -> Mended:
        """Draw ``images [N, 3, H, W]`` in [-1, 1] anew, H and W multiples of ``2 ** depth``."""
        skips = []
        for down in self.down:
            images = down(images)
            skips.append(images)
        features = skips.pop()
        for level, up in enumerate(self.up):
            features = up(features if level == 0 else torch.cat([features, skips.pop()], dim=1))
        drawn = torch.tanh(features.float())  # in full precision, whatever type autocast gave the layers before
        return Mended(image=drawn, drawn=drawn)


def _down(inputs: int, outputs: int, *, normed: bool, first: bool) -> nn.Sequential:
    """Halve. The innermost level has no norm: one pixel has no variance."""
    layers: list[nn.Module] = [] if first else [nn.LeakyReLU(0.2)]
    layers.append(nn.Conv2d(inputs, outputs, 4, stride=2, padding=1, bias=not normed))
    return nn.Sequential(*layers, *([InstanceNorm(outputs)] if normed else []))


def _up(inputs: int, outputs: int, *, last: bool, dropout: bool) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.ReLU(),
        nn.ConvTranspose2d(inputs, outputs, 4, stride=2, padding=1, bias=last),
    ]
    layers += [] if last else [InstanceNorm(outputs)]
    return nn.Sequential(*layers, *([nn.Dropout(0.5)] if dropout else []))
