from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import mendkit.bench.runner
from mendkit.bench.cell import Cell, CellResult
from mendkit.bench.comparison import FAILURE, CellState, compare
from mendkit.bench.plan import BenchPlan, open_plan
from mendkit.bench.runner import make_cell, make_cells, open_cells, silent
from mendkit.errors import ConfigError, DivergedError
from mendkit.training.checkpoint import read_index
from mendkit_registry import load

MakePlan = Callable[..., BenchPlan]
WATERMARK = "background.watermark"


class Events:
    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def starts(self, cell: Cell) -> None:
        self.seen.append((cell.name, "starts"))

    def ends(self, cell: Cell, state: CellState) -> None:
        self.seen.append((cell.name, state.state))


def result_of(out: Path, name: str) -> CellResult:
    return CellResult.model_validate_json((out / "cells" / name / "cell.json").read_text())


def test_cells_are_made_once_and_hold_their_conditions_numbers_and_examples(
    make_plan: MakePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, out, events = make_plan(models=("composite", "pix2pix"), tasks=(WATERMARK,)), tmp_path / "out", Events()
    assert len(open_cells(plan.cells(), out)) == 2
    make_cells(open_cells(plan.cells(), out), out, events)
    assert events.seen == [
        ("composite/0", "starts"),
        ("composite/0", "done"),
        (f"pix2pix/0/{WATERMARK}", "starts"),
        (f"pix2pix/0/{WATERMARK}", "done"),
    ]
    for name in ("composite/0", f"pix2pix/0/{WATERMARK}"):
        result = result_of(out, name)
        assert (result.images, result.device, result.evaluation.conditions.split) == (24, "cpu", "test")
        assert result.seconds > 0 and result.command.endswith(f"--cell {name}")
        assert result.validation is not None
        best = min(result.validation.looks, key=lambda look: look.score)
        assert (result.chosen_images, result.chosen_as[:18]) == (best.images, "best on validation")
        assert result.evaluation.conditions.images_seen == result.chosen_images
        files = sorted(file.name for file in (out / "cells" / name / "examples" / WATERMARK).iterdir())
        assert files == [f"0000{n}.{kind}.png" for n in range(3) for kind in ("input", "output", "truth")]
    l1 = {table.name: table for table in compare(plan, out, load()).metrics}["l1"]
    numbers = result_of(out, "composite/0").evaluation.tasks[WATERMARK].numbers["mendkit.pixels"]
    assert l1.scores["composite"][WATERMARK].mean == numbers["l1"] and l1.inputs[WATERMARK] == numbers["l1_input"]

    file = out / "cells" / "composite" / "0" / "cell.json"
    before = result_of(out, "composite/0")
    file.write_text(file.read_text()[:-40])
    [damaged] = open_cells(plan.cells(), out)
    make_cells([damaged], out, Events())
    assert result_of(out, "composite/0").evaluation == before.evaluation  # scored again, from the same checkpoint

    monkeypatch.setattr(mendkit.bench.runner, "run_cell", None)  # nothing is left to run
    make_cells(open_cells(plan.cells({"device": "cuda", "workers": 2}), out), out, events)
    old = json.loads(file.read_text())
    del old["settings"]["training"]["keep_best"]  # as cells were before there was this setting
    file.write_text(json.dumps(old))
    kept = make_plan(models=("composite",), tasks=(WATERMARK,), training={"keep_best": True})
    assert open_cells([*plan.cells(), *kept.cells()], out) == []
    with pytest.raises(ConfigError, match=r"composite/0: model\.blocks was 2, but now is 3"):
        open_cells(make_plan(models=("composite",), tasks=(WATERMARK,), settings={"model": {"blocks": 3}}).cells(), out)


def test_a_cell_that_cannot_be_made_is_written_down_and_the_others_go_on(
    make_plan: MakePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = make_plan(models=("composite", "hierarchical", "ws_i2i"), tasks=(WATERMARK,))
    reasons: dict[str, Exception] = {
        "composite": DivergedError("a loss is NaN"),
        "hierarchical": RuntimeError("memory"),
    }

    def run(cell: Cell, folder: Path, progress: Any) -> object:
        if cell.model in reasons:
            raise reasons[cell.model]
        return object()

    monkeypatch.setattr(mendkit.bench.runner, "run_cell", run)
    make_cells(plan.cells(), tmp_path, Events())
    states = {cell.name: (cell.state, cell.remark) for cell in compare(plan, tmp_path, load()).cells}
    assert states["composite/0"] == ("failed", "a loss is NaN")
    assert states["hierarchical/0"] == ("failed", "RuntimeError: memory")
    reasons.clear()
    make_cells(plan.cells(), tmp_path, Events())
    assert not list(tmp_path.rglob(FAILURE))


def test_a_stopped_cell_stops_the_table(make_plan: MakePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mendkit.bench.runner, "run_cell", lambda *_: None)
    events = Events()
    make_cells(make_plan(models=("composite",), seeds=(0, 1)).cells(), tmp_path, events)
    assert events.seen == [("composite/0", "starts"), ("composite/0", "missing")]


def test_when_its_minutes_are_over_a_cell_is_scored_as_it_is(make_plan: MakePlan, tmp_path: Path) -> None:
    plan = make_plan(models=("composite",), tasks=(WATERMARK,), training={"minutes": 1e-6})
    make_cells(plan.cells(), tmp_path, Events())
    result = result_of(tmp_path, "composite/0")
    assert (result.images, result.chosen_images) == (4, 4)
    *_, note = compare(plan, tmp_path, load()).notes
    assert "stopped after 4 of 24 images" in note


def test_a_killed_cell_goes_on_as_if_nothing_had_happened(make_plan: MakePlan, tmp_path: Path) -> None:
    plan = make_plan(models=("composite",), tasks=(WATERMARK,), training={"images": 80})
    [cell] = plan.cells()
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    make_cell(cell, whole / "cells" / cell.name, silent)

    open_plan(plan, parts)
    code = (
        "import sys; from pathlib import Path; import torch; torch.set_num_threads(1)\n"
        "from mendkit.bench.plan import BenchPlan; from mendkit.bench.runner import make_cell, silent\n"
        "plan = BenchPlan.model_validate_json(Path(sys.argv[1], 'bench.json').read_text())\n"
        "[cell] = plan.cells()\n"
        "make_cell(cell, Path(sys.argv[1], 'cells', cell.name), silent)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(parts)], env={**os.environ, "OMP_NUM_THREADS": "1"})
    run, deadline = parts / "cells" / cell.name / "run", time.monotonic() + 120
    while not (run / "checkpoint" / "checkpoint.json").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert 0 < read_index(run).images < 80
    assert [state.state for state in compare(plan, parts, load()).cells] == ["unfinished"]

    assert open_cells(plan.cells(), parts) == [cell]
    make_cells([cell], parts, Events())
    one, other = (result_of(out, cell.name) for out in (whole, parts))
    assert other.evaluation == one.evaluation
    assert (other.validation, other.chosen_images) == (one.validation, one.chosen_images)
    assert [state.state for state in compare(plan, parts, load()).cells] == ["done"]


def test_cells_are_made_side_by_side_each_in_a_process_of_its_own(make_plan: MakePlan, tmp_path: Path) -> None:
    plan = make_plan(models=("composite",), tasks=(WATERMARK,), seeds=(0, 1), training={"images": 4})
    events = Events()
    make_cells(plan.cells(), tmp_path, events, jobs=2)
    assert {cell.name: cell.state for cell in compare(plan, tmp_path, load()).cells} == {
        "composite/0": "done",
        "composite/1": "done",
    }
    assert sorted(events.seen) == [(f"composite/{n}", event) for n in (0, 1) for event in ("done", "starts")]
