from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mendkit.bench.cell import CellResult
from mendkit.bench.comparison import FAILURE, Comparison, Spread, compare
from mendkit.bench.plan import BenchPlan
from mendkit.bench.runner import open_cells
from mendkit_registry import load

MakePlan = Callable[..., BenchPlan]
WriteResult = Callable[..., CellResult]
WATERMARK, NON_WHITE = "background.watermark", "background.non_white"


@pytest.fixture
def plan(make_plan: MakePlan) -> BenchPlan:
    return make_plan(models=("ws_i2i", "composite"), seeds=(0, 1, 2))


def states(comparison: Comparison) -> dict[str, str]:
    return {cell.name: cell.state for cell in comparison.cells}


def test_mean_and_spread_are_those_of_the_seeds(plan: BenchPlan, write_result: WriteResult, tmp_path: Path) -> None:
    for seed, (one, other) in enumerate([(10, 40), (12, 44), (17, 48)]):
        write_result(tmp_path, "composite", seed, {WATERMARK: one, NON_WHITE: other})
    frechet = compare(plan, tmp_path, load()).metrics[0]
    assert frechet.name == "frechet"
    watermark = frechet.scores["composite"][WATERMARK]
    assert watermark.seeds == {0: 10, 1: 12, 2: 17}
    assert watermark.mean == 13
    assert watermark.deviation == pytest.approx(13**0.5)  # (9 + 1 + 16) / (3 - 1)
    assert frechet.means["composite"].seeds == {0: 25, 1: 28, 2: 32.5}
    assert frechet.inputs == {WATERMARK: 50, NON_WHITE: 50}
    assert frechet.halves == {WATERMARK: 1, NON_WHITE: 1}


def test_a_row_of_several_models_is_put_together_and_its_mean_needs_every_task(
    plan: BenchPlan, write_result: WriteResult, tmp_path: Path
) -> None:
    for seed, task, value in ((0, WATERMARK, 10), (0, NON_WHITE, 30), (1, WATERMARK, 14)):
        write_result(tmp_path, "ws_i2i", seed, {task: value}, alone=True)
    comparison = compare(plan, tmp_path, load())
    row = comparison.metrics[0].scores["ws_i2i"]
    assert (row[WATERMARK].mean, row[NON_WHITE].mean) == (12, 30)
    assert row[NON_WHITE].deviation is None
    assert comparison.metrics[0].means["ws_i2i"].seeds == {0: 20}
    assert "composite" not in comparison.metrics[0].scores
    assert comparison.counts == {WATERMARK: 7, NON_WHITE: 7}


def test_what_was_not_measured_has_no_table(plan: BenchPlan, write_result: WriteResult, tmp_path: Path) -> None:
    write_result(tmp_path, "composite", 0, {WATERMARK: 10, NON_WHITE: 20})
    assert [table.name for table in compare(plan, tmp_path, load()).metrics] == ["frechet", "kernel"]


def test_numbers_of_plugins_are_compared_behind_those_that_are_for_all_tasks(
    plan: BenchPlan, write_result: WriteResult, tmp_path: Path
) -> None:
    residue = {"residual_in_mark": 0.25, "residual_in_mark_input": 1.0, "unheard_of": 1.0}
    numbers = {WATERMARK: {"background.watermark_residue": residue, "not.installed": {"score": 1.0}}}
    write_result(tmp_path, "composite", 0, {WATERMARK: 10, NON_WHITE: 20}, numbers=numbers)
    *_, last = tables = compare(plan, tmp_path, load()).metrics
    assert [table.name for table in tables] == ["frechet", "kernel", "residual_in_mark"]
    assert (last.evaluator, last.better) == ("background.watermark_residue", "lower")
    assert last.scores["composite"] == {WATERMARK: Spread.of({0: 0.25})}
    assert last.means == {} and last.inputs == {WATERMARK: 1.0}


