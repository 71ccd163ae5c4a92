"""Rules between plugins: names are unique, groups exist, components name real tasks.

A plugin that breaks a rule is marked broken and contributes nothing, which can break a rule for another one; so the
rules are applied until nothing changes. The outcome does not depend on the order of plugins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches

from .discovery import KINDS, Plugin
from .specs import DefectType, Spec, TaskComponentSpec

Faults = dict[str, str]
"""Name of a plugin -> what is wrong with it."""


def mark_broken(plugins: Iterable[Plugin]) -> tuple[Plugin, ...]:
    """Return ``plugins`` with an ``error``, and no contributions, for each that breaks a rule."""
    current = tuple(plugins)
    while faults := _faults([plugin for plugin in current if plugin.error is None]):
        current = tuple(
            replace(plugin, error=faults[_key(plugin)], contributions={}) if _key(plugin) in faults else plugin
            for plugin in current
        )
    return current


def _key(plugin: Plugin) -> str:
    return f"{plugin.name}={plugin.module}"


def _faults(plugins: list[Plugin]) -> Faults:
    # One rule at a time: a clash must be settled before a missing group can be told from a group that was in a clash.
    for rule in (_entry_point_names, _claimed_names, _unknown_groups, _unknown_tasks):
        if faults := dict(rule(plugins)):
            return faults
    return {}


def _entry_point_names(plugins: list[Plugin]) -> Iterator[tuple[str, str]]:
    for plugin in plugins:
        others = [other for other in plugins if other.name == plugin.name and other is not plugin]
        for other in others:
            yield _key(plugin), f"entry point name {plugin.name!r} is also used by {other}; uninstall one of the two"


def _claimed_names(plugins: list[Plugin]) -> Iterator[tuple[str, str]]:
    for kind in KINDS:
        owners: dict[str, list[Plugin]] = defaultdict(list)
        for plugin in plugins:
            for name in plugin.names(kind):
                owners[name].append(plugin)
        for name, claimants in owners.items():
            if len(claimants) > 1:
                both = " and ".join(sorted(str(plugin) for plugin in claimants))
                yield from (
                    (
                        _key(plugin),
                        f"{kind} name {name!r} is claimed by {both}; rename it in one of them, or uninstall one",
                    )
                    for plugin in claimants
                )


def _unknown_groups(plugins: list[Plugin]) -> Iterator[tuple[str, str]]:
    groups = {name for plugin in plugins for name in plugin.names("groups")}
    for plugin in plugins:
        for task in plugin.contributions.get("tasks", ()):
            if isinstance(task, DefectType) and task.group not in groups:
                yield (
                    _key(plugin),
                    f"task {task.name!r} is in the unknown group {task.group!r}{_nearest(task.group, groups)}; "
                    "yield the group from mendkit_groups, or install the plugin that does",
                )


def _unknown_tasks(plugins: list[Plugin]) -> Iterator[tuple[str, str]]:
    tasks = {name for plugin in plugins for name in plugin.names("tasks")}
    for plugin in plugins:
        for spec in _task_components(plugin):
            for pattern in spec.tasks:
                if not _is_glob(pattern) and pattern not in tasks:
                    yield (
                        _key(plugin),
                        f"component {spec.name!r} is for the unknown task {pattern!r}{_nearest(pattern, tasks)}",
                    )


def _task_components(plugin: Plugin) -> Iterator[TaskComponentSpec]:
    specs: Iterable[Spec] = (spec for specs in plugin.contributions.values() for spec in specs)
    return (spec for spec in specs if isinstance(spec, TaskComponentSpec))


def _is_glob(pattern: str) -> bool:
    return any(character in pattern for character in "*?[")


def _nearest(name: str, known: Iterable[str]) -> str:
    nearest = get_close_matches(name, sorted(known), n=1)
    return f" (did you mean {nearest[0]!r}?)" if nearest else ""
