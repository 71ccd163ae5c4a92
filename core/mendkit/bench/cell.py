"""One cell of a table: a model, a seed, and the tasks that it is trained on. Train, choose on val, score on test.

CELL/run/         the run, as `mendkit train` writes it, with the best checkpoint in run/best
     examples/    what the model made of a few fixed test images
     seconds.json how long it has been trained
     cell.json    the result, written last
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import torch
from pydantic import BaseModel, ConfigDict

from mendkit_registry import DatasetSpec, load

from ..config import RunConfig
from ..data.catalogue import Catalogue
from ..data.opening import open_catalogue
from ..errors import ConfigError
from ..evaluation.evaluate import evaluate
from ..evaluation.report import Evaluation
from ..files import write_json
from ..model import Model
from ..networks.features import FeatureExtractor
from ..networks.pretrained import find_features
from ..training.best import Looks, choose_checkpoint, read_looks, watch_best
from ..training.checkpoint import read_index
from ..training.devices import pick_device
from ..training.loop import Watcher
from ..training.plan import Plan
from ..training.run import ProgressFactory, is_run, resume_run, start_run
from .examples import EXAMPLES, write_examples

RESULT = "cell.json"
FORMAT: Final = 2
"""Of results. In 1, the numbers of an evaluation did not lie by evaluator."""

TEST_SEED = 0
"""Of the pairs that are synthesised for the test: the same for all cells."""

BESIDE = {"device", "workers", "keep_best"}
"""Settings that say where a cell is made, or what else is kept of it, not what it is."""


class Cell(BaseModel):
    """What a cell is.

    Args:
        model: name of the row. ``title`` is what the table calls it.
        alone: whether the row has a model for each task, and this is that of ``tasks[0]``.
        limit: at most so many test pairs of each task, or images of each domain.
        features: weights of the features by which distances are measured.
        command: what makes this cell, and no other.
    """

    model_config = ConfigDict(frozen=True)

    model: str
    title: str
    seed: int
    tasks: tuple[str, ...]
    alone: bool
    config: RunConfig
    limit: int | None
    features: Path | None
    command: str

    @property
    def name(self) -> str:
        """``MODEL/SEED``, and for one of several models of a row ``MODEL/SEED/TASK``: its folder below the table's."""
        return cell_name(self.model, self.seed, self.tasks[0] if self.alone else None)

    @property
    def settings(self) -> dict[str, Any]:
        """The whole configuration, as JSON has it."""
        return self.config.model_dump(mode="json")


def cell_name(model: str, seed: int, task: str | None) -> str:
    """How a cell is called; ``task`` is None if the row has one model for all tasks."""
    return "/".join((model, str(seed), *([task] if task else [])))


class CellResult(BaseModel):
    """What came of a cell, and under which conditions.

    Args:
        settings: the whole configuration of the run, as JSON has it.
        images: how many images it was trained on; fewer than its budget if its minutes were over before.
        seconds: of training, with the looks at validation images.
        chosen_images: after how many images the checkpoint was made that is reported.
        chosen_as: why that one.
        threads: of the CPU.
        left_out: terms that did not take part, as there were no weights of a network to compare features by.
    """

    model_config = ConfigDict(frozen=True)

    format: Literal[2] = FORMAT
    model: str
    title: str
    seed: int
    tasks: tuple[str, ...]
    command: str
    settings: dict[str, Any]
    images: int
    seconds: float
    chosen_images: int
    chosen_as: str
    validation: Looks | None
    device: str
    threads: int
    left_out: tuple[str, ...] = ()
    evaluation: Evaluation


def is_outdated(found: object) -> bool:
    """Whether a result, as JSON has it, is of an earlier format."""
    return isinstance(found, dict) and found.get("format") in range(1, FORMAT)


def run_cell(cell: Cell, folder: Path, progress: ProgressFactory) -> CellResult | None:
    """Make a cell, or go on with it where it stopped. None if it was stopped again; the next call goes on.

    Raises:
        MendkitError, RegistryError: it cannot be trained or scored.
    """
    device = pick_device(cell.config.training.device)
    features = find_features(cell.features, str(device))
    if not _train(cell, folder / "run", progress, features):
        return None
    result = _score(cell, folder, features, device)
    write_json(folder / RESULT, result.model_dump(mode="json"))
    return result


def _train(cell: Cell, run: Path, progress: ProgressFactory, features: FeatureExtractor | None) -> bool:
    """Train, or go on. Returns whether the budget, in images or in minutes, is spent."""

    def watch(plan: Plan, catalogue: Catalogue) -> Iterable[Watcher]:
        return watch_best(plan, catalogue, features)

    if not is_run(run):
        return start_run(cell.config, run, progress, watch)
    require_same(read_index(run).config.model_dump(mode="json"), cell.settings, run)
    return resume_run(run, progress, watch)


def _score(cell: Cell, folder: Path, features: FeatureExtractor | None, device: torch.device) -> CellResult:
    registry = load(strict=True)
    catalogue = open_catalogue(cell.config.data, registry.tasks, registry[DatasetSpec].values())
    trained, chosen = read_index(folder / "run"), choose_checkpoint(folder / "run")
    model = Model.load(chosen.path, str(device))
    evaluation = evaluate(
        model,
        catalogue,
        registry,
        tasks=cell.tasks,
        seed=TEST_SEED,
        limit=cell.limit,
        features=features,
        origin=cell.name,
    )
    for task in evaluation.tasks:
        write_examples(model, catalogue, registry, task, folder / EXAMPLES, seed=TEST_SEED, limit=cell.limit)
    return CellResult(
        model=cell.model,
        title=cell.title,
        seed=cell.seed,
        tasks=cell.tasks,
        command=cell.command,
        settings=cell.settings,
        images=trained.images,
        seconds=trained.seconds,
        chosen_images=chosen.images,
        chosen_as=chosen.reason,
        validation=read_looks(folder / "run"),
        device=_named(device),
        threads=torch.get_num_threads(),
        left_out=trained.left_out,
        evaluation=evaluation,
    )


def _named(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else str(device)


def require_same(found: Mapping[str, Any], wanted: Mapping[str, Any], where: object) -> None:
    """Compare what was asked for in ``where`` with what is wanted now, both nested and as JSON has them.

    Raises:
        ConfigError: they differ, and not only in ``BESIDE``; names the first key, with dots.
    """
    for key, before, now in _differences(found, wanted):
        raise ConfigError(
            f"{where}: {key} was {before!r}, but now is {now!r}; give what it was, or another --out"
            " (what is not given comes from the preset, which another version may have changed)"
        )


def _differences(
    found: Mapping[str, Any], wanted: Mapping[str, Any], above: str = ""
) -> Iterator[tuple[str, object, object]]:
    for key in sorted({*found, *wanted} - BESIDE):
        before, now = found.get(key), wanted.get(key)
        if isinstance(before, Mapping) and isinstance(now, Mapping):
            yield from _differences(before, now, f"{above}{key}.")
        elif before != now:
            yield f"{above}{key}", before, now