def test_a_result_of_an_earlier_version_is_scored_again(
    plan: BenchPlan, write_result: WriteResult, tmp_path: Path
) -> None:
    write_result(tmp_path, "composite", 0, {WATERMARK: 10, NON_WHITE: 20})
    file = tmp_path / "cells" / "composite" / "0" / "cell.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "format": 1, "evaluation": {"tasks": {}}}))
    comparison = compare(plan, tmp_path, load())
    assert states(comparison)["composite/0"] == "outdated" and comparison.metrics == ()
    [remark] = [cell.remark for cell in comparison.cells if cell.state == "outdated"]
    assert remark == f"{file}: of an earlier version; the same command scores the cell again"
    assert "composite/0" in [cell.name for cell in open_cells(plan.cells(), tmp_path)]


def test_a_damaged_cell_is_marked_and_the_others_are_compared(
    plan: BenchPlan, write_result: WriteResult, tmp_path: Path
) -> None:
    for seed in (0, 1):
        write_result(tmp_path, "composite", seed, {WATERMARK: 10, NON_WHITE: 20})
    file = tmp_path / "cells" / "composite" / "1" / "cell.json"
    file.write_text(file.read_text()[:100])
    failure = tmp_path / "cells" / "composite" / "2" / FAILURE
    failure.parent.mkdir()
    failure.write_text("a loss is NaN\n")
    comparison = compare(plan, tmp_path, load())
    assert states(comparison) == {
        f"ws_i2i/{seed}/{task}": "missing" for seed in (0, 1, 2) for task in (NON_WHITE, WATERMARK)
    } | {"composite/0": "done", "composite/1": "damaged", "composite/2": "failed"}
    remarks = {cell.name: cell.remark for cell in comparison.cells}
    assert str(file) in remarks["composite/1"] and "scores the cell again" in remarks["composite/1"]
    assert remarks["composite/2"] == "a loss is NaN"
    assert comparison.metrics[0].scores["composite"][WATERMARK].seeds == {0: 10}


def test_what_makes_cells_hard_to_compare_is_said(plan: BenchPlan, write_result: WriteResult, tmp_path: Path) -> None:
    write_result(tmp_path, "composite", 0, {WATERMARK: 10, NON_WHITE: 20})
    assert compare(plan, tmp_path, load()).notes == ()
    write_result(tmp_path, "composite", 1, {WATERMARK: 10, NON_WHITE: 20}, device="NVIDIA H100", images=20)
    write_result(tmp_path, "composite", 2, {WATERMARK: 10}, frechet_in=51.0)
    notes = compare(plan, tmp_path, load()).notes
    assert notes == (
        "cells were made by more than one device: NVIDIA H100, cpu",
        "Composite, seed 1, background.watermark, background.non_white: stopped after 20 of 24 images, as its minutes "
        "were over",
        "Fréchet distance of the input of background.watermark differs between cells: the data changed on the way",
    )


def test_cells_that_were_judged_by_other_weights_of_the_same_network_are_told_apart(
    plan: BenchPlan, write_result: WriteResult, tmp_path: Path
) -> None:
    for seed, digest in enumerate((None, 64 * "a", 64 * "b")):
        write_result(tmp_path, "composite", seed, {WATERMARK: 10}, features_digest=digest)
    assert compare(plan, tmp_path, load()).notes == (
        "cells were made by more than one file of feature weights: aaaaaaaa, bbbbbbbb",
    )


def test_what_models_have_learnt_from_is_said(plan: BenchPlan, write_result: WriteResult, tmp_path: Path) -> None:
    for seed, teacher in enumerate(("circles", "squares")):
        write_result(tmp_path, "composite", seed, {WATERMARK: 10}, learned_from=(teacher,))
    assert compare(plan, tmp_path, load()).notes == (
        "Composite has learnt from features of circles",
        "Composite has learnt from features of squares, by which it is chosen and judged as well: a head start",
    )
    write_result(tmp_path, "composite", 2, {WATERMARK: 10}, left_out=("perceptual_y",))
    *_, said = sorted(compare(plan, tmp_path, load()).notes)
    assert said == "Composite was trained without perceptual_y: training.features names no weights"


def test_an_empty_folder_is_a_table_of_missing_cells(plan: BenchPlan, tmp_path: Path) -> None:
    comparison = compare(plan, tmp_path / "nothing", load())
    assert set(states(comparison).values()) == {"missing"}
    assert comparison.metrics == () and comparison.features is None
    assert Comparison.model_validate_json(comparison.model_dump_json()) == comparison
