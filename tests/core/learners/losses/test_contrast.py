from __future__ import annotations

import math

import pytest
import torch

from mendkit.learners.translation.losses.contrast import TEMPERATURE, modulated_contrast, transport_plan


def test_alike_negatives_weigh_alike() -> None:
    plan = transport_plan(torch.zeros(1, 1, 3, 3), hard=True)
    expected = (1 - torch.eye(3)) / 2
    torch.testing.assert_close(plan[0, 0], expected)


@pytest.mark.parametrize(("hard", "share"), [(True, 2 / 3), (False, 1 / 3)])
def test_the_plan_by_hand(hard: bool, share: float) -> None:
    # A plan of three patches without diagonal is [[0, a, 1-a], [1-a, 0, a], [a, 1-a, 0]], and scaling rows and columns
    # keeps (a / (1-a))^3 = K12 K23 K31 / (K13 K32 K21), which is 2^3 for hard negatives.
    similarity = torch.zeros(3, 3)
    similarity[0, 1] = similarity[1, 2] = similarity[2, 0] = math.log(2)
    plan = transport_plan(similarity[None, None], hard=hard)[0, 0]
    expected = torch.tensor([[0, share, 1 - share], [1 - share, 0, share], [share, 1 - share, 0]])
    torch.testing.assert_close(plan, expected, atol=1e-5, rtol=0)


def test_rows_and_columns_of_a_plan_sum_to_one() -> None:
    similarity = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 2 - 1
    plan = transport_plan(similarity, hard=True)
    assert plan.shape == similarity.shape
    for axis in (-1, -2):
        torch.testing.assert_close(plan.sum(axis), torch.ones(2, 3, 16), atol=1e-4, rtol=0)


def test_the_loss_of_two_patches_by_hand() -> None:
    # With one negative its weight is 1: log(1 + e^((s_negative - s_positive) / t)).
    axes = torch.eye(2)[None, None]
    right = math.log1p(math.exp(-1 / TEMPERATURE))
    assert modulated_contrast(axes, axes, hard=True).tolist() == pytest.approx([right], abs=1e-6)
    wrong = math.log1p(math.exp(1 / TEMPERATURE))
    assert modulated_contrast(axes, axes.flip(2), hard=True).tolist() == pytest.approx([wrong], rel=1e-5)


def test_each_sample_has_its_own_loss_and_gradients_are_finite() -> None:
    generator = torch.Generator().manual_seed(0)
    queries, keys = torch.nn.functional.normalize(torch.randn(2, 5, 3, 8, 4, generator=generator), dim=-1)
    queries.requires_grad_()
    together = modulated_contrast(queries, keys, hard=False)
    alone = torch.cat([modulated_contrast(queries[:, [row]], keys[:, [row]], hard=False) for row in range(3)])
    torch.testing.assert_close(together, alone)
    together.sum().backward()
    assert queries.grad is not None and queries.grad.isfinite().all() and queries.grad.abs().max() > 0
