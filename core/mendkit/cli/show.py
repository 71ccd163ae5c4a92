"""``mendkit show RUN``: what a run is trained for, how far it is, and how well it does."""

from __future__ import annotations

from collections.abc import Iterator
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from ..card import read_card
from ..shipped import find_model, is_shipped
from .cards import card_report
from .console import facts, stdout
from .options import Model

if TYPE_CHECKING:
    from ..training.checkpoint import CheckpointIndex


def show(run: Model) -> None:
    """Print the tasks, sizes and progress of a run, and the scores of its evaluations."""
    from ..training.checkpoint import find_checkpoint, read_index

    run = find_model(run)
    index = read_index(run)
    if is_shipped(run):
        stdout.print(Text(str(run), "bold"), _facts(index), card_report(read_card(run)), sep="\n\n")
        return
    home = run.parent if find_checkpoint(run) == run else run
    stdout.print(Text(str(home), "bold"), _facts(index), *_scores(home), sep="\n")


def _facts(index: CheckpointIndex) -> Text:
    config = index.config
    return facts(
        [
            ("tasks", "\n".join(_task_line(index, task) for task in index.tasks)),
            *([("extends", str(index.extends))] if index.extends else []),
            *([("started from", str(index.started_from))] if index.started_from else []),
            ("model", _model_line(index)),
            ("trained", f"{index.images:,} of {config.training.images:,} images, {index.step:,} steps"),
            ("seed", f"{config.training.seed}"),
            ("mendkit", index.mendkit),
        ]
    )


def _task_line(index: CheckpointIndex, task: str) -> str:
    transforms = [used.name for used in index.transforms if used.covers(task)]
    return f"{task} ({', '.join(transforms)})" if transforms else task


def _model_line(index: CheckpointIndex) -> str:
    config = index.config
    without = [name for name, used in (("g", config.model.group_label), ("eta", config.model.type_label)) if not used]
    labels = f", without {' and '.join(without)}" if without else ""
    seen = f", learnt from features of {' and '.join(index.learned_from)}" if index.learned_from else ""
    return f"{config.training.size} px, preset {config.preset}, width {config.model.width}{labels}{seen}"


def _scores(home: Path) -> Iterator[RenderableType]:
    """The report of each evaluation; a line for one of another version, or if there is none."""
    from ..evaluation.report import Evaluation
    from ..reporting.table import evaluation_report

    files = sorted((home / "evaluation").glob("*.json"))
    if not files:
        yield Text(f"not evaluated yet; run: mendkit evaluate {home}", "dim")
    for file in files:
        try:
            yield evaluation_report(Evaluation.model_validate(loads(file.read_bytes())))
        except (ValueError, OSError):
            yield Text(f"{file}: cannot be read; evaluate again with this version of mendkit", "red")
