"""The fast guided filter: a small mask follows the edges of the large photo that it belongs to."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ..contracts.photo import Floats

RADIUS = 1
"""Half the side of the filter's window, in pixels of the mask. Wider windows hold more colours than a line explains."""
SMOOTHNESS = 1e-5
"""He's epsilon: a change of the guide of less than its root, about one grey level, is no edge."""


def guided_coefficients(guide: Floats, mask: Floats, *, radius: int = RADIUS, eps: float = SMOOTHNESS) -> Floats:
    """The local linear model of a mask in the colours of its guide, to be enlarged and applied to a larger guide.

    ``a = (cov(I) + eps)^-1 cov(I, p)`` in the window around each pixel (He et al. 2010, Eq. 19). Coefficients vary
    slowly, so they can be computed small and applied large (He and Sun 2015). Unlike theirs, a is not averaged over
    neighbouring windows, which would dull an edge, and the offset ``b = p - a . I`` is exact at each small pixel: the
    small guide gives the small mask back, and a larger one adds only its edges.

    Args:
        guide: I, ``[S, S, 3]`` in [0, 1].
        mask: p, ``[S, S]`` in [0, 1].

    Returns:
        ``[S, S, 4]``: the three values of a, then b; the mask is ``a . I + b``.
    """
    mean_guide, mean_mask = _mean(guide, radius), _mean(mask, radius)
    outer = _mean((guide[..., :, None] * guide[..., None, :]).reshape(*mask.shape, 9), radius)
    outer_of_means = mean_guide[..., :, None] * mean_guide[..., None, :]
    variance = outer.reshape(*mask.shape, 3, 3) - outer_of_means + eps * np.eye(3)
    covariance = _mean(guide * mask[..., None], radius) - mean_guide * mean_mask[..., None]
    a = np.linalg.solve(variance, covariance[..., None])[..., 0]
    b = mask - (a * guide).sum(axis=-1)
    return np.concatenate([a, b[..., None]], axis=-1).astype(np.float32)


def _mean(values: NDArray[np.float32 | np.float64], radius: int) -> NDArray[np.float64]:
    """The mean over the window around each pixel. In double precision: variances are differences of means."""
    side = 2 * radius + 1
    return np.asarray(cv2.blur(values.astype(np.float64), (side, side), borderType=cv2.BORDER_REFLECT))
