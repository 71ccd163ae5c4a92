"""Which tasks of a table take part, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterable

from mendkit_registry import DatasetSpec, Registry, UnknownNameError

from ..data.catalogue import Catalogue
from ..data.sampling import task_sources
from ..data.testsets import test_set
from ..errors import DataError


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
