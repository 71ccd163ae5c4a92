"""The tables that can be filled: which tasks are their columns, and which models their rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mendkit_registry import DatasetSpec, Registry, UnknownNameError

from ..data.catalogue import Catalogue
from ..data.sampling import task_sources
from ..data.testsets import test_set
from ..errors import DataError


@dataclass(frozen=True, slots=True)
class BenchTable:
    """One table. Of its tasks, those take part that the data root brings."""

    name: str
    title: str
    tasks: tuple[str, ...]
    models: tuple[str, ...]


DEFECTS = ("background.non_white", "background.watermark", "viewpoint.wrong_angle")

TABLES = {
    table.name: table
    for table in (
        BenchTable(
            "paired",
            "Paired tasks (Li et al., Table 1)",
            ("segmentation.maps", "segmentation.facades", "colorization.edges2shoes", "colorization.edges2handbags"),
            ("pix2pix", "monce", "hierarchical", "composite"),
        ),
        BenchTable(
            "unpaired",
            "Unpaired tasks (Li et al., Table 1)",
            ("color.horse2zebra", "color.apple2orange", "style.monet2photo", "style.vangogh2photo", "beauty.makeup"),
            ("cyclegan", "monce", "hierarchical", "composite"),
        ),
        BenchTable(
            "defects",
            "Defects of product photos (Li et al., Table 2)",
            DEFECTS,
            ("ws_i2i", "hierarchical", "composite"),
        ),
        BenchTable(
            "ablation",
            "The paper's model without its parts (Li et al., Table 3)",
            DEFECTS,
            ("full", "without_g", "without_labels", "without_unpaired"),
        ),
    )
}


def find_table(name: str) -> BenchTable:
    """The table of that name. Raises UnknownNameError, which has the nearest names."""
    if name not in TABLES:
        raise UnknownNameError("table", name, TABLES)
    return TABLES[name]


def divide_tasks(
    tasks: Iterable[str], registry: Registry, catalogue: Catalogue, size: int
) -> tuple[tuple[str, ...], dict[str, str]]:
    """The tasks that can be trained and scored on this data, and for each of the others why not."""
    reasons = {task: _why_absent(task, registry, catalogue, size) for task in tasks}
    present = tuple(task for task, reason in reasons.items() if reason is None)
    return present, {task: reason for task, reason in reasons.items() if reason is not None}


def _why_absent(task: str, registry: Registry, catalogue: Catalogue, size: int) -> str | None:
    try:
        source = task_sources([registry.task(task)], registry, catalogue["train"], size)[task]
        test_set(catalogue, registry, task, "test", size=size, seed=0)
    except (UnknownNameError, DataError) as error:
        return str(error) + _where_to_get(task, registry)
    return (
        None
        if source.has_pairs or source.has_unpaired
        else f"{task}: nothing to train on{_where_to_get(task, registry)}"
    )


def _where_to_get(task: str, registry: Registry) -> str:
    return "".join(f"; {dataset.name} is at {dataset.url}" for dataset in registry[DatasetSpec].of(task))
