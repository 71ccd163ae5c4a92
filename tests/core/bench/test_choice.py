from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from mendkit.bench.choice import BestKeeper, Criterion, choose_checkpoint, find_criteria, read_looks
from mendkit.config import RunConfig
from mendkit.contracts.guidance import Guidance
from mendkit.contracts.mended import Mended
from mendkit.data.catalogue import Catalogue, PairRef, SplitFiles, TaskFiles
from mendkit.networks.blueprint import Blueprint
from mendkit.networks.features import FeatureExtractor
from mendkit.training.checkpoint import read_index, save_checkpoint
from mendkit.training.plan import Plan
from mendkit.training.run import plan_run
from mendkit.training.state import TrainingState, new_state

WATERMARK = "background.watermark"


@dataclass
class Mender:
    """Mends by a function of images in [-1, 1]."""

    function: Callable[[Tensor], Tensor]
    tasks: Sequence[str] = (WATERMARK,)
    size: int = 32
    images_seen: int = 0
    learned_from: tuple[str, ...] = ()
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    def mend(self, images: Tensor, guidance: Guidance) -> Mended:
        return Mended(self.function(images), drawn=images)


class Colours(FeatureExtractor):
    name = "colours"
    size = 8

    def __init__(self) -> None:
        super().__init__(nn.Identity(), "cpu")

    def _stages(self, images: Tensor) -> tuple[Tensor, ...]:
        return (images,)


@pytest.fixture
def planned(tiny_config: Callable[..., RunConfig]) -> tuple[Plan, Catalogue]:
    return plan_run(tiny_config().model_copy(update={"tasks": (WATERMARK,)}))


@pytest.fixture
def state(planned: tuple[Plan, Catalogue]) -> TrainingState:
    return new_state(Blueprint(config=planned[0].config, tasks=(WATERMARK,)), torch.device("cpu"))


def keeper_of(plan: Plan, scores: dict[int, tuple[float, ...]]) -> BestKeeper:
    """A keeper that judges by a list: images so far -> the score of each of its tasks."""
    tasks = range(len(next(iter(scores.values()))))
    criteria = {f"task {k}": Criterion("luck", lambda model, k=k: scores[model.images_seen][k]) for k in tasks}  # type: ignore[misc]
    return BestKeeper(criteria, every=10)


def look_at(keeper: BestKeeper, state: TrainingState, run: Path, *images: int) -> None:
    for state.images in images:
        keeper.look(state, run)


def test_the_best_is_kept_beside_the_newest(
    planned: tuple[Plan, Catalogue], state: TrainingState, tmp_path: Path
) -> None:
    keeper = keeper_of(planned[0], {10: (0.9,), 20: (0.4,), 30: (0.4,), 40: (0.7,)})
    look_at(keeper, state, tmp_path, 10, 20, 30, 40)
    save_checkpoint(tmp_path, state)
    chosen = choose_checkpoint(tmp_path)
    assert (chosen.images, read_index(chosen.checkpoint).images) == (20, 20)
    assert chosen.reason.startswith("best on validation: luck")
    assert read_index(tmp_path).images == 40


def test_no_task_outweighs_another_as_its_shares_are_large(
    planned: tuple[Plan, Catalogue], state: TrainingState, tmp_path: Path
) -> None:
    keeper = keeper_of(planned[0], {10: (0.1, 4.0), 20: (0.4, 3.0)})
    look_at(keeper, state, tmp_path, 10, 20)
    assert choose_checkpoint(tmp_path).images == 10  # 0.4 against 1.2; the arithmetic mean would say 2.05 against 1.7
    looks = read_looks(tmp_path)
    assert looks and [look.score for look in looks.looks] == pytest.approx([0.4**0.5, 1.2**0.5])


def test_after_a_crash_looks_beyond_the_checkpoint_are_taken_again(
    planned: tuple[Plan, Catalogue], state: TrainingState, tmp_path: Path
) -> None:
    scores = {10: (0.9,), 20: (0.4,), 30: (0.6,)}
    look_at(keeper_of(planned[0], scores), state, tmp_path, 10, 20)
    look_at(keeper_of(planned[0], scores), state, tmp_path, 20, 30)
    looks = read_looks(tmp_path)
    assert looks and [look.images for look in looks.looks] == [10, 20, 30]
    assert choose_checkpoint(tmp_path).images == 20


def test_without_looks_the_last_checkpoint_is_taken_and_the_report_says_so(
    planned: tuple[Plan, Catalogue], state: TrainingState, tmp_path: Path
) -> None:
    state.images = 24
    save_checkpoint(tmp_path, state)
    chosen = choose_checkpoint(tmp_path)
    assert (chosen.images, chosen.reason) == (24, "the last: nothing to validate on")


def test_pairs_are_judged_by_what_is_left_of_the_inputs_error(planned: tuple[Plan, Catalogue]) -> None:
    [(task, criterion)] = find_criteria(*planned, None).items()
    assert (task, criterion.title) == (WATERMARK, "L1")
    assert criterion.score(Mender(lambda images: images)) == pytest.approx(1)
    assert criterion.score(Mender(torch.zeros_like)) > 1


def test_images_without_partners_are_judged_by_their_features_if_there_are_any(
    planned: tuple[Plan, Catalogue],
) -> None:
    plan, catalogue = planned
    clean = catalogue["train"].clean
    unpaired = {"beauty.makeup": TaskFiles(sources=clean[:4], targets=clean[2:6])}
    other = Catalogue({"val": SplitFiles(tasks=unpaired)})
    task = plan.registry.task("beauty.makeup")
    plan = Plan(**{**vars(plan), "tasks": (task,)})
    assert find_criteria(plan, other, None) == {}
    criterion = find_criteria(plan, other, Colours())["beauty.makeup"]
    assert criterion.title == "Fréchet distance (colours)"
    assert criterion.score(Mender(lambda images: images)) == pytest.approx(1)
    assert criterion.score(Mender(lambda images: -torch.ones_like(images))) > 1


def test_pairs_of_an_ambiguous_task_are_judged_by_their_features_if_there_are_any(
    planned: tuple[Plan, Catalogue],
) -> None:
    plan, catalogue = planned
    task = plan.registry.task("colorization.edges2shoes")
    clean = catalogue["train"].clean
    pairs = {task.name: TaskFiles(pairs=tuple(map(PairRef, clean[:4], clean[2:6])))}
    other = Catalogue({"val": SplitFiles(tasks=pairs)})
    plan = Plan(**{**vars(plan), "tasks": (task,)})
    titles = [find_criteria(plan, other, features)[task.name].title for features in (None, Colours())]
    assert titles == ["L1", "Fréchet distance (colours)"]
