from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mendkit.bench.cell import CellResult
from mendkit.bench.comparison import CellState, Comparison, MetricTable, Spread
from mendkit.bench.plan import BenchPlan
from mendkit.data.images import read_image, write_image
from mendkit.evaluation.report import Evaluation
from mendkit.reporting.comparison import comparison_markdown, write_comparison
from mendkit.reporting.outputs import outputs_sheet

DARK, DIM = "light.dark", "light.dim"


def cell_state(name: str, evaluation: Evaluation) -> CellState:
    model, seed = name.split("/")
    result = CellResult(
        model=model,
        title=model.title(),
        seed=int(seed),
        tasks=(DARK, DIM),
        command="",
        settings={},
        images=34000,
        seconds=726,
        chosen_images=30600,
        chosen_as="best",
        validation=None,
        device="cpu",
        threads=2,
        evaluation=evaluation,
    )
    return CellState(name=name, command=f"mendkit bench light --out old --cell {name}", state="done", result=result)


@pytest.fixture
def comparison(evaluation: Evaluation) -> Comparison:
    """Two models, two seeds: ``composite`` is done, of ``hierarchical`` nothing is but one cell that failed."""
    failed = CellState(name="hierarchical/0", command="mendkit bench light --cell hierarchical/0", state="failed")
    frechet = MetricTable(
        evaluator="mendkit.distances",
        name="frechet",
        title="Fréchet distance (mobilenetv2_100)",
        better="lower",
        format=".1f",
        scores={"composite": {DARK: Spread.of({0: 10, 1: 14}), DIM: Spread.of({0: 30.04})}},
        means={"composite": Spread.of({0: 20.02})},
        inputs={DARK: 50, DIM: 70},
        halves={DARK: 9, DIM: 8.5},
    )
    return Comparison(
        plan=BenchPlan(
            table="light",
            title="Light",
            tasks=(DARK, DIM),
            absent={"light.off": "light.off: no images | at all"},
            models=("composite", "hierarchical"),
            seeds=(0, 1),
            settings={"training": {"size": 64, "minutes": 12}, "model": {"width": 32}},
            images=34000,
            limit=88,
        ),
        titles={"composite": "Ours", "hierarchical": "Theirs"},
        counts={DARK: 88, DIM: 70},
        features="mobilenetv2_100",
        metrics=(frechet,),
        cells=(
            cell_state("composite/0", evaluation),
            failed.model_copy(update={"remark": "the loss | of\na step is NaN"}),
        ),
        notes=("cells were made on a Sunday",),
    )


def test_models_are_rows_between_the_input_and_the_halves(comparison: Comparison) -> None:
    table = comparison_markdown(comparison).partition("## Fréchet distance (mobilenetv2_100)\n\n")[2].split("\n\n")[0]
    assert table.splitlines() == [
        "| lower is better | `light.dark`, N = 88 | `light.dim`, N = 70 | mean |",
        "|---|---|---|---|",
        "| *input* | 50.0 | 70.0 | 60.0 |",
        "| Ours (`composite`) | 12.0 ± 2.8 | 30.0 (1 of 2 seeds) | 20.0 (1 of 2 seeds) |",
        "| Theirs (`hierarchical`) | missing | missing | missing |",
        "| *halves* | 9.0 | 8.5 | 8.8 |",
    ]


def test_conditions_cells_commands_and_remarks_are_in_the_report(comparison: Comparison) -> None:
    text = comparison_markdown(comparison)
    assert text.startswith(
        "# Light\n\nBudget of a row: 34,000 images · at most 12 minutes a cell · 64 px · width 32 · "
    )
    assert "seeds 0, 1 · at most 88 test images a task · features: mobilenetv2_100." in text
    assert "| `composite/0` | done | 34,000 | 30,600 | 12.1 | cpu x 2 | 0." in text
    assert "| `hierarchical/0` | **failed**: the loss \\| of a step is NaN |" in text
    assert "- cells were made on a Sunday\n- absent: light.off: no images \\| at all" in text
    commands = text.partition("```bash\n")[2].splitlines()
    assert commands[0] == "mendkit bench light --out NEW_FOLDER --cell composite/0"
    assert commands[1:] == ["mendkit bench light --cell hierarchical/0", "```"]


def test_without_numbers_the_report_says_why(comparison: Comparison) -> None:
    nothing = comparison.model_copy(update={"metrics": ()})
    assert "without features: distances were not computed: no feature weights" in comparison_markdown(nothing)
    nothing = nothing.model_copy(update={"cells": comparison.cells[1:]})
    assert "No cell is done yet." in comparison_markdown(nothing)


def test_the_sheet_has_a_row_for_each_image_and_gaps_for_what_is_missing(
    comparison: Comparison, evaluation: Evaluation, tmp_path: Path
) -> None:
    assert outputs_sheet(comparison, tmp_path) is None
    both = comparison.model_copy(
        update={"cells": (cell_state("composite/0", evaluation), cell_state("hierarchical/1", evaluation))}
    )
    levels = {"input": 60, "output": 90, "truth": 200}
    for cell, task, number in (("composite/0", DARK, 0), ("composite/0", DIM, 5), ("hierarchical/1", DARK, 0)):
        folder = tmp_path / "cells" / cell / "examples" / task
        for kind, level in levels.items():
            if (task, kind) != (DIM, "truth"):  # it has no pairs
                write_image(folder / f"{number:05d}.{kind}.png", np.full((128, 128, 3), level, np.uint8))
    sheet = outputs_sheet(both, tmp_path)
    assert sheet is not None
    shown = {level: int((sheet == level).all(axis=-1).sum()) / 128**2 for level in levels.values()}
    assert shown == pytest.approx({60: 2, 90: 3, 200: 1}, abs=0.01)


def test_all_files_are_written_and_read_back(comparison: Comparison, tmp_path: Path) -> None:
    write_image(tmp_path / "cells/composite/0/examples" / DARK / "00000.input.png", np.zeros((128, 128, 3), np.uint8))
    write_comparison(comparison, tmp_path)
    assert Comparison.model_validate_json((tmp_path / "table.json").read_text()) == comparison
    assert (tmp_path / "table.md").read_text() == comparison_markdown(comparison)
    assert read_image(tmp_path / "outputs.png").shape[0] > 128


def test_a_table_without_pairs_has_no_column_of_truths(
    comparison: Comparison, evaluation: Evaluation, tmp_path: Path
) -> None:
    folder = tmp_path / "cells" / "composite" / "0" / "examples" / DIM
    for kind in ("input", "output"):
        write_image(folder / f"00000.{kind}.png", np.full((128, 128, 3), 90, np.uint8))
    without = outputs_sheet(comparison, tmp_path)
    write_image(folder / "00000.truth.png", np.full((128, 128, 3), 90, np.uint8))
    with_truth = outputs_sheet(comparison, tmp_path)
    assert without is not None and with_truth is not None
    assert with_truth.shape[1] - without.shape[1] == 128 + 8
