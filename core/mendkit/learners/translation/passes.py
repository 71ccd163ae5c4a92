"""The generator passes of one step, each computed when a term first asks for it, and then shared by all terms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from ...contracts.batch import Batch
from ...contracts.guidance import Guidance
from ...contracts.mended import Mended

Translate = Callable[[Tensor, Guidance], Mended]
Critic = Callable[[Tensor], Tensor]
EmbedPatches = Callable[[Tensor, Tensor, Guidance], tuple[Tensor, Tensor]]
"""From two images to unit vectors ``[L, N, P, D]`` of patches at the same places in both; the second learns nothing."""

Perceive = Callable[[Tensor], tuple[Tensor, ...]]
"""From images to a pretrained network's feature maps ``[N, C, h, w]``, early to late."""


@dataclass(frozen=True)
class Players:
    """The four networks of the game: ``mend`` is G_XY, ``spoil`` is G_YX; the critics judge domains X and Y.

    ``embed_patches`` is there if a term compares patches, ``perceive`` if one compares features.
    """

    mend: Translate
    spoil: Translate
    critic_x: Critic
    critic_y: Critic
    embed_patches: EmbedPatches | None = None
    perceive: Perceive | None = None


class Passes:
    """What the networks make of a batch, each computed when it is first asked for, and then shared by all terms.

    Args:
        batch: the samples.
        players: the networks.
    """

    def __init__(self, batch: Batch, players: Players) -> None:
        self.batch = batch
        self.players = players
        self._parts: dict[tuple[int, ...], Passes] = {}

    @property
    def x(self) -> Tensor:
        """The images with the defect, ``[N, 3, S, S]``."""
        return self.batch.x

    @property
    def y(self) -> Tensor:
        """The images without it, ``[N, 3, S, S]``."""
        return self.batch.y

    @cached_property
    def fake_y(self) -> Mended:
        """``y_hat = G_XY(x)``."""
        return self.players.mend(self.x, self.batch.guidance)

    @cached_property
    def fake_x(self) -> Mended:
        """``x_hat = G_YX(y)``."""
        return self.players.spoil(self.y, self.batch.guidance)

    @cached_property
    def cycled_x(self) -> Mended:
        """``G_YX(G_XY(x))``."""
        return self.players.spoil(self.fake_y.image, self.batch.guidance)

    @cached_property
    def cycled_y(self) -> Mended:
        """``G_XY(G_YX(y))``."""
        return self.players.mend(self.fake_x.image, self.batch.guidance)

    @cached_property
    def same_x(self) -> Mended:
        """``G_YX(x)``: x already has the defect."""
        return self.players.spoil(self.x, self.batch.guidance)

    @cached_property
    def same_y(self) -> Mended:
        """``G_XY(y)``: y has nothing to mend."""
        return self.players.mend(self.y, self.batch.guidance)

    def select(self, mask: Tensor) -> Passes:
        """The passes of the samples where ``mask`` [N] (bool) is true; they share what is already computed."""
        rows = mask.nonzero().flatten()
        if len(rows) == len(self.batch):
            return self
        key = tuple(rows.tolist())
        if key not in self._parts:
            self._parts[key] = self._part(rows)
        return self._parts[key]

    def _part(self, rows: Tensor) -> Passes:
        part = Passes(self.batch.select(rows), self.players)
        for name, value in vars(self).items():
            if isinstance(value, Mended):
                part.__dict__[name] = value.map(lambda field: field[rows])
        return part


def per_sample(error: Tensor) -> Tensor:
    """The mean of ``error [N, ...]`` over all but its first dimension, ``[N]``."""
    return torch.flatten(error, start_dim=1).mean(dim=1)
