from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from mendkit.config import RunConfig
from mendkit.data.catalogue import Catalogue
from mendkit.evaluation.selection import Criterion
from mendkit.model import Model
from mendkit.training.best import BEST, BestKeeper, choose_checkpoint, read_looks
from mendkit.training.checkpoint import read_index, save_checkpoint
from mendkit.training.loop import Status
from mendkit.training.plan import Plan
from mendkit.training.run import plan_run, start_run
from mendkit.training.state import TrainingState, new_state

WATERMARK = "background.watermark"


@pytest.fixture
def planned(tiny_config: Callable[..., RunConfig]) -> tuple[Plan, Catalogue]:
    return plan_run(tiny_config().model_copy(update={"tasks": (WATERMARK,)}))


@pytest.fixture
def state(planned: tuple[Plan, Catalogue]) -> TrainingState:
    return new_state(planned[0].blueprint(), planned[0].registry, torch.device("cpu"))


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
    assert (chosen.images, read_index(chosen.path).images) == (20, 20)
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


class Silence:
    def update(self, status: Status) -> None:
        """Say nothing."""


def test_a_run_keeps_its_best_if_it_is_configured_so(tmp_path: Path, tiny_config: Callable[..., RunConfig]) -> None:
    plain = tiny_config(checkpoint_images=8)
    for name, config in (
        ("plain", plain),
        ("best", plain.model_copy(update={"training": plain.training.model_copy(update={"keep_best": True})})),
    ):
        assert start_run(config, tmp_path / name, lambda: nullcontext(Silence()))
    assert not (tmp_path / "plain" / BEST).exists() and read_looks(tmp_path / "plain") is None
    looks = read_looks(tmp_path / "best")
    assert looks and [look.images for look in looks.looks] == [8, 16, 24]
    chosen = choose_checkpoint(tmp_path / "best")
    best = min(looks.looks, key=lambda look: look.score)
    assert chosen.images == Model.load(chosen.path).images_seen == best.images
    weights = [load_file(tmp_path / name / "checkpoint" / "mend.safetensors") for name in ("plain", "best")]
    assert all(torch.equal(value, weights[1][name]) for name, value in weights[0].items()), "looks change nothing"
