from __future__ import annotations

import pytest
import torch

from mendkit.contracts.view import FeatureInfo, View
from mendkit.networks.transforms.flow import PERSPECTIVE_LIMIT, FlowPredictor, homography_flow, warp


def test_a_flow_of_one_pixel_shifts_by_one_pixel() -> None:
    image = torch.arange(16.0).view(1, 1, 4, 4)
    flow = torch.zeros(1, 2, 4, 4)
    flow[:, 0] = 2 / 4  # the image spans 2, so a pixel is 2 / 4
    shifted = warp(image, flow)
    torch.testing.assert_close(shifted[..., :3], image[..., 1:], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(shifted[..., 3], image[..., 3], atol=1e-4, rtol=1e-4)  # beyond the edge it repeats


def test_no_flow_changes_nothing() -> None:
    image = torch.rand(2, 3, 8, 8)
    torch.testing.assert_close(warp(image, torch.zeros(2, 2, 8, 8)), image, atol=1e-5, rtol=1e-5)


def test_a_shift_by_a_quarter_pixel_keeps_more_of_fine_stripes_than_one_bicubic_sampling() -> None:
    stripes = torch.sin(torch.arange(64.0) * 2 * torch.pi / 3).expand(1, 1, 64, 64)  # three pixels a period
    flow = torch.zeros(1, 2, 64, 64)
    flow[:, 0] = 0.25 * 2 / 64
    inner = slice(8, -8)
    kept = warp(stripes, flow)[..., inner].std() / stripes[..., inner].std()
    assert 0.91 < kept < 1.0  # Keys' kernel with a = -0.75 alone keeps 0.889


def test_zero_parameters_are_no_motion() -> None:
    assert homography_flow(torch.zeros(2, 8), (6, 5)).abs().max() == 0


def test_a_quarter_turn_by_hand() -> None:
    # x' = -y and y' = x: the rotation matrix is I + [[-1, -1, 0], [1, -1, 0]].
    flow = homography_flow(torch.tensor([[-1.0, -1.0, 0.0, 1.0, -1.0, 0.0, 0.0, 0.0]]), (4, 4))
    image = torch.rand(1, 1, 4, 4)
    torch.testing.assert_close(warp(image, flow), torch.rot90(image, 1, dims=(2, 3)), atol=1e-4, rtol=1e-4)


def test_perspective_by_hand() -> None:
    # At x = 0.75 the depth is 1 + limit * tanh(p6) * 0.75.
    flow = homography_flow(torch.tensor([[0.0] * 6 + [1.0, 0.0]]), (4, 4))
    depth = 1 + PERSPECTIVE_LIMIT * torch.tanh(torch.tensor(1.0)) * 0.75
    assert flow[0, 0, 0, 3].item() == pytest.approx((0.75 / depth - 0.75).item(), rel=1e-5)


def test_the_predictor_learns_a_shift() -> None:
    torch.manual_seed(0)
    predictor = FlowPredictor(FeatureInfo(channels=8, reduction=4))
    view = View(torch.zeros(2, 3, 32, 32), (), bottleneck=torch.randn(2, 8, 8, 8))
    optimiser = torch.optim.Adam(predictor.parameters(), lr=1e-2)
    target = torch.full((2, 2, 32, 32), 0.3)
    first = (predictor(view) - target).abs().mean().item()
    for _ in range(30):
        loss = (predictor(view) - target).abs().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert first == pytest.approx(0.3)
    assert loss.item() < 0.1
