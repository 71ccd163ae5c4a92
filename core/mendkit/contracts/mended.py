"""The output of the generator: the mended image and its components."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor


class Mended(NamedTuple):
    """Images in ``[-1, 1]``. With the composite head, ``image = (1 - mask) * transform(x) + mask * drawn``.

    Args:
        image: the output, ``[N, 3, H, W]``.
        drawn: the image drawn by the decoder, ``[N, 3, H, W]``.
        mask: ``[N, 1, H, W]`` in ``[0, 1]``; None with the ``regenerate`` head, which draws every pixel.
        mask_logits: the mask before the sigmoid, ``[N, 1, H, W]``; None like ``mask``.
        flow: offsets ``[N, 2, H, W]`` (x, y) in units where the image spans ``[-1, 1]``; None if
            no task of the model is geometric.
        tone: a bilateral grid of colour changes ``[N, 12, D, h, w]``, see ``tone``; None if no task of
            the model is tonal.
        group_attention: M'_g of the site ``encoded``, ``[N, 1, h, w]``; None if g is switched off.
        type_attention: M'_eta of the site ``middle``, ``[N, 1, h, w]``; None if eta is switched off.
    """

    image: Tensor
    drawn: Tensor
    mask: Tensor | None = None
    mask_logits: Tensor | None = None
    flow: Tensor | None = None
    tone: Tensor | None = None
    group_attention: Tensor | None = None
    type_attention: Tensor | None = None

    def map(self, function: Callable[[Tensor], Tensor]) -> Mended:
        """The same with ``function`` applied to each tensor that is not None."""
        return Mended._make(None if field is None else function(field) for field in self)
