"""A model that finds is scored by how well it tells the sides of the tests apart, and no evaluator sees it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
import torch
from torch import Tensor

from mendkit.contracts.finding import Findings
from mendkit.data.catalogue import Catalogue
from mendkit.data.extras import Stacks
from mendkit.evaluation.evaluate import evaluate
from mendkit_registry import Registry


@dataclass
class Finder:
    """Scores images in [-1, 1] by a function, the same for all tasks."""

    function: Callable[[Tensor], Tensor]
    tasks: tuple[str, ...] = ("light.paired", "light.unpaired")
    size: int = 32
    zoomed: int = 32
    images_seen: int = 0
    learned_from: tuple[str, ...] = ()
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    def find(self, images: Tensor, tasks: Sequence[str], stacks: Sequence[Stacks] = ()) -> Findings:
        return Findings(scores=self.function(images)[:, None].expand(-1, len(self.tasks)))


def darkness(images: Tensor) -> Tensor:
    return (1 - images.mean(dim=(1, 2, 3))) / 2


@pytest.mark.parametrize(("function", "auroc"), [(darkness, 1.0), (lambda images: 1 - darkness(images), 0.0)])
def test_pairs_and_domains_are_told_apart(
    function: Callable[[Tensor], Tensor], auroc: float, catalogue: Catalogue, registry: Registry
) -> None:
    tasks = evaluate(Finder(function), catalogue, registry, batch=2).tasks
    counts = {name: (task.count, task.true_count) for name, task in tasks.items()}
    assert counts == {"light.paired": (3, 3), "light.unpaired": (5, 5)}
    for task in tasks.values():
        assert task.detection is not None and task.detection.auroc == auroc
        assert task.numbers == task.left_out == {}
