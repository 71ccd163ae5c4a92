"""The output of the generator: the mended image and its components."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from torch import Tensor


class Mended(NamedTuple):
    """Images in ``[-1, 1]``. With the composite head, ``image = (1 - mask) * kept + mask * drawn``.

    Args:
        image: the output, ``[N, 3, H, W]``.
        drawn: the image drawn by the decoder, ``[N, 3, H, W]``.
        mask: ``[N, 1, H, W]`` in ``[0, 1]``; None with the ``regenerate`` head, which draws every pixel.
        mask_logits: the mask before the sigmoid, ``[N, 1, H, W]``; None like ``mask``.
        kept: the transformed input, which shows where the mask is zero, ``[N, 3, H, W]``; None like ``mask``.
        transforms: the parameters of each transform of the model, in the order of application; zero for items
            whose task does not have it.
        group_attention: M'_g of the site ``encoded``, ``[N, 1, h, w]``; None if g is switched off.
        type_attention: M'_eta of the site ``middle``, ``[N, 1, h, w]``; None if eta is switched off.
        gain: ``[N, 3, H, W]``, of a head whose ``drawn`` is ``gain * kept + shift``, clipped; or None.
        shift: likewise.
    """

    image: Tensor
    drawn: Tensor
    mask: Tensor | None = None
    mask_logits: Tensor | None = None
    kept: Tensor | None = None
    transforms: Mapping[str, Tensor] = MappingProxyType({})
    group_attention: Tensor | None = None
    type_attention: Tensor | None = None
    gain: Tensor | None = None
    shift: Tensor | None = None

    def row(self, number: int) -> Mended:
        """That of one item, as a batch of one."""
        return self.map(lambda field: field[number : number + 1])

    def map(self, function: Callable[[Tensor], Tensor]) -> Mended:
        """The same with ``function`` applied to each tensor that is not None."""

        def mapped(field: Any) -> Any:
            if isinstance(field, Mapping):
                return {name: function(tensor) for name, tensor in field.items()}
            return None if field is None else function(field)

        return Mended._make(mapped(field) for field in self)
