"""The generator: a ResNet encoder and decoder that is told the group after encoding and the type in the middle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import torch
from torch import Tensor, nn

from mendkit_registry.specs import Site

from ..config import ModelConfig
from ..contracts.guidance import Guidance, LabelTable
from ..contracts.mended import Mended
from .blocks import ResidualBlock, convolution, upsampling
from .conditioning import GatedAttention, HierarchicalAttention, SiteConditioners
from .heads import CompositeHead, RegenerateHead, Trunk
from .toning import ToneHead

SITES: tuple[Site, ...] = get_args(Site)
HEADS = {"composite": CompositeHead, "regenerate": RegenerateHead}
ATTENTION = {"composite": GatedAttention, "regenerate": HierarchicalAttention}


def channels_at(site: Site, width: int) -> int:
    """The channels of the features at a site."""
    return width if site == "decoded" else 4 * width


def default_blocks(size: int) -> int:
    """Residual blocks for a model of ``size`` px: 9 from 256 px, 6 below (Zhu et al. 2017)."""
    return 9 if size >= 256 else 6


class Generator(nn.Module):
    """c7s1-w, d2w, d4w, R4w x blocks, u2w, uw, then a head (Johnson et al. 2016), w = ``config.width``.

    Args:
        config: the networks.
        blocks: number of residual blocks.
        tasks: names of all tasks; the table's rows follow their order.
        geometric: those of ``tasks`` that may move pixels.
        tonal: those that change colours.
    """

    group_of_task: Tensor
    moves: Tensor
    tones: Tensor

    def __init__(
        self,
        config: ModelConfig,
        blocks: int,
        tasks: Sequence[str],
        geometric: Sequence[str] = (),
        tonal: Sequence[str] = (),
    ) -> None:
        super().__init__()
        width, bottleneck, attention = config.width, 4 * config.width, ATTENTION[config.head]
        self.groups = LabelTable(sorted({group_of(task) for task in tasks}))
        self.types = LabelTable(tasks)
        self.geometric = frozenset(geometric)
        self.tonal = frozenset(tonal)
        # Per task, in the order of its rows; made anew with each model, and so not stored.
        groups = self.groups.rows([group_of(task) for task in tasks])
        self.register_buffer("group_of_task", groups, persistent=False)
        for name, trait in (("moves", self.geometric), ("tones", self.tonal)):
            self.register_buffer(name, torch.tensor([task in trait for task in tasks]), persistent=False)
        self.feature_channels = (3, 2 * width, bottleneck, bottleneck, bottleneck)
        self.stem = convolution(3, width, 7)
        self.down_half = convolution(width, 2 * width, 3, stride=2)
        self.down_quarter = convolution(2 * width, bottleneck, 3, stride=2)
        self.group_attention = attention(len(self.groups), bottleneck) if config.group_label else None
        self.first_half = nn.Sequential(*(ResidualBlock(bottleneck) for _ in range(blocks // 2)))
        self.type_attention = attention(len(self.types), bottleneck) if config.type_label else None
        self.second_half = nn.Sequential(*(ResidualBlock(bottleneck) for _ in range(blocks - blocks // 2)))
        # What is mended must keep the detail around it, so the composite head's decoder sees the encoder's features.
        self.skips = config.head == "composite"
        kernel = 4 if self.skips else 3
        self.up_half = upsampling(bottleneck, 2 * width, kernel)
        self.up_full = upsampling(2 * width, width, kernel)
        self.head = HEADS[config.head](width, bottleneck)
        self.apply(_initialise)
        if tonal and isinstance(self.head, CompositeHead):
            # Afterwards: in front of no norm, weights must not be that small.
            self.head.tone = ToneHead(width)
        self.conditioners = nn.ModuleDict({site: SiteConditioners([]) for site in SITES})

    def forward(self, images: Tensor, guidance: Guidance) -> Mended:
        """Mend ``images [N, 3, H, W]`` in [-1, 1], H and W multiples of 4, each as ``guidance`` says."""
        full = self.stem(images)
        half = self.down_half(full)
        encoded, group_map = self._encode(half, guidance)
        middle, type_map = self._attend(self.type_attention, self.first_half(encoded), guidance.task)
        middle = self.second_half(self.conditioners["middle"](middle, guidance))
        decoded = self.conditioners["decoded"](self._decode(middle, half, full), guidance)
        moves = self.moves[guidance.task] if self.geometric else None
        tones = self.tones[guidance.task] if self.tonal else None
        mended: Mended = self.head(Trunk(images, middle, decoded, moves, tones))
        return mended._replace(group_attention=group_map, type_attention=type_map)

    def features(self, images: Tensor, guidance: Guidance) -> tuple[Tensor, ...]:
        """Five layers from the pixels to the middle, by which patches are compared (like those of Park et al. 2020)."""
        half = self.down_half(self.stem(images))
        encoded, _ = self._encode(half, guidance)
        first = self.first_half[0](encoded)
        return images, half, encoded, first, self.first_half[1:](first)

    def _encode(self, half: Tensor, guidance: Guidance) -> tuple[Tensor, Tensor | None]:
        """The bottleneck's features, told the group, and M'_g."""
        rows = self.group_of_task[guidance.task]
        encoded, attention = self._attend(self.group_attention, self.down_quarter(half), rows)
        return self.conditioners["encoded"](encoded, guidance), attention

    def _decode(self, middle: Tensor, half: Tensor, full: Tensor) -> Tensor:
        raised = self.up_half(middle)
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


def _initialise(module: nn.Module) -> None:
    """Convolutions from N(0, 0.02), as in CycleGAN, unless they were set to zero on purpose."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d) and module.weight.any():
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
