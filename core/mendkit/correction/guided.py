"""The fast guided filter: a small mask follows the edges of the large photo that it belongs to."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

RADIUS = 2
"""Half the side of the filter's window, in pixels of the mask."""
SMOOTHNESS = 1e-4
"""He's epsilon: a change of the guide of less than its root, 1 % of full scale, is no edge."""


def guided_coefficients(guide: Floats, mask: Floats, *, radius: int = RADIUS, eps: float = SMOOTHNESS) -> Floats:
    """The local linear model of the mask in the colours of its guide (He et al. 2010, Eq. 19 to 21).

    ``a = (cov(I) + eps)^-1 cov(I, p)`` and ``b = mean(p) - a . mean(I)`` in each window, both averaged over the windows
    that hold a pixel. The mask is then ``a . I + b``, also with a larger I and enlarged a and b: as they vary slowly, the
    large mask has the edges of the large photo (He and Sun 2015).

    Args:
        guide: I, ``[S, S, 3]`` in [0, 1].
        mask: p, ``[S, S]`` in [0, 1].

    Returns:
        ``[S, S, 4]``: the three values of a, then b.
    """
    mean_guide, mean_mask = _mean(guide, radius), _mean(mask, radius)
    outer = (guide[..., :, None] * guide[..., None, :]).reshape(*mask.shape, 9)
    outer_of_means = mean_guide[..., :, None] * mean_guide[..., None, :]
    variance = _mean(outer, radius).reshape(*mask.shape, 3, 3) - outer_of_means + eps * np.eye(3, dtype=np.float32)
    covariance = _mean(guide * mask[..., None], radius) - mean_guide * mean_mask[..., None]
    a = np.linalg.solve(variance, covariance[..., None])[..., 0]
    b = mean_mask - (a * mean_guide).sum(axis=-1)
    return _mean(np.concatenate([a, b[..., None]], axis=-1).astype(np.float32), radius)


def _mean(values: Floats, radius: int) -> Floats:
    side = 2 * radius + 1
    return cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT)  # type: ignore[return-value]
