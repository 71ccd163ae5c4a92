from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mendkit.bench.cell import RESULT, CellResult
from mendkit.bench.comparison import CELLS
from mendkit.bench.plan import BenchPlan, plan_table
from mendkit.evaluation.report import Conditions, Evaluation, TaskEvaluation
from mendkit.presets import lay_over
from mendkit_registry import TableSpec, load

TINY = {"model": {"width": 4, "blocks": 2}, "training": {"size": 32, "images": 24, "batch": 4, "device": "cpu"}}
WATERMARK, NON_WHITE = "background.watermark", "background.non_white"

Numbers = dict[str, dict[str, dict[str, float]]]


@pytest.fixture
def make_plan(clean_folder: Path) -> Callable[..., BenchPlan]:
    """Plans a table of tiny cells on two tasks; keyword arguments are those of ``plan_table``."""

    def make(table: str = "defects", settings: dict[str, Any] | None = None, **changes: Any) -> BenchPlan:
        changed = {"data": {"clean": clean_folder}, "training": changes.pop("training", {})}
        settings = lay_over(lay_over(TINY, changed), settings or {})
        chosen = {"tasks": (WATERMARK, NON_WHITE), "seeds": (0,), "command": "mendkit bench defects"} | changes
        registry = load()
        return plan_table(registry.find(TableSpec, table), registry, settings=settings, **chosen)

    return make


def evaluation_of(
    frechet: dict[str, float], frechet_in: float, teacher: tuple[str, ...], digest: str | None, others: Numbers
) -> Evaluation:
    """An evaluation with distances: those of outputs by task, and the same for the inputs of all tasks.

    Args:
        others: numbers of other evaluators, by task.
    """
    numbers = dict.fromkeys(("frechet_halves", "kernel_input", "kernel", "kernel_halves"), 1.0)
    return Evaluation(
        conditions=Conditions(
            model="",
            images_seen=24,
            size=32,
            device="cpu",
            split="test",
            seed=0,
            limit=None,
            features="squares",
            features_digest=digest,
            learned_from=teacher,
        ),
        tasks={
            task: TaskEvaluation(
                count=7,
                true_count=9,
                numbers={
                    "mendkit.distances": {**numbers, "frechet": value, "frechet_input": frechet_in},
                    **others.get(task, {}),
                },
            )
            for task, value in frechet.items()
        },
        skipped={},
        unreadable={},
    )


@pytest.fixture
def write_result() -> Callable[..., CellResult]:
    """Writes the ``cell.json`` of a cell as if it had been made, with the given Fréchet distances by task."""

    def write(
        out: Path, model: str, seed: int, frechet: dict[str, float], *, frechet_in: float = 50.0, **changes: Any
    ) -> CellResult:
        alone, teacher = changes.pop("alone", False), changes.pop("learned_from", ())
        digest, others = changes.pop("features_digest", None), changes.pop("numbers", {})
        name = "/".join([model, str(seed), *(list(frechet)[:1] if alone else [])])
        fields = {
            "model": model,
            "title": model.title(),
            "seed": seed,
            "tasks": tuple(frechet),
            "command": f"mendkit bench defects --cell {name}",
            "settings": {"training": {"images": 24}},
            "images": 24,
            "seconds": 90.0,
            "chosen_images": 12,
            "chosen_as": "best",
            "validation": None,
            "device": "cpu",
            "threads": 2,
        }
        result = CellResult(
            **(fields | changes), evaluation=evaluation_of(frechet, frechet_in, teacher, digest, others)
        )
        file = out / CELLS / name / RESULT
        file.parent.mkdir(parents=True)
        file.write_text(result.model_dump_json())
        return result

    return write
