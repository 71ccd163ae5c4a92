from __future__ import annotations

import numpy as np
import torch

from mendkit.contracts.mended import Mended
from mendkit.correction.explanation import Explanation

VIOLET, YELLOW = (68, 1, 84), (253, 231, 37)
"""The ends of the colour map viridis."""


def explain(**fields: torch.Tensor) -> Explanation:
    image = torch.zeros(1, 3, 8, 8)
    return Explanation.of(np.zeros((8, 8, 3), np.uint8), Mended(image, image, **fields))


def near(pixel: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel.astype(int) - colour).max() <= 2)


def test_the_mask_is_black_where_pixels_pass_and_white_where_they_are_drawn() -> None:
    mask = torch.zeros(1, 1, 8, 8)
    mask[..., 4:] = 1
    shown = explain(mask=mask).mask
    assert shown is not None
    assert (shown[:, :4] == 0).all() and (shown[:, 4:] == 255).all()


def test_attention_goes_from_its_smallest_value_to_its_largest() -> None:
    attention = torch.full((1, 1, 8, 8), 3.0)
    attention[..., 0, 0], attention[..., 7, 7] = -20, 50
    for shown in (explain(group_attention=attention).group_attention, explain(type_attention=attention).type_attention):
        assert shown is not None
        assert near(shown[0, 0], VIOLET) and near(shown[7, 7], YELLOW)


def test_the_flow_is_shown_by_its_length() -> None:
    flow = torch.zeros(1, 2, 8, 8)
    flow[:, :, 0, 0] = torch.tensor([-0.3, 0.4])
    flow[:, :, 0, 1] = torch.tensor([0.5, 0.0])
    shown = explain(flow=flow).flow
    assert shown is not None
    assert near(shown[0, 0], YELLOW) and near(shown[0, 1], YELLOW) and near(shown[7, 7], VIOLET)


def test_a_map_without_differences_is_of_one_colour() -> None:
    shown = explain(flow=torch.zeros(1, 2, 8, 8)).flow
    assert shown is not None
    assert near(shown.reshape(-1, 3).max(axis=0), VIOLET)


def test_what_the_model_has_not_is_left_out() -> None:
    explanation = explain(mask=torch.zeros(1, 1, 8, 8))
    assert explanation.flow is None
    assert list(explanation.maps()) == ["mask"]
