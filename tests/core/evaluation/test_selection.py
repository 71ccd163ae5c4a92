from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from mendkit.config import RunConfig
from mendkit.contracts.mended import Mended
from mendkit.data.catalogue import Catalogue, PairRef, SplitFiles, TaskFiles
from mendkit.data.store import ImageStore
from mendkit.evaluation import selection
from mendkit.evaluation.selection import find_criteria
from mendkit.networks.features import FeatureExtractor
from mendkit.training.run import plan_run
from mendkit_registry import Registry

WATERMARK = "background.watermark"
STORE = ImageStore(32)


@dataclass
class Mender:
    """Mends by a function of images in [-1, 1]."""

    function: Callable[[Tensor], Tensor]
    tasks: Sequence[str] = (WATERMARK,)
    size: int = 32
    zoomed: int = 32
    images_seen: int = 0
    learned_from: tuple[str, ...] = ()
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    def mend(self, images: Tensor, tasks: Sequence[str], stacks: Sequence[Any] = ()) -> Mended:
        return Mended(self.function(images), drawn=images)


class Colours(FeatureExtractor):
    name = "colours"
    size = 8

    def __init__(self) -> None:
        super().__init__(nn.Identity(), "cpu")

    def _stages(self, images: Tensor) -> tuple[Tensor, ...]:
        return (images,)


@pytest.fixture
def planned(tiny_config: Callable[..., RunConfig]) -> tuple[Registry, Catalogue]:
    plan, catalogue = plan_run(tiny_config().model_copy(update={"tasks": (WATERMARK,)}))
    return plan.registry, catalogue


def test_pairs_are_judged_by_what_is_left_of_the_inputs_error(planned: tuple[Registry, Catalogue]) -> None:
    [(task, criterion)] = find_criteria([WATERMARK], *planned, store=STORE, features=None).items()
    assert (task, criterion.title) == (WATERMARK, "L1")
    assert criterion.score(Mender(lambda images: images)) == pytest.approx(1)
    assert criterion.score(Mender(torch.zeros_like)) > 1


def test_images_without_partners_are_judged_by_their_features_if_there_are_any(
    planned: tuple[Registry, Catalogue],
) -> None:
    registry, catalogue = planned
    clean = catalogue["train"].clean
    unpaired = {"beauty.makeup": TaskFiles(sources=clean[:4], targets=clean[2:6])}
    other = Catalogue({"val": SplitFiles(tasks=unpaired)})
    assert find_criteria(["beauty.makeup"], registry, other, store=STORE, features=None) == {}
    criterion = find_criteria(["beauty.makeup"], registry, other, store=STORE, features=Colours())["beauty.makeup"]
    assert criterion.title == "Fréchet distance (colours)"
    assert criterion.score(Mender(lambda images: images)) == pytest.approx(1)
    assert criterion.score(Mender(lambda images: -torch.ones_like(images))) > 1


def test_pairs_of_an_ambiguous_task_are_judged_by_their_features_if_there_are_any(
    planned: tuple[Registry, Catalogue],
) -> None:
    registry, catalogue = planned
    task = "colorization.edges2shoes"
    clean = catalogue["train"].clean
    pairs = {task: TaskFiles(pairs=tuple(map(PairRef, clean[:4], clean[2:6])))}
    other = Catalogue({"val": SplitFiles(tasks=pairs)})
    found = [find_criteria([task], registry, other, store=STORE, features=features) for features in (None, Colours())]
    titles = [criteria[task].title for criteria in found]
    assert titles == ["L1", "Fréchet distance (colours)"]


def test_a_judgement_does_not_depend_on_how_many_images_are_taken_at_once(
    planned: tuple[Registry, Catalogue], monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, catalogue = planned
    clean = catalogue["train"].clean
    unpaired = {"beauty.makeup": TaskFiles(sources=clean[:4], targets=clean[:6])}
    catalogue = Catalogue({"val": SplitFiles(tasks=unpaired, clean=catalogue["val"].clean)})
    most: list[int] = []

    def darker(images: Tensor) -> Tensor:
        most.append(len(images))
        return images * 0.5 - 0.5

    def scores() -> list[float]:
        criteria = find_criteria(["beauty.makeup", WATERMARK], registry, catalogue, store=STORE, features=Colours())
        return [criterion.score(Mender(darker)) for criterion in criteria.values()]

    whole = scores()
    monkeypatch.setattr(selection, "BATCH", 2)
    most.clear()
    assert scores() == pytest.approx(whole) and max(most) == 2
