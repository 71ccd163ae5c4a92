from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from mendkit.contracts.mended import Mended
from mendkit.contracts.view import Trunk
from mendkit.networks.heads import MOST_GAIN, MOST_SHIFT, RetouchHead


def trunk(image: Tensor) -> Trunk:
    return Trunk(image, image, torch.randn(len(image), 4, *image.shape[-2:]))


def image() -> Tensor:
    return torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 1.6 - 0.8


def told(gain: float, shift: float, mask: float) -> Mended:
    """What a head makes whose last convolution gives the same numbers everywhere."""
    head = RetouchHead(4).eval()
    nn.init.zeros_(head.draw.weight)
    with torch.no_grad():
        values = [gain] * 3 + [shift] * 3 + [mask]
        head.draw.bias.copy_(torch.tensor(values))  # type: ignore[union-attr]
        mended: Mended = head(trunk(image()))
    return mended


def test_at_first_the_input_is_drawn() -> None:
    assert torch.equal(RetouchHead(4)(trunk(image())).drawn, image())


@pytest.mark.parametrize("opacity", [0.3, 0.6])
def test_an_overlay_can_be_undone(opacity: float) -> None:
    colour = 0.5
    gain, shift = 1 / (1 - opacity), -opacity * colour / (1 - opacity)
    mended = told(gain=math.atanh((gain - 1) / MOST_GAIN), shift=math.atanh(shift / MOST_SHIFT), mask=9)
    assert mended.gain is not None and mended.shift is not None
    covered = (1 - opacity) * image() + opacity * colour
    torch.testing.assert_close(mended.gain * covered + mended.shift, image(), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(("shift", "level"), [(9.0, 1.0), (-9.0, -1.0)])
def test_white_and_black_are_exact(shift: float, level: float) -> None:
    assert (told(gain=0, shift=shift, mask=9).image == level).all()


def test_where_the_mask_is_shut_the_input_passes_to_the_bit() -> None:
    assert torch.equal(told(gain=0.3, shift=0.3, mask=-9).image, image())
