"""What the generators make of a batch, and the networks that terms may ask beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from torch import Tensor

from ...contracts.batch import Batch
from ...contracts.guidance import Guidance
from ...contracts.mended import Mended
from ...contracts.passes import Asked, Passes, shared_pass

Translate = Callable[[Tensor, Guidance], Mended]
Critic = Callable[[Tensor], Tensor]
EmbedPatches = Callable[[Tensor, Tensor, Guidance], tuple[Tensor, Tensor]]
"""From two images to unit vectors ``[L, N, P, D]`` of patches at the same places in both; the second learns nothing."""

Perceive = Callable[[Tensor], tuple[Tensor, ...]]
"""From images to a pretrained network's feature maps ``[N, C, h, w]``, early to late."""


@dataclass(frozen=True)
class Players:
    """The four networks of the game: ``mend`` is G_XY, ``spoil`` is G_YX; the critics judge domains X and Y.

    ``embed_patches`` is there if a term needs ``patches``, ``perceive`` if one needs ``features``.
    """

    mend: Translate
    spoil: Translate
    critic_x: Critic
    critic_y: Critic
    embed_patches: EmbedPatches | None = None
    perceive: Perceive | None = None


class TranslationPasses(Passes):
    """What the generators make of x and y, ``[N, 3, S, S]`` each, as ``Mended``.

    Args:
        batch: the items.
        players: the networks.
        asked: as in ``Passes``.
    """

    def __init__(self, batch: Batch, players: Players, asked: Iterable[Asked] | None = None) -> None:
        super().__init__(batch, asked)
        self.players = players

    @shared_pass()
    def fake_y(self) -> Mended:
        """``y_hat = G_XY(x)``."""
        return self.players.mend(self.x, self.batch.guidance)

    @shared_pass()
    def fake_x(self) -> Mended:
        """``x_hat = G_YX(y)``."""
        return self.players.spoil(self.y, self.batch.guidance)

    @shared_pass("fake_y")
    def cycled_x(self) -> Mended:
        """``G_YX(G_XY(x))``."""
        return self.players.spoil(self.fake_y.image, self.batch.guidance)

    @shared_pass("fake_x")
    def cycled_y(self) -> Mended:
        """``G_XY(G_YX(y))``."""
        return self.players.mend(self.fake_x.image, self.batch.guidance)

    @shared_pass()
    def same_x(self) -> Mended:
        """``G_YX(x)``: x already has the defect."""
        return self.players.spoil(self.x, self.batch.guidance)

    @shared_pass()
    def same_y(self) -> Mended:
        """``G_XY(y)``: y has nothing to mend."""
        return self.players.mend(self.y, self.batch.guidance)
