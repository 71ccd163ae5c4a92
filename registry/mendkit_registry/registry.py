"""The registry: all groups, tasks and components of the installed plugins, as one immutable tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeVar, cast

from .discovery import KINDS, Plugin, installed_entry_points, load_plugin
from .errors import PluginError, UnknownNameError
from .matching import TaskIndex, matching
from .specs import (
    ConditionerSpec,
    DatasetSpec,
    DefectGroup,
    DefectType,
    EvaluatorSpec,
    ExtraSpec,
    LossSpec,
    SamplesSpec,
    Spec,
    SynthesizerSpec,
)
from .validation import mark_broken

Named = TypeVar("Named", DefectGroup, DefectType)


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything that the working plugins contribute, each mapping sorted by name.

    >>> from mendkit_registry import load
    >>> registry = load()
    >>> registry.task("background.watermark").group
    'background'
    >>> [task.type for task in registry.select(["viewpoint.*"])]
    ['wrong_angle']
    """

    groups: Mapping[str, DefectGroup]
    tasks: Mapping[str, DefectType]
    synthesizers: TaskIndex[SynthesizerSpec]
    losses: TaskIndex[LossSpec]
    evaluators: TaskIndex[EvaluatorSpec]
    conditioners: TaskIndex[ConditionerSpec]
    extras: TaskIndex[ExtraSpec]
    samples: Mapping[str, SamplesSpec]
    datasets: TaskIndex[DatasetSpec]
    plugins: tuple[Plugin, ...]
    owners: Mapping[tuple[str, str], Plugin] = field(repr=False, compare=False)
    """(kind, name) -> the plugin that contributes it."""

    def task(self, name: str) -> DefectType:
        """The task of that name. Raises UnknownNameError, which has the nearest names."""
        return self._find("tasks", name, self.tasks)

    def group(self, name: str) -> DefectGroup:
        """The group of that name. Raises UnknownNameError, which has the nearest names."""
        return self._find("groups", name, self.groups)

    def select(self, patterns: Iterable[str] = ("*",)) -> tuple[DefectType, ...]:
        """The tasks that any of the patterns names: a task, a group or a glob over task names.

        ``*`` stands for the defects of catalogues: benchmark tasks are only chosen by a pattern that says more.

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

    def plugin_of(self, kind: str, name: str) -> Plugin:
        """The plugin that contributes ``name`` of one of the kinds ``tasks``, ``groups``, ``losses``, ...

        Raises:
            UnknownNameError: no working plugin does.
        """
        try:
            return self.owners[kind, name]
        except KeyError:
            raise UnknownNameError(
                f"{kind} entry", name, [known for other, known in self.owners if other == kind]
            ) from None

    @staticmethod
    def _find(kind: str, name: str, known: Mapping[str, Named]) -> Named:
        try:
            return known[name]
        except KeyError:
            raise UnknownNameError(kind.removesuffix("s"), name, known) from None


def compose(plugins: Iterable[Plugin], *, strict: bool = False) -> Registry:
    """Make one registry of what ``plugins`` contribute. Their order does not matter.

    Args:
        strict: a broken plugin raises instead of being a row of ``registry.plugins`` with an ``error``.

    Raises:
        PluginError: ``strict``, and at least one plugin is broken.
    """
    checked = mark_broken(sorted(plugins, key=lambda plugin: plugin.identity))
    if strict:
        _require_sound(checked)
    trees = {kind: _by_name(checked, kind) for kind in KINDS}
    tasks = tuple(trees["tasks"])
    return Registry(
        groups=cast(Mapping[str, DefectGroup], trees["groups"]),
        tasks=cast(Mapping[str, DefectType], trees["tasks"]),
        synthesizers=TaskIndex(cast(Mapping[str, SynthesizerSpec], trees["synthesizers"]), tasks),
        losses=TaskIndex(cast(Mapping[str, LossSpec], trees["losses"]), tasks),
        evaluators=TaskIndex(cast(Mapping[str, EvaluatorSpec], trees["evaluators"]), tasks),
        conditioners=TaskIndex(cast(Mapping[str, ConditionerSpec], trees["conditioners"]), tasks),
        extras=TaskIndex(cast(Mapping[str, ExtraSpec], trees["extras"]), tasks),
        samples=cast(Mapping[str, SamplesSpec], trees["samples"]),
        datasets=TaskIndex(cast(Mapping[str, DatasetSpec], trees["datasets"]), tasks),
        plugins=checked,
        owners=MappingProxyType(
            {(kind, name): plugin for plugin in checked for kind in KINDS for name in plugin.names(kind)}
        ),
    )


def _by_name(plugins: Iterable[Plugin], kind: str) -> Mapping[str, Spec]:
    named = {spec.name: spec for plugin in plugins for spec in plugin.contributions.get(kind, ())}
    return MappingProxyType(dict(sorted(named.items())))


def _require_sound(plugins: Iterable[Plugin]) -> None:
    lines = [f"{each}: {each.error}; mend it, or `pip uninstall {each.distribution}`" for each in plugins if each.error]
    if lines:
        raise PluginError("\n".join(lines))


def load(*, strict: bool = False) -> Registry:
    """Load the installed plugins, each by itself, and compose what they contribute.

    Args:
        strict: a broken plugin raises instead of being a row of ``registry.plugins`` with an ``error``.

    Raises:
        PluginError: ``strict``, and at least one plugin is broken.
    """
    return compose((load_plugin(entry) for entry in installed_entry_points()), strict=strict)
