"""What a table's folder is to hold: its cells, all at one budget and size. Kept as ``bench.json`` beside the table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from mendkit_registry import DatasetSpec, Registry, TableSpec

from ..config import RunConfig, read_config
from ..data.opening import open_catalogue
from ..errors import ConfigError, DataError
from ..files import write_json
from ..networks.pretrained import identify
from ..presets import lay_over
from .cell import Cell, cell_name, require_same
from .models import BenchModel, find_model
from .tables import divide_tasks

INDEX = "bench.json"
LOOKS = 10
"""How often a cell is saved and looked at, at equal intervals."""


class BenchPlan(BaseModel):
    """One table, as it was asked for.

    Args:
        tasks: its columns. ``absent`` has the reason for each task that the data does not bring.
        settings: of all models alike, nested like the configuration; ``data`` is among them.
        images: budget of a row: images that it is trained on, over all of its models.
        limit, features: see ``Cell``.
        command: what fills the table, without the choice of rows and seeds.
    """

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1
    table: str
    title: str
    tasks: tuple[str, ...]
    absent: dict[str, str]
    models: tuple[str, ...]
    seeds: tuple[int, ...]
    settings: dict[str, Any]
    images: int
    limit: int | None = None
    features: Path | None = None
    command: str = ""

    def cells(self, place: Mapping[str, Any] | None = None) -> tuple[Cell, ...]:
        """All cells, row by row.

        Args:
            place: settings of training that say where cells are made, such as ``{"device": "cuda"}``.
        """
        return tuple(
            self._cell(model, seed, tasks, place or {})
            for model in map(find_model, self.models)
            for seed in self.seeds
            for tasks in ([self.tasks] if model.joint else [(task,) for task in self.tasks])
        )

    def _cell(self, model: BenchModel, seed: int, tasks: tuple[str, ...], place: Mapping[str, Any]) -> Cell:
        images = max(1, self.images // (1 if model.joint else len(self.tasks)))
        interval = -(-images // LOOKS)
        below = {"training": {"checkpoint_images": interval, "sheet_images": interval}}
        # The best is kept in any case, and judged by the features of the table, not by those of the run.
        training = {"images": images, "seed": seed, "keep_best": False, **place}
        above = {"tasks": tasks, "training": training}
        settings = lay_over(lay_over(lay_over(below, model.settings), self.settings), above)
        name = cell_name(model.name, seed, None if model.joint else tasks[0])
        return Cell(
            model=model.name,
            title=model.title,
            seed=seed,
            tasks=tasks,
            alone=not model.joint,
            config=read_config(None, settings),
            limit=self.limit,
            features=self.features,
            command=f"{self.command} --cell {name}",
        )

    def joined(self, earlier: BenchPlan) -> BenchPlan:
        """This table with the rows and seeds of ``earlier`` as well."""
        united = {
            name: tuple(dict.fromkeys([*getattr(earlier, name), *getattr(self, name)])) for name in ("models", "seeds")
        }
        return self.model_copy(update=united)

    @property
    def conditions(self) -> dict[str, Any]:
        """What must be the same for all cells of a folder, as JSON has it."""
        return self.model_dump(mode="json", exclude={"title", "absent", "models", "seeds", "command"})


def plan_table(
    table: TableSpec,
    registry: Registry,
    *,
    settings: Mapping[str, Any],
    seeds: tuple[int, ...],
    models: tuple[str, ...] = (),
    tasks: tuple[str, ...] = (),
    limit: int | None = None,
    features: Path | None = None,
    command: str = "",
) -> BenchPlan:
    """Plan ``table`` on the data that ``settings`` names.

    Args:
        models, tasks: instead of those of the table; ``tasks`` may be groups and globs.

    Raises:
        UnknownNameError: no such model or task.
        DataError: the data brings none of the tasks.
        CheckpointError: a file of feature weights does not serve.
    """
    common = read_config(None, settings)
    for weights in filter(None, (features, common.training.features)):
        identify(weights)
    catalogue = open_catalogue(common.data, registry.tasks, registry[DatasetSpec].values())
    wanted = tuple(task.name for task in registry.select(tasks)) if tasks else table.tasks
    present, absent = divide_tasks(wanted, registry, catalogue, common.training.size)
    if not present:
        raise DataError("\n  ".join([f"no task of the table {table.name!r} is in the data:", *absent.values()]))
    return BenchPlan(
        table=table.name,
        title=table.title,
        tasks=present,
        absent=absent,
        models=tuple(dict.fromkeys(find_model(name).name for name in models or table.models)),
        seeds=seeds,
        settings=_from_anywhere(settings, common),
        images=common.training.images,
        limit=limit,
        features=features.absolute() if features else None,
        command=command,
    )


def _from_anywhere(settings: Mapping[str, Any], read: RunConfig) -> dict[str, Any]:
    """The settings with data and feature weights as they were read: a table goes on from any working directory."""
    data = read.data.model_dump(mode="json", exclude_defaults=True)
    features = {"features": str(read.training.features)} if read.training.features else {}
    return lay_over(settings, {"training": features}) | {"data": data}


def open_plan(plan: BenchPlan, out: Path) -> BenchPlan:
    """Write the plan into ``out``, joined with the one that is there.

    Raises:
        ConfigError: ``out`` holds another table, or one under other conditions.
    """
    file = out / INDEX
    if file.exists():
        earlier = _read(file)
        require_same(earlier.conditions, plan.conditions, file)
        plan = plan.joined(earlier)
    write_json(file, plan.model_dump(mode="json"))
    return plan


def _read(file: Path) -> BenchPlan:
    try:
        return BenchPlan.model_validate(json.loads(file.read_bytes()))
    except ValueError as error:
        raise ConfigError(f"{file}: damaged; remove it, and the table is planned anew: {error}") from error
