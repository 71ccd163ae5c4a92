"""From what the model made of a small square to the photo at its full size.

The model sees ``fit_square(photo, S)``. With the composite head its result is a mask a, parameters of transforms and a
drawn image, and the full-size output is ``(1 - a) * transformed(photo) + a * drawn`` with a and drawn enlarged: what
the mask leaves out keeps every pixel of the photo, what is moved or toned keeps its sharpness, and only what is drawn
has the model's own resolution.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import cv2
import numpy as np
from torch import Tensor

from ..contracts import Transform
from ..contracts.layer import Layer
from ..contracts.mended import Mended
from ..contracts.photo import Floats, Image
from ..data.enlarged import Enlarged, PhotoLayer, channels_last
from ..data.extras import Stacks
from ..data.images import fit_square
from ..data.tensors import to_images, to_tensor
from ..model import Model
from ..networks.calling import called
from .guided import guided_coefficients

STRIP_PIXELS = 2**18
"""A photo is mended strip by strip, so that a large one needs little memory beside its own pixels."""
AT_FULL_SIZE = " at full size"
TRUSTED = 0.1
"""Where the mask is below this, nothing in training held the drawn image to anything."""


def mend_full_size(photo: Image, mended: Mended, transforms: Mapping[str, Transform]) -> Image:
    """Mend the photo as the model mended its small square.

    Where the model's mask is 0 in the neighbourhood, and nothing is transformed, pixels are those of ``photo``, byte
    for byte.
    Without a mask (``regenerate`` head) the output is the drawn image, enlarged: it has the detail of the small square.

    Args:
        photo: ``[H, W, 3]``.
        mended: what the model returned for ``fit_square(photo, S)``, a batch of one.
        transforms: those of the model, by name.

    Raises:
        MendkitError: a transform cannot be applied to a photo of this size.
    """
    if mended.mask is None or mended.kept is None:
        layers: Layer = _Drawn(photo, mended)
    else:
        layers = _Composite(_transformed(photo, mended, transforms), mended)
    height, width = photo.shape[:2]
    step = max(1, STRIP_PIXELS // max(height, width))
    output = np.empty_like(photo)
    for start in range(0, height, step):
        stop = min(start + step, height)
        output[start:stop] = layers.rows(start, stop)
    return output


class FullSizeModel:
    """A model that takes photos of any size, and mends each as ``Corrector`` does; for evaluations.

    Args:
        model: mends their small squares.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self.tasks, self.size, self.device = model.tasks, model.size, model.device
        self.zoomed = model.zoomed
        self.images_seen, self.learned_from = model.images_seen, model.learned_from

    def mend(self, images: Tensor, tasks: Sequence[str], stacks: Sequence[Stacks] = ()) -> Mended:
        """Mend ``images [N, 3, H, W]`` in [-1, 1], rounded as a file would have them; arguments as of ``Model.mend``.

        The tasks must all be local, or none.

        What the output was composed of is that of the small squares.
        """
        photos = to_images(images)
        sides = map(self._model.side, tasks)
        squares = [fit_square(photo, side) for photo, side in zip(photos, sides, strict=True)]
        small = self._model.mend(to_tensor(squares), tasks, stacks)
        full = [mend_full_size(photo, small.row(row), self._model.transforms) for row, photo in enumerate(photos)]
        return small._replace(image=to_tensor(full))


class _Drawn:
    """The drawn image alone."""

    def __init__(self, photo: Image, mended: Mended) -> None:
        self.height, self.width = photo.shape[:2]
        self._drawn = Enlarged(_unit_range(mended.drawn), self.height, self.width)

    def rows(self, start: int, stop: int) -> Image:
        return _as_bytes(self._drawn.rows(start, stop) * 255)


