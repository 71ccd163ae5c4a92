from __future__ import annotations

import numpy as np
import pytest
import torch

from mendkit.contracts.guidance import Exemplars, LabelTable

TABLE = LabelTable(["a.b", "c.d", "e.f"])


def stack(*levels: int) -> np.ndarray:
    """Images ``[K, 2, 3, 1]``, each of one level."""
    return np.array(levels, np.uint8).reshape(-1, 1, 1, 1) * np.ones((1, 2, 3, 1), np.uint8)


def test_stacks_are_padded_to_the_largest_and_say_what_is_there() -> None:
    images, present = Exemplars.of([stack(255), None, stack(), stack(0, 255)])
    assert images.shape == (4, 2, 1, 2, 3)
    assert present.tolist() == [[True, False], [False, False], [False, False], [True, True]]
    assert images[:, :, 0, 0, 0].tolist() == [[1, 0], [0, 0], [0, 0], [-1, 1]]


def test_where_nobody_has_an_image_there_is_no_place_for_one() -> None:
    images, present = Exemplars.of([stack(), None])
    assert images.shape == (2, 0, 1, 2, 3) and present.shape == (2, 0)


def test_an_extra_that_some_rows_have_is_there_for_all_and_others_are_not() -> None:
    guidance = TABLE.guidance(["a.b", "c.d", "a.b"], [{"a.mask": stack(255)}, {}, {"a.mask": stack()}])
    assert list(guidance.extras) == ["a.mask"]
    assert guidance.extras["a.mask"].present[:, 0].tolist() == [True, False, False]
    assert guidance.task.tolist() == [0, 1, 0]
    assert TABLE.guidance(["a.b"], [{}]).extras == TABLE.guidance(["a.b"]).extras == {}


def test_selected_rows_keep_their_task_and_their_extras() -> None:
    guidance = TABLE.guidance(["a.b", "c.d", "e.f"], [{"a.mask": stack(0)}, {"a.mask": stack(255)}, {}])
    part = guidance.select(torch.tensor([2, 1]))
    assert part.task.tolist() == part.on_host.tolist() == [2, 1] and len(part) == 2
    assert part.extras["a.mask"].present[:, 0].tolist() == [False, True]
    assert part.extras["a.mask"].images[1].unique().item() == pytest.approx(1)
