"""A homography by the places of its corners: by hand, small and at full size, and learnt."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from mendkit.contracts.view import FeatureInfo, View
from mendkit.data.enlarged import PhotoLayer
from mendkit.data.images import fit_square
from mendkit.data.tensors import to_images, to_tensor
from mendkit.networks.transforms.homography import (
    Homography,
    HomographyPredictor,
    corner_offsets,
    homography,
    homography_flow,
)
from mendkit_viewpoint.tilt import Pose, in_units
from mendkit_viewpoint.tilt import homography as of_pose

SOME = torch.tensor([[0.1, -0.2, 0.3, 0.05, -0.25, 0.15, 0.0, -0.1]])


def test_no_offsets_are_the_identity() -> None:
    torch.testing.assert_close(homography(torch.zeros(2, 8)), torch.eye(3).expand(2, 3, 3))
    assert homography_flow(torch.zeros(1, 8), 5, 7).abs().max() < 1e-6


def test_each_corner_goes_where_its_offset_says_and_back_again() -> None:
    torch.testing.assert_close(corner_offsets(homography(SOME)), SOME)


@pytest.mark.parametrize("pose", [Pose(roll=25), Pose(yaw=20, pitch=-15), Pose(-30, 25, 25)])
def test_the_corners_of_a_turned_plane_give_its_homography(pose: Pose) -> None:
    truth = torch.from_numpy(in_units(of_pose(64, 64, pose), 64, 64))[None]
    found = homography(corner_offsets(truth))
    torch.testing.assert_close(found, truth / truth[:, 2:, 2:], atol=1e-5, rtol=1e-4)


def test_a_straight_line_stays_straight() -> None:
    flow = homography_flow(SOME, 64, 64)[0]
    x = torch.linspace(-1, 1, 65).diff().mean() * (torch.arange(64) + 0.5) - 1
    line = torch.stack([x + flow[0, 20], torch.full((64,), (20.5 / 32) - 1) + flow[1, 20]])
    directions = torch.nn.functional.normalize(line.diff(dim=1), dim=0)
    torch.testing.assert_close(directions, directions[:, :1].expand_as(directions), atol=1e-3, rtol=1e-3)


def test_no_place_is_infinite_however_wild_the_offsets() -> None:
    wild = torch.rand(200, 8, generator=torch.Generator().manual_seed(0)) * 2 - 1
    assert homography_flow(wild, 16, 16).isfinite().all()


@pytest.mark.parametrize(("height", "width"), [(64, 64), (96, 64), (50, 64)])
def test_a_photo_is_moved_as_its_square_is(height: int, width: int) -> None:
    y, x = np.mgrid[:height, :width]
    waves = 127 + 100 * np.sin(x / 9)[..., None] * np.cos(y / 7)[..., None]
    photo = np.repeat(waves, 3, axis=-1).round().astype(np.uint8)
    side = max(height, width)
    square = fit_square(photo, side)
    moved = to_images(Homography().apply(to_tensor([square]), SOME))[0]
    top, left = (side - height) // 2, (side - width) // 2
    expected = moved[top : top + height, left : left + width].astype(int)
    layer = Homography().at_full_size(PhotoLayer(photo), SOME)
    found = np.concatenate([layer.rows(0, 11), layer.rows(11, height)]).astype(int)
    assert np.abs(found - expected)[4:-4, 4:-4].mean() < 1


def test_the_predictor_learns_where_corners_are() -> None:
    torch.manual_seed(0)
    predictor = HomographyPredictor((FeatureInfo(6, 16), FeatureInfo(8, 32)))
    view = View(torch.zeros(2, 3, 64, 64), (torch.randn(2, 6, 4, 4), torch.randn(2, 8, 2, 2)))
    assert not predictor(view).any()
    optimiser = torch.optim.Adam(predictor.parameters(), lr=1e-3)
    target = torch.stack([SOME[0], -SOME[0]])
    for _ in range(60):
        loss = (predictor(view) - target).abs().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss.item() < 0.03