class _Composite:
    """What is kept or drawn, by the mask, which follows the edges of what is kept.

    Args:
        kept: the photo, transformed.
        mended: what the model made of its square.
    """

    def __init__(self, kept: Layer, mended: Mended) -> None:
        assert mended.mask is not None and mended.kept is not None
        self.height, self.width = size = kept.height, kept.width
        mask, small = channels_last(mended.mask)[..., 0], mended.kept
        self._kept = kept
        self._drawn = _drawing(mended, mask, size)
        self._line = Enlarged(guided_coefficients(_unit_range(small), mask), *size, interpolation=cv2.INTER_LINEAR)
        self._bounds = Enlarged(_neighbourhood(mask), *size, interpolation=cv2.INTER_LINEAR)

    def rows(self, start: int, stop: int) -> Image:
        kept = self._kept.rows(start, stop)
        lowest, highest = np.moveaxis(self._bounds.rows(start, stop), -1, 0)
        if not highest.any():
            return kept
        line = self._line.rows(start, stop)
        mask = ((line[..., :3] * kept).sum(axis=-1) / 255 + line[..., 3]).clip(lowest, highest)[..., None]
        return _as_bytes(kept + mask * (self._drawn(kept, start, stop).clip(0, 1) * 255 - kept))


Drawing = Callable[[Image, int, int], Floats]
"""What is drawn over kept rows, from a first to before a last one, ``[rows, W, 3]`` in about [0, 1]."""


def _drawing(mended: Mended, mask: Floats, size: tuple[int, int]) -> Drawing:
    if mended.gain is None or mended.shift is None:
        drawn = Enlarged(_spread(_unit_range(mended.drawn), mask), *size)
        return lambda kept, start, stop: drawn.rows(start, stop)
    parts = (mended.gain, (mended.shift - mended.gain + 1) / 2)  # from [-1, 1] to [0, 1]
    gain, shift = (
        Enlarged(_spread(channels_last(part), mask), *size, interpolation=cv2.INTER_LINEAR) for part in parts
    )

    def drawn_over(kept: Image, start: int, stop: int) -> Floats:
        drawn = gain.rows(start, stop) * (kept / np.float32(255)) + shift.rows(start, stop)
        return np.asarray(drawn, np.float32)

    return drawn_over


def _transformed(photo: Image, mended: Mended, transforms: Mapping[str, Transform]) -> Layer:
    """The photo, transformed as its small square was."""
    layer: Layer = PhotoLayer(photo)
    for name, parameters in mended.transforms.items():
        if parameters.any():
            layer = _Named(name, transforms[name].at_full_size, layer, parameters)
    return layer


class _Named:
    """A transformed layer whose failures name the transform."""

    def __init__(
        self, name: str, transform: Callable[[Layer, Tensor], Layer], layer: Layer, parameters: Tensor
    ) -> None:
        self.height, self.width, self._name = layer.height, layer.width, f"the transform {name}"
        self._layer = called(self._name, transform, layer, parameters, then=AT_FULL_SIZE)

    def rows(self, start: int, stop: int) -> Image:
        return called(self._name, self._layer.rows, start, stop, then=AT_FULL_SIZE)


def _spread(drawn: Floats, mask: Floats) -> Floats:
    """Replace what was not trained, outside the mask, by what was drawn nearby.

    Otherwise it would bleed across the mask's edge when the image is enlarged.
    """
    weight = mask[..., None]
    nearby, total = (cv2.GaussianBlur(values, (9, 9), 1.0) for values in (drawn * weight, mask))
    filled = np.where(total[..., None] > 0, nearby / np.maximum(total, 1e-12)[..., None], drawn)
    trust = np.minimum(weight / TRUSTED, 1)
    return np.asarray(trust * drawn + (1 - trust) * filled, np.float32)


def _neighbourhood(mask: Floats) -> Floats:
    """The least and the greatest value of the mask around each pixel, ``[S, S, 2]``.

    The refined mask stays between them: exact zeros and ones stay so, and colours far from an edge change nothing.
    """
    window = np.ones((3, 3), np.uint8)
    return np.stack([cv2.erode(mask, window), cv2.dilate(mask, window)], axis=-1).astype(np.float32)


def _unit_range(image: Tensor) -> Floats:
    """``[1, 3, S, S]`` in [-1, 1] to ``[S, S, 3]`` in [0, 1]."""
    return channels_last(image / 2 + 0.5)


def _as_bytes(values: Floats) -> Image:
    return values.round().clip(0, 255).astype(np.uint8)
