"""Rules for a plugin as a whole: it loads, listing it is light and quiet, and its specs fit together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint

from mendkit_registry import DefectType, LossSpec, Plugin, PresetSpec, Registry, UnknownNameError
from mendkit_registry.discovery import ENTRY_POINT_GROUP, load_plugin
from mendkit_registry.specs import TaskComponentSpec

from ..config import read_config
from ..errors import ConfigError
from .checks import Check
from .probe import Probe, probe_plugin


@dataclass(frozen=True)
class Trial:
    """A plugin among all installed ones."""

    plugin: Plugin
    registry: Registry

    @cached_property
    def probe(self) -> Probe:
        """The effects of importing it in a new process."""
        return probe_plugin(self.plugin)


def works(trial: Trial) -> str | None:
    """Its row has no error."""
    return trial.plugin.error


def contributes(trial: Trial) -> str | None:
    """A plugin without specs has probably forgotten its hooks."""
    return None if any(trial.plugin.contributions.values()) else "yields no specs"


def has_groups(trial: Trial) -> str | None:
    """Each task's group exists, in this plugin or another one."""
    tasks = (task for task in trial.plugin.contributions.get("tasks", ()) if isinstance(task, DefectType))
    homeless = [task.name for task in tasks if task.group not in trial.registry.groups]
    return f"no plugin has the group of {', '.join(homeless)}" if homeless else None


def has_tasks(trial: Trial) -> str | None:
    """Each component is for an existing task; a glob without a match would silently be unused."""
    specs = (spec for found in trial.plugin.contributions.values() for spec in found)
    components = [spec for spec in specs if isinstance(spec, TaskComponentSpec)]
    tasks = sorted(trial.registry.tasks)
    idle = [spec for spec in components if not spec.covered(tasks)]
    return "; ".join(f"{spec.name} is for {', '.join(spec.tasks)}, which matches no task" for spec in idle) or None


def has_valid_presets(trial: Trial) -> str | None:
    """With their bases, they are valid configurations, and their terms exist."""
    for preset in trial.plugin.contributions.get("presets", ()):
        assert isinstance(preset, PresetSpec)
        try:
            for term in read_config(None, {"preset": preset.name}).losses:
                trial.registry.find(LossSpec, term)
        except (ConfigError, UnknownNameError) as error:
            return f"the preset {preset.name}: {error}"
    return None


def names_are_unique(trial: Trial) -> str | None:
    """Among the specs of a kind."""
    for kind in trial.plugin.contributions:
        repeated = [name for name, count in Counter(trial.plugin.names(kind)).items() if count > 1]
        if repeated:
            return f"mendkit_{kind} yields {repeated[0]!r} more than once"
    return None


def yields_the_same(trial: Trial) -> str | None:
    """On each call; the registry sorts by name, so the order does not matter."""
    again = load_plugin(EntryPoint(trial.plugin.name, trial.plugin.module, ENTRY_POINT_GROUP)).contributions
    for kind, specs in trial.plugin.contributions.items():
        if again.get(kind) != specs:
            return f"mendkit_{kind} yields different specs when called again"
    return None


def is_listed_lightly(trial: Trial) -> str | None:
    """Listing must not wait for heavy packages."""
    return f"listing it imports {', '.join(trial.probe.heavy)}" if trial.probe.heavy else None


def is_listed_quietly(trial: Trial) -> str | None:
    """Listing prints nothing and leaves global random numbers alone."""
    return " and ".join(trial.probe.remarks) or None


def imports_quietly(trial: Trial) -> str | None:
    """Importing the factories prints nothing and leaves global random numbers alone."""
    return (
        "; ".join(f"the factory of {name} {' and '.join(found)}" for name, found in trial.probe.effects.items()) or None
    )


CHECKS: tuple[Check[Trial], ...] = (
    Check("loads", works, "fix what the message names; `mendkit plugins` shows it as well"),
    Check("contributes something", contributes, "mark the hooks with @hookimpl, in the module of the entry point"),
    Check("has the groups of its tasks", has_groups, "yield the group from mendkit_groups"),
    Check("has components for tasks that are there", has_tasks, "correct the pattern, or install the tasks' plugin"),
    Check("has presets that are configurations", has_valid_presets, "correct the settings that the message names"),
    Check("names each spec once", names_are_unique, "rename one of them"),
    Check("yields the same specs each time", yields_the_same, "make specs constant"),
    Check(
        "is listed without heavy imports",
        is_listed_lightly,
        "import only mendkit_registry in the plugin module (and in its package's __init__.py), and name heavy code by "
        'a factory string, "package.module:attribute"',
    ),
    Check("is listed without side effects", is_listed_quietly, "only define things at import"),
    Check("has factories that import without side effects", imports_quietly, "only define things at import"),
)
