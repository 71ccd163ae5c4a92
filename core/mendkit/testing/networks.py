"""Stand-ins for the networks with known outputs, to test loss terms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from torch import Tensor

from ..contracts.batch import Batch
from ..contracts.guidance import Guidance
from ..contracts.mended import Mended
from ..learners.translation.passes import Players, Translate, TranslationPasses

LEARNER = "translation.gan"
"""The learner whose networks they replace: only its terms can be tested with them."""
CELL = 8
"""Side of a patch, px."""
Translation = Callable[[Tensor], Tensor]
"""From images ``[N, 3, H, W]`` to images of that shape."""


@dataclass
class Networks:
    """Mends and spoils by functions of images. ``outputs`` and ``asked_critics`` record their use.

    Patches are embedded as their pixels, and features are pixels and their means.

    Args:
        composite: whether there are a mask, a kept input and a homography, as with the composite head.
    """

    mend: Translation
    spoil: Translation
    composite: bool = True
    outputs: list[Tensor] = field(default_factory=list)
    sharpness: Tensor = field(default_factory=lambda: torch.ones((), requires_grad=True))
    """What the critics learn."""
    asked_critics: bool = False

    def passes(self, batch: Batch, needs: Sequence[str]) -> TranslationPasses:
        """The passes of ``batch`` through these networks; only what a term ``needs`` is available."""
        mend, spoil = self._translator(self.mend), self._translator(self.spoil)
        embed = _embedded if "patches" in needs else None
        perceive = _perceived if "features" in needs else None
        players = Players(mend, spoil, self._judge, self._judge, embed, perceive)
        return TranslationPasses(batch, players, [(tuple(range(len(batch))), needs)])

    def learning(self, role: str) -> list[Tensor]:
        """The tensors whose gradients the networks of a role would learn from."""
        return [self.sharpness] if role == "critics" else self.outputs

    def _translator(self, translation: Translation) -> Translate:
        def translate(images: Tensor, guidance: Guidance) -> Mended:
            image = self._leaf(translation(images.detach()))
            if not self.composite:
                return Mended(image, drawn=image)
            logits = self._leaf(torch.zeros_like(images[:, :1]))
            kept = self._leaf(images)
            transforms = {"transform.homography": self._leaf(torch.zeros(len(images), 8))}
            return Mended(image, image, logits.sigmoid(), logits, kept, transforms)

        return translate

    def _leaf(self, values: Tensor) -> Tensor:
        """``values`` as a trainable leaf."""
        self.outputs.append(values.detach().requires_grad_())
        return self.outputs[-1]

    def _judge(self, images: Tensor) -> Tensor:
        self.asked_critics = True
        return self.sharpness * F.avg_pool2d(images.mean(dim=1, keepdim=True), CELL)


def _embedded(output: Tensor, other: Tensor, guidance: Guidance) -> tuple[Tensor, Tensor]:
    queries, keys = (F.unfold(images, CELL, stride=CELL).mT[None] for images in (output, other.detach()))
    return F.normalize(queries, dim=-1), F.normalize(keys, dim=-1)


def _perceived(images: Tensor) -> tuple[Tensor, ...]:
    return images, F.avg_pool2d(images, CELL)


def unchanged(images: Tensor) -> Tensor:
    """The images themselves."""
    return images


def faded(images: Tensor) -> Tensor:
    """Images with an error everywhere."""
    return 0.8 * images + 0.1


def exactly(batch: Batch, side: Tensor) -> Translation:
    """Maps either image of a row of ``batch`` to its image in ``side``."""
    known = torch.cat([batch.x, batch.y])

    def translate(images: Tensor) -> Tensor:
        errors = (images[:, None] - known[None]).abs().flatten(2).amax(dim=2)
        return side[errors.argmin(dim=1) % len(batch)]

    return translate
