"""The generator that sees before it mends: a pretrained encoder, and a decoder that rises from scale to scale."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from timm.layers import LayerNorm2d
from torch import Tensor, nn

from ..config import ModelConfig
from ..contracts.components import Head
from ..contracts.view import FeatureInfo, Layout, View
from .encoders import TimmEncoder
from .generator import Generator
from .transforms.chain import Part

WIDTHS = {32: 8, 16: 8, 8: 4, 4: 2, 2: 1, 1: 1}
"""The channels of the decoder at each reduction, in widths."""


def pyramid_layout(width: int, encoder: Sequence[FeatureInfo]) -> Layout:
    """The features of a generator of that width, on an encoder with features at the reductions 2 to 32."""
    infos = {reduction: FeatureInfo(width * widths, reduction) for reduction, widths in WIDTHS.items()}
    return Layout(
        encoder=tuple(encoder),
        bottleneck=infos[16],
        sites={"encoded": infos[16], "middle": infos[8], "decoded": infos[1]},
    )


class PyramidGenerator(Generator):
    """Features of an encoder at the reductions 2 to 32; a decoder that enlarges, joins and convolves at each of them.

    It takes images of any height and width. The group is told at the reduction 16, the type at 8. Norms look at one
    place only, over its channels.

    Args:
        config, tasks, head, composes, transforms: as in ``Generator``.
        encoder: sees the image.
    """

    def __init__(
        self,
        config: ModelConfig,
        encoder: TimmEncoder,
        tasks: Sequence[str],
        head: Head,
        *,
        composes: bool,
        transforms: Sequence[Part] = (),
    ) -> None:
        layout = pyramid_layout(config.width, encoder.info)
        super().__init__(config, tasks, layout, head, composes=composes, transforms=transforms)
        channels = {reduction: config.width * widths for reduction, widths in WIDTHS.items()}
        seen = {info.reduction: info.channels for info in encoder.info} | {1: 3}
        self.encoder = encoder
        self.start = nn.Sequential(nn.Conv2d(seen[32], channels[32], 1), LayerNorm2d(channels[32]), nn.ReLU())
        self.rise = nn.ModuleDict(
            {
                str(reduction): Rise(channels[2 * reduction], seen[reduction], channels[reduction])
                for reduction in (16, 8, 4, 2, 1)
            }
        )

    def encode(self, images: Tensor) -> tuple[Tensor, ...]:
        """At the reductions 2 to 32."""
        features: tuple[Tensor, ...] = self.encoder(images)
        return features

    def to_encoded(self, view: View) -> Tensor:
        """The decoder's at the reduction 16."""
        return self.rise["16"](self.start(view.encoder[4]), view.encoder[3])  # type: ignore[no-any-return]

    def to_middle(self, view: View) -> Tensor:
        """The decoder's at the reduction 8."""
        return self.rise["8"](view.sites["encoded"], view.encoder[2])  # type: ignore[no-any-return]

    def to_bottleneck(self, view: View) -> Tensor:
        """Those of the site ``encoded``: of the features that a decoder has, they see most of the image."""
        return view.sites["encoded"]

    def to_decoded(self, view: View) -> Tensor:
        """The decoder's at full resolution, where it sees the image itself."""
        quarter = self.rise["4"](view.sites["middle"], view.encoder[1])
        half = self.rise["2"](quarter, view.encoder[0])
        return self.rise["1"](half, view.image)  # type: ignore[no-any-return]


class Rise(nn.Module):
    """From one scale of the decoder to the next: enlarged, joined with what the encoder sees there, convolved.

    Args:
        coarse: channels of the decoder's features.
        seen: channels of the encoder's, which a 1 x 1 convolution reduces.
        fine: channels of the result.
    """

    def __init__(self, coarse: int, seen: int, fine: int) -> None:
        super().__init__()
        self.lateral = nn.Conv2d(seen, fine, 1) if seen > fine else nn.Identity()
        self.mix = nn.Sequential(
            nn.Conv2d(coarse + min(seen, fine), fine, 3, padding=1, bias=False), LayerNorm2d(fine), nn.ReLU()
        )

    def forward(self, features: Tensor, seen: Tensor) -> Tensor:
        """Features ``[N, coarse, h, w]`` and ``[N, seen, H, W]`` to ``[N, fine, H, W]``."""
        enlarged = F.interpolate(features, size=seen.shape[-2:], mode="bilinear", align_corners=False)
        return self.mix(torch.cat([enlarged, self.lateral(seen)], dim=1))  # type: ignore[no-any-return]
