"""The sample sheet of a run: what the model makes of the same few validation images, again and again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Tensor

from ..contracts.guidance import Guidance
from ..contracts.photo import Image
from ..data.catalogue import Catalogue
from ..data.images import write_image
from ..data.sampling import Item
from ..data.sheet import contact_sheet
from ..data.tensors import to_images, to_tensor
from ..data.testsets import test_pairs
from ..errors import DataError, ImageError
from .plan import Plan
from .state import TrainingState

PER_TASK = 4
MOST_TASKS = 25
"""Of more tasks, so many that are spread evenly: all are drawn at once, on one sheet."""


class SampleSheets:
    """Draws before, output, truth and mask of fixed validation pairs, a row each, every so many images."""

    def __init__(self, pairs: Sequence[tuple[str, Item]], every: int) -> None:
        self._pairs = pairs
        self.every = every

    @classmethod
    def of(cls, plan: Plan, catalogue: Catalogue) -> SampleSheets | None:
        """The sheets of a plan; None if no task has validation images."""
        pairs = [(name, pair) for name in _some(plan.names) for pair in _first_pairs(plan, catalogue, name)]
        return cls(pairs, plan.config.training.sheet_images) if pairs else None

    @torch.no_grad()
    def look(self, state: TrainingState, run: Path) -> None:
        """Write the sheet of the averaged generator into ``run/sheets`` (PNG)."""
        tasks = [task for task, _ in self._pairs]
        device = next(state.average.parameters()).device
        sources = to_tensor([pair.source for _, pair in self._pairs]).to(device)
        guidance = Guidance.of(tasks, [pair.extras for _, pair in self._pairs])
        mended = state.average(sources, guidance.to(device))
        masks = _grey(mended.mask) if mended.mask is not None else [None] * len(tasks)
        rows = [
            [pair.source, output, pair.target, *([] if mask is None else [mask])]
            for (_, pair), output, mask in zip(self._pairs, to_images(mended.image), masks, strict=True)
        ]
        titles = ["before", "output", "truth", "mask"][: len(rows[0])]
        sheet = contact_sheet(rows, titles=titles, row_titles=tasks)
        write_image(run / "sheets" / f"{state.images:09d}.png", sheet)


def _some(names: Sequence[str]) -> list[str]:
    places = np.linspace(0, len(names) - 1, min(len(names), MOST_TASKS))
    return [names[round(place)] for place in places]


def _first_pairs(plan: Plan, catalogue: Catalogue, task: str) -> list[Item]:
    config = plan.config.training
    try:
        pairs = test_pairs(catalogue, plan.registry, task, "val", size=config.size, seed=config.seed, limit=PER_TASK)
        return list(pairs)
    except (DataError, ImageError):
        return []


def _grey(mask: Tensor) -> list[Image]:
    levels = (mask[:, 0] * 255).round().byte().cpu().numpy()
    return [cv2.cvtColor(level, cv2.COLOR_GRAY2RGB).astype(np.uint8) for level in levels]
