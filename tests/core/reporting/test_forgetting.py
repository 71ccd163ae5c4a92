from __future__ import annotations

from mendkit.evaluation.report import Evaluation
from mendkit.reporting.forgetting import forgetting_table


def test_each_task_has_its_numbers_before_and_after(evaluation: Evaluation) -> None:
    task = evaluation.tasks["light.dark"]
    worse = {**task.numbers["mendkit.pixels"], "l1_ratio": 0.5, "worse": 0.25, "clean_psnr": 30.0}
    learnt_on = task.model_copy(update={"numbers": {"mendkit.pixels": worse}})
    after = evaluation.model_copy(update={"tasks": {**evaluation.tasks, "light.dark": learnt_on}})
    rows = forgetting_table(evaluation, after).rows
    assert rows[0] == ("light.dark", "12", "25.1% → 50.0%", "8.3% → 25.0%", "41.5 → 30.0 dB")
    assert rows[1][2] == "- → -"


def test_a_task_without_pairs_has_no_row(evaluation: Evaluation) -> None:
    bare = evaluation.tasks["light.dark"].model_copy(update={"numbers": {}})
    unpaired = evaluation.model_copy(update={"tasks": {"light.dark": bare}})
    assert forgetting_table(unpaired, unpaired).rows == ()
