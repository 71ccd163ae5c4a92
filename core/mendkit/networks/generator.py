"""The generator: a ResNet encoder and decoder that is told the group after encoding and the type in the middle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import get_args

from torch import Tensor, nn

from mendkit_registry.specs import Site

from ..config import ModelConfig
from ..contracts.components import Head
from ..contracts.guidance import Guidance, LabelTable
from ..contracts.mended import Mended
from ..contracts.view import FeatureInfo, Layout, Trunk, View
from .blocks import ResidualBlock, convolution, initialise, upsampling
from .conditioning import Conditioners, GatedAttention, HierarchicalAttention
from .transforms.chain import Part, TransformChain

SITES: tuple[Site, ...] = get_args(Site)


def layout(width: int) -> Layout:
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


class Generator(nn.Module):
    """c7s1-w, d2w, d4w, R4w x blocks, u2w, uw, then a head (Johnson et al. 2016), w = ``config.width``.

    Args:
        config: the networks.
        blocks: number of residual blocks.
        tasks: names of all tasks; the table's rows follow their order.
        head: makes the output.
        composes: whether the output keeps parts of the input. Attention is then gated, and the decoder sees the
            encoder's features.
        transforms: what the input goes through before parts of it are kept.
    """

    group_of_task: Tensor

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
        super().__init__()
        width, bottleneck = config.width, 4 * config.width
        attention = GatedAttention if composes else HierarchicalAttention
        self.layout = layout(width)
        self.groups = LabelTable(sorted({group_of(task) for task in tasks}))
        self.types = LabelTable(tasks)
        # Made anew with each model, and so not stored.
        groups = self.groups.rows([group_of(task) for task in tasks])
        self.register_buffer("group_of_task", groups, persistent=False)
        self.feature_channels = (3, 2 * width, bottleneck, bottleneck, bottleneck)
        self.stem = convolution(3, width, 7)
        self.down_half = convolution(width, 2 * width, 3, stride=2)
        self.down_quarter = convolution(2 * width, bottleneck, 3, stride=2)
        self.group_attention = attention(len(self.groups), bottleneck) if config.group_label else None
        self.first_half = nn.Sequential(*(ResidualBlock(bottleneck) for _ in range(blocks // 2)))
        self.type_attention = attention(len(self.types), bottleneck) if config.type_label else None
        self.second_half = nn.Sequential(*(ResidualBlock(bottleneck) for _ in range(blocks - blocks // 2)))
        # What is kept of the input shows its detail, so what is drawn beside it must have the same.
        self.skips = composes
        kernel = 4 if self.skips else 3
        self.up_half = upsampling(bottleneck, 2 * width, kernel)
        self.up_full = upsampling(2 * width, width, kernel)
        self.head = head
        self.apply(initialise)
        self.transforms = TransformChain(transforms, len(tasks), self.layout)
        self.conditioners = Conditioners()

    def forward(self, images: Tensor, guidance: Guidance) -> Mended:
        """Mend ``images [N, 3, H, W]`` in [-1, 1], H and W multiples of 4, each as ``guidance`` says."""
        view, group_map = self._encode(images, guidance)
        middle, type_map = self._attend(self.type_attention, self.first_half(view.sites["encoded"]), guidance.task)
        view = self._steer("middle", middle, view, guidance)
        view = replace(view, bottleneck=self.second_half(view.sites["middle"]))
        decoded = self._decode(view)
        view = self._steer("decoded", decoded, view, guidance)
        kept, transforms = self.transforms(view, guidance.task)
        mended: Mended = self.head(Trunk(images, kept, view.sites["decoded"]))
        return mended._replace(transforms=transforms, group_attention=group_map, type_attention=type_map)

    def features(self, images: Tensor, guidance: Guidance) -> tuple[Tensor, ...]:
        """Five layers from the pixels to the middle, by which patches are compared (like those of Park et al. 2020)."""
        view, _ = self._encode(images, guidance)
        encoded = view.sites["encoded"]
        first = self.first_half[0](encoded)
        return images, view.encoder[1], encoded, first, self.first_half[1:](first)

    def _encode(self, images: Tensor, guidance: Guidance) -> tuple[View, Tensor | None]:
        """The view of the images after the encoder, which is told the group, and M'_g."""
        full = self.stem(images)
        half = self.down_half(full)
        quarter = self.down_quarter(half)
        rows = self.group_of_task[guidance.task]
        encoded, attention = self._attend(self.group_attention, quarter, rows)
        view = View(images, (full, half, quarter), extras=guidance.extras)
        return self._steer("encoded", encoded, view, guidance), attention

    def _steer(self, site: Site, features: Tensor, view: View, guidance: Guidance) -> View:
        return view.passed(site, self.conditioners(features, site, view, guidance))

    def _decode(self, view: View) -> Tensor:
        full, half, _ = view.encoder
        raised = self.up_half(view.bottleneck)
        raised = self.up_full(raised + half if self.skips else raised)
        return raised + full if self.skips else raised  # type: ignore[no-any-return]

    @staticmethod
    def _attend(
        attention: HierarchicalAttention | None, features: Tensor, rows: Tensor
    ) -> tuple[Tensor, Tensor | None]:
        if attention is None:
            return features, None
        attended: tuple[Tensor, Tensor] = attention(features, rows)
        return attended


def group_of(task: str) -> str:
    """The group's name in a task's name."""
    return task.partition(".")[0]
