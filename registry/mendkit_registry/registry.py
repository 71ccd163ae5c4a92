"""The registry: all groups, tasks and components of the installed plugins, as one immutable tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from types import MappingProxyType
from typing import TypeVar, cast

from .discovery import Plugin, installed_entry_points, load_plugin
from .errors import PluginError, UnknownNameError
from .kinds import KINDS, kind_of
from .matching import Index, matching
from .specs import DefectGroup, DefectType, Spec
from .validation import mark_broken

S = TypeVar("S", bound=Spec)


@dataclass(frozen=True)
class Registry:
    """All contributions of the working plugins, each mapping sorted by name.

    >>> from mendkit_registry import load
    >>> registry = load()
    >>> registry.task("background.watermark").group
    'background'
    >>> [task.type for task in registry.select(["viewpoint.*"])]
    ['wrong_angle']
    """

    plugins: tuple[Plugin, ...]
    specs: Mapping[type[Spec], Index[Spec]] = field(repr=False)
    owners: Mapping[tuple[type[Spec], str], Plugin] = field(repr=False, compare=False)
    """(class of specs, name) -> the plugin that contributes it."""

    def __getitem__(self, kind: type[S]) -> Index[S]:
        """All contributions of one kind, by name: ``registry[LossSpec].of("background.watermark")``."""
        return cast(Index[S], self.specs[kind])

    @property
    def groups(self) -> Index[DefectGroup]:
        """The groups of defects."""
        return self[DefectGroup]

    @property
    def tasks(self) -> Index[DefectType]:
        """The tasks of all groups."""
        return self[DefectType]

    def find(self, kind: type[S], name: str) -> S:
        """The contribution of one kind with this name. Raises UnknownNameError, which lists the nearest names."""
        if name not in self[kind]:
            raise UnknownNameError(kind_of(kind).singular, name, self[kind])
        return self[kind][name]

    def task(self, name: str) -> DefectType:
        """The task of that name. Raises UnknownNameError, which lists the nearest names."""
        return self.find(DefectType, name)

    def group(self, name: str) -> DefectGroup:
        """The group of that name. Raises UnknownNameError, which lists the nearest names."""
        return self.find(DefectGroup, name)

    def select(self, patterns: Iterable[str] = ("*",)) -> tuple[DefectType, ...]:
        """The tasks that any of the patterns matches: a task, a group or a glob over task names.

        ``*`` stands for catalogue defects: benchmark tasks are only selected by a more specific pattern.

        Raises:
            UnknownNameError: a pattern matches nothing.
        """
        names, chosen = tuple(self.tasks), set[str]()
        for pattern in patterns:
            glob = f"{pattern}.*" if pattern in self.groups else pattern
            matched = self._defects() if glob == "*" else matching(names, [glob])
            if not matched:
                raise UnknownNameError("task or group", glob, {**self.tasks, **self.groups})
            chosen.update(matched)
        return tuple(self.tasks[name] for name in sorted(chosen))

    def _defects(self) -> list[str]:
        return [name for name, task in self.tasks.items() if not task.benchmark]

    def plugin_of(self, spec: Spec) -> Plugin:
        """The plugin that contributes ``spec``."""
        return self.owners[type(spec), spec.name]


def compose(plugins: Iterable[Plugin], *, strict: bool = False) -> Registry:
    """Make one registry from the contributions of ``plugins``. Their order does not matter.

    Args:
        strict: raise on a broken plugin instead of keeping it as a row of ``registry.plugins`` with an ``error``.

    Raises:
        PluginError: ``strict``, and at least one plugin is broken.
    """
    checked = mark_broken(sorted(plugins, key=lambda plugin: plugin.identity))
    if strict:
        _require_sound(checked)
    trees = {kind.spec: _by_name(checked, kind.name) for kind in KINDS.values()}
    tasks = tuple(trees[DefectType])
    return Registry(
        plugins=checked,
        specs=MappingProxyType({spec: Index(tree, tasks) for spec, tree in trees.items()}),
        owners=MappingProxyType(
            {(type(spec), spec.name): plugin for plugin in checked for spec in chain(*plugin.contributions.values())}
        ),
    )


def _by_name(plugins: Iterable[Plugin], kind: str) -> dict[str, Spec]:
    named = {spec.name: spec for plugin in plugins for spec in plugin.contributions.get(kind, ())}
    return dict(sorted(named.items()))


def _require_sound(plugins: Iterable[Plugin]) -> None:
    lines = [f"{each}: {each.error}; fix it, or `pip uninstall {each.distribution}`" for each in plugins if each.error]
    if lines:
        raise PluginError("\n".join(lines))


def load(*, strict: bool = False) -> Registry:
    """Load the installed plugins separately, and compose their contributions.

    Args:
        strict: raise on a broken plugin instead of keeping it as a row of ``registry.plugins`` with an ``error``.

    Raises:
        PluginError: ``strict``, and at least one plugin is broken.
    """
    return compose((load_plugin(entry) for entry in installed_entry_points()), strict=strict)
