"""The generator that sees before it mends: a pretrained encoder, and a decoder that rises from scale to scale."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..config import ModelConfig
from ..contracts.components import Head
from ..contracts.guidance import LabelTable
from ..contracts.view import FeatureInfo, Layout, View
from ..errors import ConfigError
from .blocks import PlaceNorm
from .conditioning import GatedAttention, HierarchicalAttention
from .encoders import TimmEncoder
from .generator import Generator
from .transforms.chain import Part

WIDTHS = {32: 8, 16: 8, 8: 4, 4: 2, 2: 2, 1: 1}
"""The channels of the decoder at each reduction, in widths."""
FINER = (4, 2, 1)
"""The reductions after the site ``middle``."""
BLOCKS = {4: 1, 2: 2}
"""The residual blocks at a reduction. Strokes and edges are seen at fine scales, of which the finest costs too much."""


def pyramid_layout(width: int, encoder: Sequence[FeatureInfo]) -> Layout:
    """The features of a generator of that width."""
    infos = {reduction: FeatureInfo(width * widths, reduction) for reduction, widths in WIDTHS.items()}
    return Layout(
        encoder=tuple(encoder),
        bottleneck=infos[16],
        sites={"encoded": infos[16], "middle": infos[8], "decoded": infos[1]},
    )


class PyramidGenerator(Generator):
    """An encoder, and a decoder that enlarges, joins and convolves at each scale from the reduction 32 to the image.

    It takes images of any height and width. The group is told at the reduction 16, the type at 8. Norms look at one
    place only, over its channels. With ``config.gates`` the type gates each level after the site ``middle`` as well, so
    that tasks which draw different things have room of their own.

    Args:
        config, tasks, head, composes, transforms: as in ``Generator``.
        encoder: sees the image.

    Raises:
        ConfigError: the encoder has no features at the reduction 32, or some at others than the decoder has.
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
        seen = {info.reduction: info.channels for info in encoder.info}
        if len(seen) < len(encoder.info) or max(seen) != max(WIDTHS) or not seen.keys() <= WIDTHS.keys():
            scales = ", ".join(str(info.reduction) for info in encoder.info)
            raise ConfigError(
                f"model.encoder: {config.encoder} has features at the reductions {scales}; choose one with 32, and "
                "otherwise some of 2, 4, 8, 16"
            )
        layout = pyramid_layout(config.width, encoder.info)
        super().__init__(config, tasks, layout, head, composes=composes, transforms=transforms)
        channels = {reduction: config.width * widths for reduction, widths in WIDTHS.items()}
        self.encoder = encoder
        self.start = nn.Sequential(nn.Conv2d(seen[32], channels[32], 1), PlaceNorm(channels[32]), nn.ReLU())
        gated = FINER if config.gates else ()
        self.gates = nn.ModuleDict(
            {str(reduction): GatedAttention(len(self.types), channels[reduction]) for reduction in gated}
        )
        joined = {1: 3} | seen

        def rise(reduction: int) -> Rise:
            coarse, fine = channels[2 * reduction], channels[reduction]
            return Rise(coarse, joined.get(reduction, 0), fine, BLOCKS.get(reduction, 0))

        self.rise = nn.ModuleDict({str(reduction): rise(reduction) for reduction in (16, 8, 4, 2, 1)})

    def attentions(self) -> dict[str, tuple[HierarchicalAttention, LabelTable]]:
        """As in ``Generator``, and the gates."""
        gates = {f"gates.{name}": (gate, self.types) for name, gate in self.gates.items()}
        return {**super().attentions(), **gates}  # type: ignore[dict-item]

    def encode(self, images: Tensor) -> tuple[Tensor, ...]:
        """The encoder's."""
        features: tuple[Tensor, ...] = self.encoder(images)
        return features

    def to_encoded(self, view: View) -> Tensor:
        """The decoder's at the reduction 16."""
        return self._risen(self.start(view.encoder[-1]), 16, view)

    def to_middle(self, view: View) -> Tensor:
        """The decoder's at the reduction 8."""
        return self._risen(view.sites["encoded"], 8, view)

    def to_bottleneck(self, view: View) -> Tensor:
        """Those of the site ``encoded``: of the features that a decoder has, they see most of the image."""
        return view.sites["encoded"]

    def to_decoded(self, view: View, task: Tensor) -> Tensor:
        """The decoder's at full resolution, where it sees the image itself."""
        features = view.sites["middle"]
        for reduction in FINER:
            features = self._risen(features, reduction, view)
            if str(reduction) in self.gates:
                features, _ = self.gates[str(reduction)](features, task)
        return features

    def _risen(self, features: Tensor, reduction: int, view: View) -> Tensor:
        seen = dict(zip((info.reduction for info in self.layout.encoder), view.encoder, strict=True))
        there = view.image if reduction == 1 else seen.get(reduction)
        height, width = (-(-side // reduction) for side in view.image.shape[-2:])
        size = (height, width) if there is None else there.shape[-2:]
        return self.rise[str(reduction)](features, size, there)  # type: ignore[no-any-return]


class Rise(nn.Module):
    """From one scale of the decoder to the next: enlarged, joined with what the encoder sees there, convolved.

    Args:
        coarse: channels of the decoder's features.
        seen: channels of the encoder's, which a 1 x 1 convolution reduces; 0 if it has none at this scale.
        fine: channels of the result.
        blocks: residual blocks after the convolution.
    """

    def __init__(self, coarse: int, seen: int, fine: int, blocks: int = 0) -> None:
        super().__init__()
        self.lateral = nn.Conv2d(seen, fine, 1) if seen > fine else nn.Identity()
        self.mix = nn.Sequential(
            nn.Conv2d(coarse + min(seen, fine), fine, 3, padding=1, bias=False),
            PlaceNorm(fine),
            nn.ReLU(),
            *(LocalBlock(fine) for _ in range(blocks)),
        )

    def forward(self, features: Tensor, size: Sequence[int], seen: Tensor | None) -> Tensor:
        """Features ``[N, coarse, h, w]`` and ``[N, seen, H, W]`` to ``[N, fine, H, W]``, ``size`` being H and W."""
        enlarged = F.interpolate(features, size=tuple(size), mode="bilinear", align_corners=False)
        joined = enlarged if seen is None else torch.cat([enlarged, self.lateral(seen)], dim=1)
        return self.mix(joined)  # type: ignore[no-any-return]


class LocalBlock(nn.Module):
    """``x + conv(relu(norm(conv(x))))``, whose norm looks at one place only; at first it adds nothing."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        last = nn.Conv2d(channels, channels, 3, padding=1)
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False), PlaceNorm(channels), nn.ReLU(), last
        )
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)  # type: ignore[arg-type]

    def forward(self, features: Tensor) -> Tensor:
        """``[N, C, h, w]`` to the same shape."""
        return features + self.body(features)  # type: ignore[no-any-return]
