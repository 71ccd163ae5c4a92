from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from mendkit.config import RunConfig
from mendkit.errors import UnreadableImageError
from mendkit.training.balance import LEAST_ERROR, TaskWeights, task_weights
from mendkit.training.run import plan_run

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


def test_weights_are_measured_when_the_first_is_asked_for() -> None:
    measured: list[int] = []
    weights = TaskWeights({name: source(0.1, "watermarks", measured) for name in "ab"}, seed=7, balance=1.0)
    assert len(weights) == 2 and list(weights) == ["a", "b"] and not measured
    assert weights["b"] == weights["a"] == pytest.approx(1.0) and measured == [7]


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
    terms = {term.name: term.shares(["background.watermark"]).item() for term in ours.terms}
    assert terms["l1_y"] == pytest.approx(ours.balance["background.watermark"])
    assert terms["mask_y"] == 1.0
