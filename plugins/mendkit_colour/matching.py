"""Steers the generator by the colours of references."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from mendkit.data.guidance import Exemplars

REFERENCES = "colour.references"
CODE = 64
WHITE = 0.9
"""Of a pixel in [-1, 1]: where its darkest channel is above this, it is background."""


class MatchReferences(nn.Module):
    """``features * (1 + gain) + shift``, both learnt functions of the references (FiLM, Perez et al. 2018).

    Each reference becomes a code: moments of its product's colours, and what small convolutions see. The codes of those
    that are present are averaged, weighted by how well each answers to the features (dot-product attention), so that
    neither their number nor their order matters. The last layer starts at zero, and a sample without references passes
    as it is.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.look = nn.Sequential(
            nn.Conv2d(3, 16, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        self.encode = nn.Sequential(nn.Linear(32 + 6, CODE), nn.ReLU(), nn.Linear(CODE, CODE), nn.ReLU())
        self.ask = nn.Linear(channels, CODE)
        self.film = nn.Linear(CODE, 2 * channels)
        nn.init.zeros_(self.film.weight)
        nn.init.zeros_(self.film.bias)

    def forward(self, features: Tensor, extras: Mapping[str, Exemplars]) -> Tensor:
        """Steer ``features [N, C, h, w]`` by the references ``[N, K, 3, H, W]``."""
        references = extras.get(REFERENCES)
        if references is None or not references.present.any():
            return features
        code = self._pool(features, references)
        gain, shift = self.film(code)[..., None, None].chunk(2, dim=1)
        steered = features * (1 + gain) + shift
        return torch.where(references.present.any(dim=1)[:, None, None, None], steered, features)

    def _pool(self, features: Tensor, references: Exemplars) -> Tensor:
        """The code of the references of each sample, ``[N, CODE]``; zero where there are none."""
        images, present = references
        codes = images.new_zeros(*present.shape, CODE)
        seen = images[present]
        codes[present] = self.encode(torch.cat([self.look(seen), colour_moments(seen)], dim=1))
        question = self.ask(features.mean(dim=(2, 3)))
        scores = (codes @ question[:, :, None])[..., 0] / CODE**0.5
        # Of a sample without references, the softmax is over nothing.
        weights = scores.masked_fill(~present, -torch.inf).softmax(dim=1).nan_to_num()
        pooled: Tensor = weights[:, None] @ codes
        return pooled[:, 0]


def colour_moments(images: Tensor) -> Tensor:
    """Mean and standard deviation of the colours of the products in ``images [N, 3, H, W]``, ``[N, 6]``.

    White pixels are background. Of an image that is all white, both are zero.
    """
    product = (images.amin(dim=1, keepdim=True) < WHITE).to(images.dtype)
    count = product.sum(dim=(2, 3)).clamp(min=1)
    mean = (images * product).sum(dim=(2, 3)) / count
    squares = (images - mean[:, :, None, None]).square() * product
    return torch.cat([mean, (squares.sum(dim=(2, 3)) / count).sqrt()], dim=1)
