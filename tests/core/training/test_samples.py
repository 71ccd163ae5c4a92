from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mendkit.config import RunConfig
from mendkit.data.images import read_image
from mendkit.training import samples
from mendkit.training.run import plan_run
from mendkit.training.samples import SampleSheets
from mendkit.training.state import new_state


@pytest.mark.parametrize("preset", ["composite", "hierarchical"], ids=["with masks", "without"])
def test_a_sheet_is_the_same_however_few_images_pass_through_the_generator_at_once(
    tmp_path: Path, tiny_config: Callable[..., RunConfig], monkeypatch: pytest.MonkeyPatch, preset: str
) -> None:
    plan, catalogue = plan_run(tiny_config(preset))
    state = new_state(plan.blueprint(), plan.registry, torch.device("cpu"))
    sheets = SampleSheets.of(plan, catalogue)
    assert sheets is not None
    together: list[int] = []

    def count(network: nn.Module, given: tuple[Tensor, ...]) -> None:
        together.append(len(given[0]))

    state.average.register_forward_pre_hook(count)
    for name, most in (("whole", 100), ("parts", 2)):
        monkeypatch.setattr(samples, "AT_ONCE", most)
        sheets.look(state, tmp_path / name)
    pairs, *parts = together
    assert pairs == sum(parts) > 4 and max(parts) == 2
    whole, other = (read_image(tmp_path / name / "sheets" / "000000000.png") for name in ("whole", "parts"))
    assert np.abs(whole.astype(int) - other).max() <= 1, "devices round differently for batches of other sizes"
