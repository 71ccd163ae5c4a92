from __future__ import annotations

from typing import Any

import numpy as np
import torch

from mendkit.contracts.mended import Mended
from mendkit.correction.explanation import Explanation
from mendkit.networks.transforms.flow import Flow
from mendkit.networks.transforms.tone import Tone

VIOLET, YELLOW = (68, 1, 84), (253, 231, 37)
"""The ends of the colour map viridis."""


def explain(**fields: Any) -> Explanation:
    image = torch.zeros(1, 3, 8, 8)
    transforms = {"transform.flow": Flow(), "transform.tone": Tone()}
    return Explanation.of(np.zeros((8, 8, 3), np.uint8), Mended(image, image, **fields), transforms)


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
    shown = explain(transforms={"transform.flow": flow}).maps()["flow"]
    assert near(shown[0, 0], YELLOW) and near(shown[0, 1], YELLOW) and near(shown[7, 7], VIOLET)


def test_the_tone_is_shown_by_the_size_of_its_changes() -> None:
    grid = torch.zeros(1, 12, 8, 8, 8)
    grid[..., 0, 0] = -0.5
    shown = explain(transforms={"transform.tone": grid}).maps()["tone"]
    assert near(shown[0, 0], YELLOW) and near(shown[7, 7], VIOLET)


def test_a_map_without_differences_is_of_one_colour() -> None:
    shown = explain(transforms={"transform.flow": torch.zeros(1, 2, 8, 8)}).maps()["flow"]
    assert near(shown.reshape(-1, 3).max(axis=0), VIOLET)


def test_what_the_model_has_not_is_left_out() -> None:
    explanation = explain(mask=torch.zeros(1, 1, 8, 8))
    assert explanation.group_attention is None
    assert list(explanation.maps()) == ["mask"]
