"""The matte of a product photographed on white, used to lay the product over another background.

A photo on white is ``c = a * F + (1 - a) * 255``, with the product's colour F and opacity a. Over a scene B the same
product is ``a * F + (1 - a) * B = c - (1 - a) * (255 - B)``: the matte a is enough, and F is not needed. White is taken
out of mixed pixels by this, so a product has no white fringe, as long as a is not too large there.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image

from .surround import SHADOW_WIDTH, Depth, Region, behind_product, depth_of, square, traces_of_product

Matte = NDArray[np.float32]
"""``[H, W]``, opacity of the product, 0 to 1."""


def matte_on_white(photo: Image) -> Matte:
    """The product's matte: 0 where the near-white surround reaches, 1 inside the product, soft along its outline.

    The shadow and the ringing that a photo has around a dark product are as opaque as they are dark beside it.
    """
    depth = depth_of(photo)
    side = min(depth.shape)
    behind = behind_product(depth)
    traces = traces_of_product(depth, behind)
    near, far = square(side / 128), square(side * SHADOW_WIDTH / 2)
    outline = cv2.dilate(behind | traces, near) > 0
    opacity = np.where(traces > 0, _relative(depth, far), _relative(depth, near))
    return np.where(behind > 0, 0, np.where(outline, opacity, 1)).astype(np.float32)


def lay_over(on_white: Image, matte: Matte, scene: Image) -> Image:
    """The product of ``on_white`` over ``scene``: ``c - (1 - a) * (255 - B)``. Where a is 1, it is ``on_white``."""
    return cv2.subtract(on_white, blend(np.zeros_like(scene), 255 - scene, 1 - matte)).astype(np.uint8, copy=False)


def blend(below: Image, above: Image, opacity: Matte) -> Image:
    """``(1 - a) * below + a * above``."""
    return cv2.blendLinear(below, above, 1 - opacity, opacity).astype(np.uint8, copy=False)


def _relative(depth: Depth, kernel: Region) -> Matte:
    """The depth as a share of the greatest nearby: the opacity of a pixel that is part product, part white."""
    return np.asarray(depth / np.maximum(cv2.dilate(depth, kernel), 1), np.float32)
