"""Adversarial terms, each with its critic's side. C is a critic's raw output; y_hat = G_XY(x), x_hat = G_YX(y).

- ``adversarial``: relativistic (Jolicoeur-Martineau 2019), as in Li et al., Sec. 2.3
- ``least_squares``: Mao et al. (2017), as in CycleGAN
- ``conditional``: the first GAN's, with a critic that sees the input beside the output, as in Pix2Pix
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ....contracts.passes import per_item
from ..passes import Critic, TranslationPasses


def adversarial_y(passes: TranslationPasses) -> Tensor:
    """``-log sigmoid(C(y_hat) - C(y))``, the relativistic loss of G_XY."""
    return relativistic(passes.players.critic_y, better=passes.fake_y.image, worse=passes.y)


def adversarial_x(passes: TranslationPasses) -> Tensor:
    """``-log sigmoid(C(x_hat) - C(x))``, the relativistic loss of G_YX."""
    return relativistic(passes.players.critic_x, better=passes.fake_x.image, worse=passes.x)


def relativistic_critic_y(passes: TranslationPasses) -> Tensor:
    """``-log sigmoid(C(y) - C(y_hat))``, the relativistic loss of D_Y."""
    return relativistic(passes.players.critic_y, better=passes.y, worse=passes.fake_y.image.detach())


def relativistic_critic_x(passes: TranslationPasses) -> Tensor:
    """``-log sigmoid(C(x) - C(x_hat))``, the relativistic loss of D_X."""
    return relativistic(passes.players.critic_x, better=passes.x, worse=passes.fake_x.image.detach())


def relativistic(critic: Critic, *, better: Tensor, worse: Tensor) -> Tensor:
    """``-log sigmoid(C(better) - C(worse))``, mean over patches, ``[N]``; both images go through one critic pass."""
    scores_better, scores_worse = critic(torch.cat([better, worse])).chunk(2)
    return per_item(F.softplus(scores_worse - scores_better))


def least_squares_y(passes: TranslationPasses) -> Tensor:
    """``(C(y_hat) - 1)^2``."""
    return per_item((passes.players.critic_y(passes.fake_y.image) - 1).square())


def least_squares_x(passes: TranslationPasses) -> Tensor:
    """``(C(x_hat) - 1)^2``."""
    return per_item((passes.players.critic_x(passes.fake_x.image) - 1).square())


def least_squares_critic_y(passes: TranslationPasses) -> Tensor:
    """``((C(y) - 1)^2 + C(y_hat)^2) / 2``."""
    return _least_squares(passes.players.critic_y, real=passes.y, fake=passes.fake_y.image.detach())


def least_squares_critic_x(passes: TranslationPasses) -> Tensor:
    """``((C(x) - 1)^2 + C(x_hat)^2) / 2``."""
    return _least_squares(passes.players.critic_x, real=passes.x, fake=passes.fake_x.image.detach())


def _least_squares(critic: Critic, *, real: Tensor, fake: Tensor) -> Tensor:
    scores_real, scores_fake = critic(torch.cat([real, fake])).chunk(2)
    return per_item((scores_real - 1).square() + scores_fake.square()) / 2


def conditional_y(passes: TranslationPasses) -> Tensor:
    """``-log sigmoid(C(x, y_hat))``, the form that does not saturate."""
    return per_item(F.softplus(-passes.players.critic_y(_beside(passes.x, passes.fake_y.image))))


def conditional_critic_y(passes: TranslationPasses) -> Tensor:
    """``-(log sigmoid(C(x, y)) + log(1 - sigmoid(C(x, y_hat)))) / 2``."""
    real, fake = _beside(passes.x, passes.y), _beside(passes.x, passes.fake_y.image.detach())
    scores_real, scores_fake = passes.players.critic_y(torch.cat([real, fake])).chunk(2)
    return per_item(F.softplus(-scores_real) + F.softplus(scores_fake)) / 2


def _beside(condition: Tensor, image: Tensor) -> Tensor:
    """``[N, 6, H, W]``: what a critic of pairs sees."""
    return torch.cat([condition, image], dim=1)
