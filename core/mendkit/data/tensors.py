"""From images and truths to tensors, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..contracts.batch import Truths, to_unit
from ..contracts.photo import Image
from ..errors import FailingPluginError
from .sampling import Item


def stack(images: Sequence[Image]) -> Tensor:
    """``uint8 [H, W, 3]`` images to one such tensor ``[N, 3, H, W]``, in the fastest layout for convolutions."""
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2)


def to_tensor(images: Sequence[Image]) -> Tensor:
    """``uint8 [H, W, 3]`` images to one float tensor ``[N, 3, H, W]`` in [-1, 1]."""
    return to_unit(stack(images))


def stack_truths(items: Sequence[Item]) -> dict[str, Truths]:
    """The truths of the items, by name; a name that no item has is missing.

    Raises:
        FailingPluginError: two synthesizers give truths with the same name but different shapes.
    """
    known = [item.pair.known for item in items]
    names = sorted({name for own in known for name in own})
    return {name: _stacked(name, [own.get(name) for own in known], items) for name in names}


def _stacked(name: str, known: Sequence[NDArray[Any] | None], items: Sequence[Item]) -> Truths:
    shapes = {truth.shape: item.synthesizer for truth, item in zip(known, items, strict=True) if truth is not None}
    if len(shapes) > 1:
        found = " and ".join(f"{list(shape)} by {maker}" for shape, maker in shapes.items())
        raise FailingPluginError(f"truth {name!r} has two shapes: {found}; rename one of them")
    return Truths.of(known)


def to_images(tensor: Tensor) -> list[Image]:
    """A float tensor ``[N, 3, H, W]`` in [-1, 1] to ``uint8 [H, W, 3]`` images."""
    scaled = tensor.detach().clamp(-1, 1).add(1).mul(127.5).round().byte()
    return list(scaled.permute(0, 2, 3, 1).cpu().numpy())
