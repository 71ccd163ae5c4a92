"""What the model looked at and what it changed, as images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from torch import Tensor

from ..contracts import Transform
from ..contracts.mended import Mended
from ..contracts.photo import Image
from ..data.images import unfit_square


@dataclass(frozen=True, slots=True)
class Explanation:
    """Maps ``uint8 [H, W, 3]`` of the size of the photo; None where the model has none.

    Args:
        mask: a of the composite head: black passes, white is drawn anew.
        group_attention: M'_g, from its smallest value (violet) to its largest (yellow).
        type_attention: M'_eta, likewise.
        transforms: by name, how much each place was changed, from not at all (violet) to the most (yellow).
    """

    mask: Image | None
    group_attention: Image | None
    type_attention: Image | None
    transforms: Mapping[str, Image]

    @classmethod
    def of(cls, photo: Image, mended: Mended, transforms: Mapping[str, Transform]) -> Explanation:
        """Explain what was made of the small square of ``photo``, a batch of one."""
        mask, group, kind = (
            None if field is None else _as_photo(field, photo)
            for field in (mended.mask, mended.group_attention, mended.type_attention)
        )
        strengths = {
            name: _as_photo(transforms[name].strength(found), photo) for name, found in mended.transforms.items()
        }
        return cls(
            mask=None if mask is None else np.repeat(_grey(mask, 0, 1)[..., None], 3, axis=-1),
            group_attention=None if group is None else _coloured(group, group.min(), group.max()),
            type_attention=None if kind is None else _coloured(kind, kind.min(), kind.max()),
            transforms={name: _coloured(strength, 0, strength.max()) for name, strength in strengths.items()},
        )

    def maps(self) -> dict[str, Image]:
        """The maps that the model has, by their name; that of ``transform.flow`` is called ``flow``."""
        own = {"mask": self.mask, "group_attention": self.group_attention, "type_attention": self.type_attention}
        named = own | {name.partition(".")[2]: image for name, image in self.transforms.items()}
        return {name: image for name, image in named.items() if image is not None}


def _as_photo(field: Tensor, photo: Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """``[1, 1, h, w]`` to ``[H, W]`` of the photo."""
    return unfit_square(field[0, 0].float().numpy(), *photo.shape[:2])


def _grey(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]], low: float, high: float) -> Image:
    span = max(high - low, 1e-12)
    return ((values - low) * (255 / span)).round().clip(0, 255).astype(np.uint8)


def _coloured(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]], low: float, high: float) -> Image:
    coloured = cv2.applyColorMap(_grey(values, low, high), cv2.COLORMAP_VIRIDIS)
    return cv2.cvtColor(coloured, cv2.COLOR_BGR2RGB).astype(np.uint8)
