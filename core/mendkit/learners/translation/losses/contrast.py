"""MoNCE: patches of the output against those of another image, modulated by optimal transport (Zhan et al. 2022).

A patch should look like the one at its own place (the positive), not like the others (the negatives). PatchNCE (Park et
al. 2020) counts all negatives alike; here the weights of a patch's negatives are its row of a transport plan.
"""

from __future__ import annotations

import torch
from torch import Tensor

from ..passes import TranslationPasses

TEMPERATURE = 0.07
STEEPNESS = 1.0
"""beta of the transport's kernel ``exp(similarity / beta)``."""
ROUNDS = 50
"""Of Sinkhorn's algorithm."""


def contrast_x(passes: TranslationPasses) -> Tensor:
    """Patches of y_hat with those of x: what is there stays there. Hard negatives weigh more."""
    return _contrast(passes, passes.fake_y.image, passes.x, hard=True)


def contrast_y(passes: TranslationPasses) -> Tensor:
    """Patches of G_XY(y) with those of y, which has nothing to mend."""
    return _contrast(passes, passes.same_y.image, passes.y, hard=True)


def contrast_pair(passes: TranslationPasses) -> Tensor:
    """Patches of y_hat with those of its partner y. Easy negatives weigh more."""
    return _contrast(passes, passes.fake_y.image, passes.y, hard=False)


def _contrast(passes: TranslationPasses, output: Tensor, other: Tensor, *, hard: bool) -> Tensor:
    embed = passes.players.embed_patches
    if embed is None:
        raise TypeError("terms of patches need the projections, which a state has if one of them has a weight")
    queries, keys = embed(output, other, passes.batch.guidance)
    return modulated_contrast(queries, keys, hard=hard)


def modulated_contrast(queries: Tensor, keys: Tensor, *, hard: bool) -> Tensor:
    """The loss of each sample, ``[N]``, from unit vectors ``[L, N, P, D]``: L layers, P patches at the same P places.

    ``-log(e^(s_ii / t) / (e^(s_ii / t) + (P - 1) * sum over j of w_ij e^(s_ij / t)))``, s_ij the cosine of query i and
    key j, w_ij from ``transport_plan``; the mean over layers and patches (Zhan et al., Eq. 5).
    """
    similarity = queries @ keys.mT
    own = similarity.diagonal(dim1=-2, dim2=-1) / TEMPERATURE
    patches = similarity.shape[-1]
    weights = (patches - 1) * transport_plan(similarity.detach(), hard=hard)
    # The diagonal of the plan is 0, so it takes no part in the sum over negatives.
    negatives = torch.logsumexp(similarity / TEMPERATURE + weights.clamp(min=1e-30).log(), dim=-1)
    return (torch.logaddexp(own, negatives) - own).mean(dim=(0, 2))


def transport_plan(similarity: Tensor, *, hard: bool) -> Tensor:
    """Weights ``[..., P, P]`` of which each row and column sums to 1, and no patch is its own negative.

    Sinkhorn's algorithm on ``exp(similarity / beta)`` if hard negatives shall weigh more, on
    ``exp((1 - similarity) / beta)`` if easy ones shall (Zhan et al., Sec. 3.2), for all layers and samples at once.
    """
    likeness = similarity if hard else 1 - similarity
    kernel = (likeness / STEEPNESS).exp()
    kernel = kernel * (1 - torch.eye(kernel.shape[-1], device=kernel.device, dtype=kernel.dtype))
    column = kernel.new_ones(*kernel.shape[:-1], 1)
    for _ in range(ROUNDS):
        row = 1 / (kernel @ column)
        column = 1 / (kernel.mT @ row)
    return row * kernel * column.mT
