"""``mendkit tasks``: the tree of defect groups and types that the installed plugins contribute."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer
from pydantic_core import to_json
from rich.console import Group
from rich.table import Table
from rich.text import Text

from mendkit_registry import DatasetSpec, DefectGroup, DefectType, Registry, SynthesizerSpec, load
from mendkit_registry.kinds import KINDS, Kind
from mendkit_registry.specs import TaskComponentSpec

from ..shipped import shipped_models
from .console import facts, stdout, table
from .listing import ListByDefault
from .tree import Facts, Family, drawn_tree

COMPONENTS = tuple(kind for kind in KINDS.values() if issubclass(kind.spec, TaskComponentSpec))
"""The kinds of component that are for tasks."""


app = typer.Typer(
    cls=ListByDefault,
    add_completion=False,
    help="List the defects that the installed plugins add. `tasks FILTER` is short for `tasks list FILTER`.",
)


@app.command("list")
def list_tasks(
    filters: Annotated[list[str] | None, typer.Argument(help="Tasks, groups or globs. Default: all.")] = None,
    benchmarks: Annotated[bool, typer.Option("--benchmarks", help="Include published sets.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> None:
    """Print the tree of groups and types. Published sets are left out unless they are asked for."""
    registry = load()
    families = tuple(chosen_families(registry, filters, benchmarks=benchmarks))
    if as_json:
        print(to_json({"groups": [_group_record(registry, *family) for family in families]}, indent=2).decode())
    else:
        about = {task.name: _facts(registry, task) for _, tasks in families for task in tasks}
        print("\n".join(drawn_tree(families, about, stdout)))
    if broken := [plugin.name for plugin in registry.plugins if plugin.error is not None]:
        print(f"broken, and left out: {', '.join(broken)}; see: mendkit plugins", file=sys.stderr)


@app.command("show")
def show_task(name: Annotated[str, typer.Argument(help="Full name, such as background.watermark.")]) -> None:
    """Print all that is known of one task, and the components that are for it."""
    registry = load()
    stdout.print(task_details(registry, registry.task(name)))


def chosen_families(registry: Registry, filters: Iterable[str] | None, *, benchmarks: bool = False) -> Iterator[Family]:
    """The groups with the tasks that any of the filters names; without filters, groups without tasks as well.

    Args:
        benchmarks: without filters, benchmark tasks as well.

    Raises:
        UnknownNameError: a filter matches nothing.
    """
    everything = registry.tasks.values()
    chosen = registry.select(filters) if filters else [task for task in everything if benchmarks or not task.benchmark]
    tasks: dict[str, list[DefectType]] = defaultdict(list)
    for task in chosen:
        tasks[task.group].append(task)
    empty = set() if filters else registry.groups.keys() - {task.group for task in everything}
    for name, group in registry.groups.items():
        if name in tasks or name in empty:
            yield group, tuple(tasks[name])


def _facts(registry: Registry, task: DefectType) -> Facts:
    plugin = registry.plugin_of(task).name
    return task.type, task.supervision, _feed(registry, task), f"plugin {plugin}"


def _feed(registry: Registry, task: DefectType) -> str:
    """What brings the data of a task, beside the user's own images."""
    if registry[DatasetSpec].of(task.name):
        return "published set"
    return "synthesizer" if registry[SynthesizerSpec].of(task.name) else "no synthesizer"


def _group_record(registry: Registry, group: DefectGroup, tasks: Iterable[DefectType]) -> dict[str, Any]:
    plugin = registry.plugin_of(group).name
    return {**group.model_dump(), "plugin": plugin, "tasks": [_task_record(registry, task) for task in tasks]}


def _task_record(registry: Registry, task: DefectType) -> dict[str, Any]:
    components = {kind.name: [spec.name for spec in _components(registry, task, kind)] for kind in COMPONENTS}
    datasets = [dataset.name for dataset in registry[DatasetSpec].of(task.name)]
    plugin = registry.plugin_of(task).name
    return {**task.model_dump(), "plugin": plugin, "datasets": datasets, **components}


def _components(registry: Registry, task: DefectType, kind: Kind) -> Iterator[TaskComponentSpec]:
    """Those of one kind that are for the task, but for those that take part only where something names them."""
    for spec in registry[kind.spec].of(task.name):
        if isinstance(spec, TaskComponentSpec) and spec.is_for(task) and not spec.is_on_request:
            yield spec


def task_details(registry: Registry, task: DefectType) -> Group:
    """All that is known of one task: its own fields, then a row for each component that is for it."""
    group, models = registry.group(task.group), shipped_models(registry).models
    about = (
        ("title", task.title),
        ("description", task.description),
        ("group", f"{group.name} ({group.title})"),
        ("supervision", task.supervision),
        ("geometric", "yes, pixels may move" if task.geometric else "no, pixels stay in place"),
        ("ambiguous", "yes, many outputs are right" if task.ambiguous else "no, one output is right"),
        *((("tonal", "yes, colours change and no detail"),) if task.tonal else ()),
        ("plugin", str(registry.plugin_of(task))),
        *(("published set", f"{spec.name}, from {spec.url}") for spec in registry[DatasetSpec].of(task.name)),
        *(("model", f"{model.name} ({model.card.terms})") for model in models if model.mends(task.name)),
    )
    return Group(Text(task.name, "bold"), facts(about), "", _components_table(registry, task))


def _components_table(registry: Registry, task: DefectType) -> Table:
    rows = table("Component", "Name", "Plugin", "Settings", "Description")
    for kind in COMPONENTS:
        for spec in _components(registry, task, kind):
            plugin = registry.plugin_of(spec).name
            cells = (kind.singular, spec.name, plugin, _settings(spec), spec.description)
            rows.add_row(*(Text(cell) for cell in cells))
    return rows


def _settings(spec: TaskComponentSpec) -> str:
    """The fields that only this kind of component has and that are not as by default, and its options."""
    own = spec.model_dump(exclude=set(TaskComponentSpec.model_fields), exclude_defaults=True)
    settings = {**own, **spec.options}.items()
    return ", ".join(f"{name}={_in_short(value)}" for name, value in settings if value not in ((), None))


def _in_short(value: object) -> object:
    """Several things are one after the other; what has a name, is shown by it."""
    if isinstance(value, tuple):
        return " ".join(str(_in_short(one)) for one in value)
    return value.get("name", value) if isinstance(value, dict) else value
