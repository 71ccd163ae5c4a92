from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mendkit.config import RunConfig
from mendkit.data.images import write_image
from mendkit.errors import UnreadableImageError
from mendkit.training.balance import LEAST_ERROR, task_weights
from mendkit.training.checkpoint import read_index
from mendkit.training.loop import Silent, Status
from mendkit.training.run import plan_run, resume_run, start_run
from mendkit.training.terms import TermTable

Configure = Callable[..., RunConfig]


def source(error: float | None, feed: str = "", measured: list[int] | None = None) -> Any:
    """A source whose pairs have that error; it writes down with which seeds it is measured."""

    def input_error(seed: int) -> float:
        if measured is not None:
            measured.append(seed)
        if error is None:
            raise UnreadableImageError(__file__, "broken")  # type: ignore[arg-type]
        return error

    return SimpleNamespace(has_pairs=True, input_error=input_error, feed=feed or object())


def test_balanced_tasks_weigh_the_same_at_the_start() -> None:
    weights = task_weights({"a": source(0.4), "b": source(0.1)}, seed=0, balance=1.0)
    assert weights["a"] * 0.4 == pytest.approx(weights["b"] * 0.1)
    assert weights["a"] * 0.4 + weights["b"] * 0.1 == pytest.approx(0.5)  # the total stays what it was


def test_half_a_balance_is_the_root() -> None:
    weights = task_weights({"a": source(0.4), "b": source(0.1)}, seed=0, balance=0.5)
    assert weights["b"] / weights["a"] == pytest.approx(2.0)


def test_tasks_of_one_feed_are_measured_once_and_weigh_the_same() -> None:
    measured: list[int] = []
    alike = {name: source(0.1, "watermarks", measured) for name in "abc"}
    weights = task_weights({**alike, "d": source(0.4)}, seed=7, balance=1.0)
    assert measured == [7]
    assert weights["a"] == weights["b"] == weights["c"] == pytest.approx(4 * weights["d"])


def test_a_task_that_cannot_be_measured_weighs_one_and_changes_nothing_for_the_others() -> None:
    measured = {"a": source(0.4), "b": source(0.02)}
    unpaired = SimpleNamespace(has_pairs=False, feed="unpaired")
    alone = task_weights(measured, seed=0, balance=1.0)
    beside = task_weights({**measured, "u": unpaired, "broken": source(None)}, seed=0, balance=1.0)
    assert beside == {**alone, "u": 1.0, "broken": 1.0}
    assert task_weights({"u": unpaired}, seed=0, balance=1.0) == {"u": 1.0}


def test_a_run_keeps_its_weights_when_it_is_resumed_with_other_photos(
    tiny_config: Configure, clean_folder: Path, tmp_path: Path
) -> None:
    def stop() -> nullcontext[Stopping]:
        return nullcontext(Stopping())

    assert not start_run(tiny_config(), tmp_path / "run", stop)
    before = read_index(tmp_path / "run").balance
    assert set(before) == set(read_index(tmp_path / "run").tasks) and len(set(before.values())) > 1
    for path in (clean_folder / "train").iterdir():
        write_image(path, np.full((48, 48, 3), 90, np.uint8))
    assert resume_run(tmp_path / "run", lambda: nullcontext(Silent()))
    assert read_index(tmp_path / "run").balance == before != dict(plan_run(tiny_config())[0].balance)


class Stopping:
    """Presses Ctrl-C at the first log point."""

    def update(self, status: Status) -> None:
        if status.losses:
            signal.raise_signal(signal.SIGINT)


def test_without_balance_nothing_is_measured() -> None:
    assert task_weights({"a": source(None), "b": source(0.1)}, seed=0, balance=0.0) == {"a": 1.0, "b": 1.0}


def test_a_task_without_defects_does_not_outweigh_all_others() -> None:
    weights = task_weights({"a": source(0.0), "b": source(0.1)}, seed=0, balance=1.0)
    assert weights["a"] / weights["b"] == pytest.approx(0.1 / LEAST_ERROR)


def test_the_paper_is_not_balanced_and_our_preset_is(tiny_config: Configure) -> None:
    ours, _ = plan_run(tiny_config())
    paper, _ = plan_run(tiny_config(preset="hierarchical"))
    assert set(paper.balance.values()) == {1.0}
    assert ours.balance["background.watermark"] > ours.balance["background.non_white"]
    table = TermTable(ours.terms, ours.names, ours.balance)
    shares = dict(zip((term.name for term in ours.terms), table.shares, strict=True))
    row = ours.names.index("background.watermark")
    assert shares["l1_y"][row].item() == pytest.approx(ours.balance["background.watermark"])
    assert shares["mask_y"][row].item() == 1.0
