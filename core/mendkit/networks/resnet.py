"""The paper's generator: convolutions that halve twice, residual blocks, and convolutions that double twice."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn

from ..config import ModelConfig
from ..contracts.components import Head
from ..contracts.guidance import Guidance
from ..contracts.view import FeatureInfo, Layout, View
from .blocks import ResidualBlock, convolution, upsampling
from .generator import Generator
from .transforms.chain import Part


def resnet_layout(width: int) -> Layout:
    """The features of a generator of that width."""
    bottleneck = FeatureInfo(4 * width, 4)
    return Layout(
        encoder=(FeatureInfo(width, 1), FeatureInfo(2 * width, 2), bottleneck),
        bottleneck=bottleneck,
        sites={"encoded": bottleneck, "middle": bottleneck, "decoded": FeatureInfo(width, 1)},
    )


def default_blocks(size: int) -> int:
    """Residual blocks for a model of ``size`` px: 9 from 256 px, 6 below (Zhu et al. 2017)."""
    return 9 if size >= 256 else 6


class ResNetGenerator(Generator):
    """c7s1-w, d2w, d4w, R4w x blocks, u2w, uw, then a head (Johnson et al. 2016), w = ``config.width``.

    It takes images whose height and width are multiples of 4.

    Args:
        config, tasks, head, transforms: as in ``Generator``.
        blocks: number of residual blocks.
        composes: as in ``Generator``; the decoder then sees the encoder's features as well.
    """

    def __init__(
        self,
        config: ModelConfig,
        blocks: int,
        tasks: Sequence[str],
        head: Head,
        *,
        composes: bool,
        transforms: Sequence[Part] = (),
    ) -> None:
        width, bottleneck = config.width, 4 * config.width
        super().__init__(config, tasks, resnet_layout(width), head, composes=composes, transforms=transforms)
        self.stem = convolution(3, width, 7)
        self.down_half = convolution(width, 2 * width, 3, stride=2)
        self.down_quarter = convolution(2 * width, bottleneck, 3, stride=2)
        self.first_half = nn.Sequential(*(ResidualBlock(bottleneck) for _ in range(blocks // 2)))
        self.second_half = nn.Sequential(*(ResidualBlock(bottleneck) for _ in range(blocks - blocks // 2)))
        # What is kept of the input shows its detail, so what is drawn beside it must have the same.
        kernel = 4 if composes else 3
        self.up_half = upsampling(bottleneck, 2 * width, kernel)
        self.up_full = upsampling(2 * width, width, kernel)

    def encode(self, images: Tensor) -> tuple[Tensor, ...]:
        """At full, half and a quarter of the resolution."""
        full = self.stem(images)
        half = self.down_half(full)
        return full, half, self.down_quarter(half)

    def to_encoded(self, view: View) -> Tensor:
        """The encoder's last."""
        return view.encoder[-1]

    def to_middle(self, view: View) -> Tensor:
        """After half of the residual blocks."""
        return self.first_half(view.sites["encoded"])  # type: ignore[no-any-return]

    def to_bottleneck(self, view: View) -> Tensor:
        """After the other half."""
        return self.second_half(view.sites["middle"])  # type: ignore[no-any-return]

    def to_decoded(self, view: View, task: Tensor) -> Tensor:
        """After both convolutions that double."""
        full, half, _ = view.encoder
        raised = self.up_half(view.bottleneck)
        raised = self.up_full(raised + half if self.composes else raised)
        return raised + full if self.composes else raised  # type: ignore[no-any-return]

    @property
    def feature_channels(self) -> tuple[int, ...]:
        """The channels of ``features``."""
        width = self.layout.encoder[0].channels
        return 3, 2 * width, 4 * width, 4 * width, 4 * width

    def features(self, images: Tensor, guidance: Guidance) -> tuple[Tensor, ...]:
        """Five layers from the pixels to the middle, by which patches are compared (like those of Park et al. 2020)."""
        view, _ = self._encode(images, guidance)
        encoded = view.sites["encoded"]
        first = self.first_half[0](encoded)
        return images, view.encoder[1], encoded, first, self.first_half[1:](first)
