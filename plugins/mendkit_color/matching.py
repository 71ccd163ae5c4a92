"""Steers the generator by the colors of references."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from mendkit.contracts.guidance import Exemplars
from mendkit.contracts.view import Layout, View
from mendkit_registry.specs import Site

PHOTO, REFERENCES = "color.photo", "color.references"
CODE = 64
WHITE = 0.9
"""Of a pixel in [-1, 1]: where its darkest channel is above this, it is background."""
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""The colors of a product are told by these, of each channel."""


class MatchReferences(nn.Module):
    """``features * (1 + gain) + shift``, both learnt functions of the references (FiLM, Perez et al. 2018).

    Each reference becomes a code: the quantiles of its product's colors, how far they are from those of the photo, as
    in histogram matching, and what small convolutions see. The codes of those that are present are averaged, weighted
    by how well each answers to the features (dot-product attention), so that neither their number nor their order
    matters. The last layer starts at zero, and a sample without references passes as it is.
    """

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        channels = layout.sites["decoded"].channels
        self.look = nn.Sequential(
            nn.Conv2d(3, 16, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        told = 32 + 2 * 3 * len(QUANTILES)
        self.encode = nn.Sequential(nn.Linear(told, CODE), nn.ReLU(), nn.Linear(CODE, CODE), nn.ReLU())
        self.ask = nn.Linear(channels, CODE)
        self.film = nn.Linear(CODE, 2 * channels)
        nn.init.zeros_(self.film.weight)
        nn.init.zeros_(self.film.bias)

    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        """Steer ``features [N, C, h, w]`` by the references ``[N, K, 3, H, W]`` of photos ``[N, 1, 3, H, W]``."""
        extras = view.extras
        if PHOTO not in extras or REFERENCES not in extras:
            return features
        photo = extras[PHOTO]
        present = extras[REFERENCES].present & photo.present.any(dim=1, keepdim=True)
        if not present.numel() or not photo.present.numel():
            return features
        code = self._pool(features, photo.images[:, 0], Exemplars(extras[REFERENCES].images, present))
        gain, shift = self.film(code)[..., None, None].chunk(2, dim=1)
        steered = features * (1 + gain) + shift
        return torch.where(present.any(dim=1)[:, None, None, None], steered, features)

    def _pool(self, features: Tensor, photos: Tensor, references: Exemplars) -> Tensor:
        """The code of the references of each sample, ``[N, CODE]``; zero where there are none."""
        images, present = references
        # All places are seen, also empty ones: to pick the others, the host would have to wait for the device.
        seen, own = images.flatten(0, 1), color_quantiles(photos).repeat_interleave(images.shape[1], dim=0)
        colors = color_quantiles(seen)
        codes = self.encode(torch.cat([self.look(seen), colors, colors - own], dim=1)).unflatten(0, present.shape)
        question = self.ask(features.mean(dim=(2, 3)))
        scores = (codes @ question[:, :, None])[..., 0] / CODE**0.5
        # Of a sample without references, the softmax is over nothing.
        weights = scores.masked_fill(~present, -torch.inf).softmax(dim=1).nan_to_num()
        pooled: Tensor = weights[:, None] @ codes
        return pooled[:, 0]


def color_quantiles(images: Tensor) -> Tensor:
    """``QUANTILES`` of the colors of the products in ``images [N, 3, H, W]``, by channel, ``[N, 3 * 5]``.

    White pixels are background. Of an image that is all white, all are zero.
    """
    white = images.amin(dim=1, keepdim=True) >= WHITE
    products = images.masked_fill(white, torch.nan).flatten(start_dim=2).float()
    quantiles = products.nanquantile(products.new_tensor(QUANTILES), dim=2)  # [5, N, 3]
    return quantiles.permute(1, 2, 0).flatten(start_dim=1).nan_to_num().to(images.dtype)
