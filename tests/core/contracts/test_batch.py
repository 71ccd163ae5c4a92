from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from mendkit.contracts.batch import Batch, Truths, to_unit
from mendkit.contracts.guidance import LabelTable

CPU = torch.device("cpu")


@pytest.fixture
def batch() -> Batch:
    """Three items of ``uint8``: the first has an alpha, the others a mask."""
    x, y = torch.randint(0, 256, (2, 3, 3, 8, 8), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    mask = np.full((8, 8), 255, np.uint8)
    truths = {
        "alpha": Truths.of([np.full((8, 8), 0.5, np.float32), None, None]),
        "mask": Truths.of([None, mask, mask // 5]),
    }
    names = ["a.b", "a.c", "a.d"]
    guidance = LabelTable(names).guidance(names, [{"a.photo": np.zeros((2, 4, 4, 3), np.uint8)}, {}, {}])
    return Batch(x, y, guidance, torch.tensor([True, True, False]), truths)


def test_uint8_images_become_floats_on_the_device_and_floats_are_left_as_they_are() -> None:
    levels = torch.arange(256, dtype=torch.uint8)
    assert torch.equal(to_unit(levels), levels.float().div(127.5).sub(1))
    assert to_unit(levels)[[0, 255]].tolist() == [-1, 1]
    floats = torch.rand(4)
    assert to_unit(floats) is floats


def test_a_batch_on_the_device_has_images_from_minus_one_to_one_and_masks_from_zero_to_one(batch: Batch) -> None:
    moved = batch.to(CPU)
    assert torch.equal(moved.x, to_unit(batch.x)) and torch.equal(moved.y, to_unit(batch.y))
    assert moved.x.is_contiguous(memory_format=torch.channels_last)
    assert moved.truths["mask"].values[:, 0, 0].tolist() == pytest.approx([0, 1, 0.2])
    assert moved.truths["alpha"].values[:, 0, 0].tolist() == [0.5, 0, 0]
    again = moved.to(CPU)
    assert torch.equal(again.x, moved.x) and torch.equal(again.truths["mask"].values, moved.truths["mask"].values)


def test_truths_say_which_items_have_them_and_follow_a_selection(batch: Batch) -> None:
    assert batch.truths["alpha"].present.tolist() == [True, False, False]
    part = batch.select(torch.tensor([2, 0]))
    assert part.truths["alpha"].present.tolist() == [False, True]
    assert part.truths["mask"].values[:, 0, 0].tolist() == [51, 0]
    assert torch.equal(part.x, batch.x[[2, 0]]) and part.guidance.task.tolist() == [2, 0]


def test_every_tensor_of_a_batch_is_pinned(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    pinned: list[tuple[int, ...]] = []

    def pin(tensor: Tensor) -> Tensor:
        pinned.append(tuple(tensor.shape))
        return tensor

    monkeypatch.setattr(Tensor, "pin_memory", pin)
    assert batch.pin_memory().guidance.task.equal(batch.guidance.task)
    images, row, field = (3, 3, 8, 8), (3,), (3, 8, 8)
    assert sorted(pinned) == sorted([images, images, row, row, field, row, field, row, (3, 2, 3, 4, 4), (3, 2)])
