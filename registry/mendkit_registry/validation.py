"""Rules between plugins: names and folders are unique, groups exist, components and datasets name existing tasks.

A plugin that breaks a rule is marked broken and contributes nothing, which can make another plugin break a rule. So the
rules are applied until nothing changes. The result does not depend on the order of plugins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from types import MappingProxyType

from .discovery import Plugin
from .errors import renamings
from .kinds import KINDS
from .matching import is_glob, matching
from .specs import DatasetSpec, DefectType, RenamableSpec, Spec, TaskComponentSpec, TransformSpec

Identity = tuple[str, str, str, str]
Fault = tuple[Identity, str]
"""The identity of a plugin, and what is wrong with it."""


def mark_broken(plugins: Iterable[Plugin]) -> tuple[Plugin, ...]:
    """Return ``plugins`` with an ``error``, and no contributions, for each that breaks a rule."""
    current = tuple(plugins)
    while faults := _faults([plugin for plugin in current if plugin.error is None]):
        current = tuple(
            replace(plugin, error=faults[plugin.identity], contributions=MappingProxyType({}))
            if plugin.error is None and plugin.identity in faults
            else plugin
            for plugin in current
        )
    return current


def _faults(plugins: list[Plugin]) -> dict[Identity, str]:
    # One rule at a time: a group that was in a clash counts as missing only once the clash is settled.
    # And one fault per plugin: finding the nearest names for thousands of names would take minutes.
    for rule in (
        _entry_point_names,
        _claimed_names,
        _former_names,
        _claimed_folders,
        _unknown_groups,
        _unknown_tasks,
        _missing_traits,
    ):
        if faults := dict(rule(plugins)):
            return faults
    return {}


def _entry_point_names(plugins: list[Plugin]) -> Iterator[Fault]:
    for name, claimants in _by_claim((plugin.name, plugin) for plugin in plugins):
        yield from _clash(f"entry point name {name!r}", claimants)


def _claimed_names(plugins: list[Plugin]) -> Iterator[Fault]:
    for kind in KINDS.values():
        for name, claimants in _by_claim((name, plugin) for plugin in plugins for name in plugin.names(kind.name)):
            yield from _clash(f"{kind.spec.__name__} {name!r}", claimants)


def _former_names(plugins: list[Plugin]) -> Iterator[Fault]:
    """A former name belongs to one spec, and is not in use."""
    for kind in KINDS.values():
        former = [(name, plugin) for plugin in plugins for name in _formerly(plugin, kind.name)]
        olds = {name for name, _ in former}
        current = [(name, plugin) for plugin in plugins for name in plugin.names(kind.name) if name in olds]
        for name, claimants in _by_claim(former + current):
            yield from _clash(f"{kind.spec.__name__} {name!r}, a former name,", claimants)


def _formerly(plugin: Plugin, kind: str) -> Iterator[str]:
    for spec in plugin.contributions.get(kind, ()):
        if isinstance(spec, RenamableSpec):
            yield from spec.formerly


def _claimed_folders(plugins: list[Plugin]) -> Iterator[Fault]:
    """A source folder belongs to one task; otherwise a root that has it would train both."""
    sources = ((spec.source, plugin) for plugin in plugins for spec in _specs(plugin) if isinstance(spec, DatasetSpec))
    for folder, claimants in _by_claim(sources):
        yield from _clash(f"the folder {folder!r} of a dataset", claimants)


def _by_claim(claims: Iterable[tuple[str, Plugin]]) -> Iterator[tuple[str, list[Plugin]]]:
    """The names that are claimed more than once, each with its claimants."""
    claimants: dict[str, list[Plugin]] = defaultdict(list)
    for name, plugin in claims:
        claimants[name].append(plugin)
    return ((name, found) for name, found in claimants.items() if len(found) > 1)


def _clash(what: str, claimants: list[Plugin]) -> Iterator[Fault]:
    if len({plugin.identity for plugin in claimants}) == 1:
        fault = f"{what} is claimed {len(claimants)} times by {claimants[0]}; remove all but one"
    else:
        fault = f"{what} is claimed by {' and '.join(map(str, claimants))}; rename it in one of them, or uninstall one"
    yield from ((plugin.identity, fault) for plugin in claimants)


def _unknown_groups(plugins: list[Plugin]) -> Iterator[Fault]:
    groups = _named(plugins, "groups")
    for plugin in plugins:
        for task in plugin.contributions.get("tasks", ()):
            if isinstance(task, DefectType) and task.group not in groups:
                yield (
                    plugin.identity,
                    f"task {task.name!r} is in the unknown group {task.group!r}{_nearest(task.group, groups)}; "
                    "yield the group from mendkit_groups, or install the plugin that has it",
                )
                break


def _unknown_tasks(plugins: list[Plugin]) -> Iterator[Fault]:
    tasks = _named(plugins, "tasks")
    names = sorted(tasks)
    former = sorted(renamings("*", tasks))

    def is_outdated(glob: str) -> bool:  # it may match none, but not only what has other names now
        return bool(matching(former, [glob])) and not matching(names, [glob])

    for plugin in plugins:
        for what, task in _named_tasks(plugin):
            if is_outdated(task) if is_glob(task) else task not in tasks:
                yield (
                    plugin.identity,
                    f"{what} is for the unknown task {task!r}{_nearest(task, tasks)}; "
                    "correct the name, or install the plugin that has the task",
                )
                break


def _missing_traits(plugins: list[Plugin]) -> Iterator[Fault]:
    """A transform that names a task in full would never take part if the task lacks its trait."""
    tasks = _named(plugins, "tasks")
    for plugin in plugins:
        for spec, task in _named_transforms(plugin, tasks):
            if not spec.is_for(task):
                yield (
                    plugin.identity,
                    f"transform {spec.name!r} is for {task.name!r}, which is not {spec.trait}; let the task say "
                    f"{spec.trait}=True, or correct the trait",
                )
                break


def _named_transforms(plugin: Plugin, tasks: Mapping[str, Spec]) -> Iterator[tuple[TransformSpec, DefectType]]:
    """Transforms, and each task that they name in full."""
    for spec in plugin.contributions.get("transforms", ()):
        for name in spec.tasks if isinstance(spec, TransformSpec) else ():
            if isinstance(spec, TransformSpec) and isinstance(task := tasks.get(name), DefectType):
                yield spec, task


def _named_tasks(plugin: Plugin) -> Iterator[tuple[str, str]]:
    """Each spec that names a task, and the task's name or a glob."""
    for spec in _specs(plugin):
        if isinstance(spec, TaskComponentSpec):
            yield from ((f"component {spec.name!r}", task) for task in spec.tasks)
        elif isinstance(spec, DatasetSpec):
            yield f"dataset {spec.name!r}", spec.task


def _named(plugins: list[Plugin], kind: str) -> dict[str, Spec]:
    return {spec.name: spec for plugin in plugins for spec in plugin.contributions.get(kind, ())}


def _specs(plugin: Plugin) -> Iterator[Spec]:
    return (spec for specs in plugin.contributions.values() for spec in specs)


def _nearest(name: str, known: Mapping[str, Spec]) -> str:
    if renamed := renamings(name, known):
        return f" ({', '.join(f'{old!r} is now {now!r}' for old, now in renamed.items())})"
    nearest = get_close_matches(name, sorted(known), n=1)
    return f" (did you mean {nearest[0]!r}?)" if nearest else ""
