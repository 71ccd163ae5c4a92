"""The sample sheet of a run: outputs of the model for a few fixed validation images."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ..contracts.guidance import LabelTable
from ..contracts.photo import Image, Mask
from ..data.catalogue import Catalogue
from ..data.images import write_image
from ..data.sampling import Item
from ..data.sheet import contact_sheet
from ..data.store import ImageStore
from ..data.tensors import to_images, to_tensor
from ..data.testsets import test_pairs
from ..errors import DataError, ImageError
from .plan import Plan, store_of
from .state import TrainingState

PER_TASK = 4
MOST_TASKS = 25
"""The maximum number of tasks on a sheet; of more, these many are chosen, evenly spread."""

AT_ONCE = 16
"""Images per pass of the generator, which needs memory in addition to training."""


class SampleSheets:
    """Draws before, output, truth and mask of fixed validation pairs, one row each, at intervals."""

    def __init__(self, pairs: Sequence[tuple[str, Item]], every: int) -> None:
        self._pairs = pairs
        self.every = every

    @classmethod
    def of(cls, plan: Plan, catalogue: Catalogue) -> SampleSheets | None:
        """The sheets of a plan; None if no task has validation images."""
        store = store_of(plan.config)
        pairs = [(name, pair) for name in _some(plan.names) for pair in _first_pairs(plan, catalogue, name, store)]
        return cls(pairs, plan.config.training.sheet_images) if pairs else None

    def look(self, state: TrainingState, run: Path) -> None:
        """Write the sheet of the averaged generator into ``run/sheets`` (PNG)."""
        table = LabelTable(state.blueprint.tasks)
        rows = [row for part in self._parts() for row in _rows(state.average, table, part)]
        titles = ["before", "output", "truth", "mask"][: len(rows[0])]
        sheet = contact_sheet(rows, titles=titles, row_titles=[task for task, _ in self._pairs])
        write_image(run / "sheets" / f"{state.images:09d}.png", sheet)

    def _parts(self) -> Iterator[list[tuple[str, Item]]]:
        """The pairs of one size in turn, some at once."""
        for _, alike in groupby(self._pairs, key=lambda pair: pair[1].source.shape):
            pairs = list(alike)
            yield from (pairs[first : first + AT_ONCE] for first in range(0, len(pairs), AT_ONCE))


@torch.no_grad()
def _rows(generator: nn.Module, table: LabelTable, pairs: Sequence[tuple[str, Item]]) -> list[tuple[Image | Mask, ...]]:
    """Before, output, truth and, if the generator has one, mask of each pair."""
    device = next(generator.parameters()).device
    sources = to_tensor([pair.source for _, pair in pairs]).to(device)
    guidance = table.guidance([task for task, _ in pairs], [pair.extras for _, pair in pairs])
    mended = generator(sources, guidance.to(device))
    before, truth = ([getattr(pair, side) for _, pair in pairs] for side in ("source", "target"))
    masks = [] if mended.mask is None else [_levels(mended.mask)]
    return list(zip(before, to_images(mended.image), truth, *masks, strict=True))


def _some(names: Sequence[str]) -> list[str]:
    places = np.linspace(0, len(names) - 1, min(len(names), MOST_TASKS))
    return [names[round(place)] for place in places]


def _first_pairs(plan: Plan, catalogue: Catalogue, task: str, store: ImageStore) -> list[Item]:
    size, seed = plan.config.training.size, plan.config.training.seed
    try:
        return list(
            test_pairs(catalogue, plan.registry, task, "val", size=size, seed=seed, limit=PER_TASK, store=store)
        )
    except (DataError, ImageError):
        return []


def _levels(masks: Tensor) -> list[Mask]:
    return list((masks[:, 0] * 255).round().byte().cpu().numpy())
