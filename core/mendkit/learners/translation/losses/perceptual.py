"""How unlike a pretrained network finds output and truth, so that what is right but a little elsewhere costs less."""

from __future__ import annotations

import torch
from torch import Tensor

from ....networks.perceptual import perceptual_distance
from ..passes import TranslationPasses


def perceptual_y(passes: TranslationPasses) -> Tensor:
    """``d(G_XY(x), y)``, d the distance of Zhang et al. (2018, Eq. 1) with all channel weights 1."""
    perceive = passes.players.perceive
    if perceive is None:
        raise TypeError("terms of features need a pretrained network, which a state has if one of them has a weight")
    with torch.no_grad():
        truth = perceive(passes.y)
    return perceptual_distance(perceive(passes.fake_y.image), truth)
