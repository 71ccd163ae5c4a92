from __future__ import annotations

import io

import pytest
from rich.console import Console

from mendkit.evaluation.report import Detection, Evaluation, TaskEvaluation
from mendkit.reporting.table import PARTIAL, conditions_line, evaluation_report, notes, plain_tables


def printed(evaluation: Evaluation, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(evaluation_report(evaluation))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_task_is_a_row_with_the_inputs_error_beside_the_outputs(evaluation: Evaluation) -> None:
    errors, likeness = plain_tables(evaluation)[:2]
    assert errors.rows[0] == ("light.dark", "12", "0.2000 → 0.0500", "25.1%", "22.1 to 28.3%", "8.3%")
    assert likeness.rows[0] == ("light.dark", "14.5 → 26.2", "0.610 → 0.870", "41.5", "33.8", "0.0031")


def test_a_ratio_that_does_not_exist_is_a_dash(evaluation: Evaluation) -> None:
    assert plain_tables(evaluation)[0].rows[1][3:5] == ("-", "-")


def test_numbers_of_plugins_have_a_table_of_their_own(evaluation: Evaluation) -> None:
    plugins = plain_tables(evaluation)[2]
    assert plugins.rows == (
        ("light.dark", "evenness", "spread", "0.125"),
        ("light.dark", "evenness", "oddity", "not finite"),
    )


def test_distances_stand_beside_n_and_the_halves_and_name_their_features(evaluation: Evaluation) -> None:
    distances = plain_tables(evaluation)[3]
    assert "mobilenetv2_100, unlearned" in distances.title
    assert distances.rows == (("light.dark", "12", "0.700 → 0.300", "310.2 → 120.5", "99.8", "400.0 → 100.0", "-2.0"),)


def test_rows_are_as_wide_as_their_columns(evaluation: Evaluation) -> None:
    assert all(len(row) == len(table.columns) for table in plain_tables(evaluation) for row in table.rows)


def test_tables_without_rows_are_left_out(evaluation: Evaluation) -> None:
    bare = evaluation.model_copy(update={"tasks": {"light.dim": evaluation.tasks["light.dim"]}})
    assert len(plain_tables(bare)) == 2


def test_what_is_missing_is_said_with_its_reason(evaluation: Evaluation) -> None:
    said = list(notes(evaluation))
    assert "perceptual, Fréchet and kernel distance of light.dim: not computed: needs at least 4 images, got 2" in said
    assert "skipped light.flicker: no pairs in split 'test'" in said
    assert "left out of light.dim: photos/a&b.png: cannot be read as an image: truncated" in said


def test_a_reason_that_holds_for_all_tasks_is_said_once(evaluation: Evaluation) -> None:
    without = {
        name: task.model_copy(update={"left_out": {"mendkit.distances": "not computed: no weights"}})
        for name, task in evaluation.tasks.items()
    }
    said = [note for note in notes(evaluation.model_copy(update={"tasks": without})) if "no weights" in note]
    assert said == ["perceptual, Fréchet and kernel distance of light.dark, light.dim: not computed: no weights"]


def test_the_conditions_are_in_one_line(evaluation: Evaluation) -> None:
    line = conditions_line(evaluation.conditions)
    for part in ("mendkit 0.", "torch ", "runs/<first> after 200,000 images", "split test", "at most 12", "seed 7"):
        assert part in line
    assert line.endswith("64 px · cpu · features: mobilenetv2_100")


def test_a_model_that_has_learnt_from_the_features_it_is_judged_by_is_marked(evaluation: Evaluation) -> None:
    assert PARTIAL not in notes(evaluation)
    for teacher, marked in (("mobilenetv2_100", True), ("tf_efficientnet_lite0", False)):
        conditions = evaluation.conditions.model_copy(update={"learned_from": ("squares", teacher)})
        assert f"200,000 images, learnt from squares and {teacher}" in conditions_line(conditions)
        assert (PARTIAL in notes(evaluation.model_copy(update={"conditions": conditions}))) is marked


@pytest.mark.parametrize("width", [80, 200])
def test_the_report_keeps_every_error_whole_at_any_usual_width(evaluation: Evaluation, width: int) -> None:
    text = printed(evaluation, width)
    for cell in ("light.dark", "0.2000 → 0.0500", "25.1%", "22.1 to 28.3%", "14.5 → 26.2", "41.5", "0.125"):
        assert cell in text
    assert "features: mobilenetv2_100" in " ".join(text.split())


def test_a_task_without_pairs_is_in_the_table_of_distances_alone(evaluation: Evaluation) -> None:
    dark = evaluation.tasks["light.dark"]
    distances = dict(dark.numbers["mendkit.distances"])
    del distances["perceptual"], distances["perceptual_input"]
    alone = dark.model_copy(update={"true_count": 20, "numbers": {"mendkit.distances": distances}})
    [table] = plain_tables(evaluation.model_copy(update={"tasks": {"light.dark": alone}}))
    assert table.rows == (("light.dark", "12 / 20", "-", "310.2 → 120.5", "99.8", "400.0 → 100.0", "-2.0"),)


def test_an_evaluator_without_numbers_is_named_with_its_reason(evaluation: Evaluation) -> None:
    dim = evaluation.tasks["light.dim"].model_copy(update={"left_out": {"light.evenness": "no lamp"}})
    said = notes(evaluation.model_copy(update={"tasks": {"light.dim": dim}}))
    assert "light.evenness of light.dim: no lamp" in said


def test_a_number_that_is_not_finite_is_a_dash_in_the_tables(evaluation: Evaluation) -> None:
    dark = evaluation.tasks["light.dark"]
    numbers = {**dark.numbers, "mendkit.pixels": {**dark.numbers["mendkit.pixels"], "psnr": None, "worse": None}}
    broken = dark.model_copy(update={"numbers": numbers})
    errors, likeness, *_ = plain_tables(evaluation.model_copy(update={"tasks": {"light.dark": broken}}))
    assert errors.rows[0][-1] == likeness.rows[0][1] == "-"


def test_a_model_that_finds_has_the_number_of_images_of_both_kinds(evaluation: Evaluation) -> None:
    found = TaskEvaluation(count=7, true_count=9, detection=Detection(auroc=0.875, average_precision=0.75))
    [table] = plain_tables(evaluation.model_copy(update={"tasks": {"light.dark": found}}))
    assert table.rows == (("light.dark", "7", "9", "0.875", "0.750"),)
