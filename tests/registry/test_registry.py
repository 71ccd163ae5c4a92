from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from typing import Any

import pydantic
import pytest

from mendkit_registry import (
    DefectGroup,
    DefectType,
    LossSpec,
    Plugin,
    Registry,
    SynthesizerSpec,
    TransformSpec,
    UnknownNameError,
    compose,
    load,
)
from mendkit_registry.kinds import KINDS

MakePlugin = Callable[..., Plugin]


def loss(name: str, *tasks: str) -> LossSpec:
    return LossSpec(name=name, tasks=tasks, factory="module:Loss", weight=1)


@pytest.fixture
def registry(plugin: MakePlugin) -> Registry:
    return compose(
        [
            plugin("views", groups="view", tasks="view.tilted view.cropped"),
            plugin("marks", groups="mark marker", tasks="mark.logo mark.text marker.dot"),
            plugin("more", tasks="view.mirrored", losses=[loss("more.all", "*"), loss("more.view", "view.*")]),
        ]
    )


def test_what_plugins_contribute_is_sorted_by_name(registry: Registry) -> None:
    assert list(registry.groups) == ["mark", "marker", "view"]
    assert list(registry.tasks) == [
        "mark.logo", "mark.text", "marker.dot", "view.cropped", "view.mirrored", "view.tilted",
    ]  # fmt: skip
    assert [plugin.name for plugin in registry.plugins] == ["marks", "more", "views"]


def test_a_group_and_a_task_are_found_by_name(registry: Registry) -> None:
    assert registry.group("view").title == "view"
    task = registry.task("view.tilted")
    assert (task.group, task.type) == ("view", "tilted")


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["view.tilted"], ["view.tilted"]),
        (["mark"], ["mark.logo", "mark.text"]),  # a group is not a prefix
        (["mark*"], ["mark.logo", "mark.text", "marker.dot"]),
        (["*.t*"], ["mark.text", "view.tilted"]),
        (["view.tilted", "view", "view.*"], ["view.cropped", "view.mirrored", "view.tilted"]),
        (["view.tilted", "mark.logo"], ["mark.logo", "view.tilted"]),
        ([], []),
    ],
)
def test_tasks_are_selected_by_name_group_or_glob_once_each_and_sorted(
    registry: Registry, patterns: list[str], expected: list[str]
) -> None:
    assert [task.name for task in registry.select(patterns)] == expected


def test_all_tasks_that_are_no_benchmarks_are_selected_by_default(registry: Registry) -> None:
    assert [task.name for task in registry.select()] == list(registry.tasks)


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["*"], ["view.tilted"]),
        (["*.*"], ["set.one", "view.given", "view.tilted"]),
        (["view"], ["view.given", "view.tilted"]),
        (["set"], ["set.one"]),
        (["*", "view.given"], ["view.given", "view.tilted"]),
    ],
)
def test_benchmark_tasks_are_selected_only_by_what_says_more_than_all(
    plugin: MakePlugin, patterns: list[str], expected: list[str]
) -> None:
    marked = [
        DefectType(name=name, title="", supervision="paired", benchmark=True) for name in ("view.given", "set.one")
    ]
    sets = dataclasses.replace(plugin("sets"), contributions={"tasks": tuple(marked)})
    plugins = [plugin("views", groups="view set", tasks="view.tilted"), sets]
    assert [task.name for task in compose(plugins).select(patterns)] == expected


@pytest.mark.parametrize(
    ("look_up", "nearest"),
    [
        (lambda registry: registry.task("view.tiltd"), ("view.tilted",)),
        (lambda registry: registry.group("makr"), ("mark", "marker")),
        (lambda registry: registry.select(["view.tilted", "viw"]), ("view",)),
        (lambda registry: registry.find(LossSpec, "more.al"), ("more.all",)),
    ],
)
def test_an_unknown_name_is_an_error_with_the_nearest(
    registry: Registry, look_up: Callable[[Registry], object], nearest: tuple[str, ...]
) -> None:
    with pytest.raises(UnknownNameError) as raised:
        look_up(registry)
    assert raised.value.nearest[: len(nearest)] == nearest
    assert f"'{raised.value.name}'" in str(raised.value) and nearest[0] in str(raised.value)


def test_when_nothing_is_near_some_known_names_are_said(registry: Registry) -> None:
    with pytest.raises(UnknownNameError, match=r"known: mark\.logo, mark\.text"):
        registry.task("xyz")
    with pytest.raises(UnknownNameError, match=r"known: [^()]*h and 7 more\)"):
        raise UnknownNameError("task", "xyz", "abcdefghijklmno")
    with pytest.raises(UnknownNameError, match=r"known: paired, unpaired\)"):
        raise UnknownNameError("table", "nope", ["paired", "unpaired"])
    with pytest.raises(UnknownNameError, match="known: none"):
        compose([]).task("view.tilted")


def test_a_group_without_tasks_selects_nothing_and_says_so(plugin: MakePlugin) -> None:
    with pytest.raises(UnknownNameError, match=r"'empty\.\*'"):
        compose([plugin("one", groups="empty")]).select(["empty"])


def test_components_are_found_by_the_tasks_that_they_are_for(registry: Registry) -> None:
    def names(task: str) -> list[str]:
        return [spec.name for spec in registry[LossSpec].of(task)]

    assert names("mark.logo") == ["more.all"]
    assert names("view.tilted") == ["more.all", "more.view"]


def test_the_owner_of_a_name_is_its_plugin(registry: Registry) -> None:
    assert registry.plugin_of(registry.task("view.mirrored")).name == "more"
    assert registry.plugin_of(registry.group("view")).name == "views"


def test_nothing_of_a_registry_can_be_changed(registry: Registry) -> None:
    task, plugin = registry.task("view.tilted"), registry.plugins[0]
    changes: list[Callable[[], Any]] = [
        lambda: registry.tasks.update({}),  # type: ignore[attr-defined]
        lambda: registry.tasks.__setitem__("a.b", task),  # type: ignore[attr-defined]
        lambda: registry.owners.__setitem__((DefectType, "a.b"), plugin),  # type: ignore[attr-defined]
        lambda: registry.specs.__setitem__(DefectType, registry.tasks),  # type: ignore[attr-defined]
        lambda: setattr(registry, "tasks", {}),
        lambda: setattr(registry, "specs", {}),
        lambda: setattr(plugin, "error", "none"),
        lambda: setattr(task, "title", "another"),
    ]
    for change in changes:
        with pytest.raises((AttributeError, dataclasses.FrozenInstanceError, pydantic.ValidationError)):
            change()


def test_what_an_installed_plugin_contributes_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        load().plugins[0].contributions["tasks"] = ()  # type: ignore[index]


def some_plugins(make: MakePlugin) -> list[Plugin]:
    """Three that work, two that clash over a task, and one that needs a group of a clashing one."""
    return [
        make("views", groups="view", tasks="view.tilted"),
        make("more", tasks="view.cropped"),
        make("losses", losses=[loss("l.one", "view.tilted"), loss("l.two", "view.cropped")]),
        make("clash_a", groups="mark", tasks="mark.logo"),
        make("clash_b", groups="label", tasks="mark.logo"),
        make("leans", tasks="mark.text"),
    ]


def test_the_order_of_plugins_changes_nothing(plugin: MakePlugin) -> None:
    plugins = some_plugins(plugin)
    composed = compose(plugins)
    for order in itertools.permutations(plugins):
        assert compose(order) == composed


def test_the_order_of_equal_names_changes_nothing(plugin: MakePlugin) -> None:
    twins = [dataclasses.replace(plugin("twin", groups="a"), distribution=name) for name in ("one", "two")]
    assert compose(twins) == compose(reversed(twins))
    assert all(found.error for found in compose(twins).plugins)


def test_who_leans_on_a_broken_plugin_is_broken_and_who_does_not_is_not(plugin: MakePlugin) -> None:
    registry = compose(some_plugins(plugin))
    errors = {found.name: found.error or "" for found in registry.plugins}
    assert "'mark.logo' is claimed by" in errors["clash_a"] == errors["clash_b"]
    assert "unknown group 'mark'" in errors["leans"]
    assert not errors["views"] and not errors["more"] and not errors["losses"]
    assert list(registry.tasks) == ["view.cropped", "view.tilted"] and list(registry.groups) == ["view"]


def test_one_name_in_two_kinds_is_no_clash(plugin: MakePlugin) -> None:
    synthesizer = SynthesizerSpec(name="a.b", tasks=("*",), factory="m:C")
    registry = compose([plugin("one", losses=[loss("a.b", "*")]), plugin("two", synthesizers=[synthesizer])])
    assert not any(found.error for found in registry.plugins)


@pytest.mark.parametrize("name", ["watermark", "Background.watermark", "a.b.c", "a.", ".b", "a.b ", "a.b-c", "1.b"])
def test_a_task_is_named_group_dot_type(name: str) -> None:
    with pytest.raises(pydantic.ValidationError):
        DefectType(name=name, title="", supervision="paired")


@pytest.mark.parametrize("factory", ["module", "module:", ":Class", "module:a.b", "module.Class", "a b:C"])
def test_a_factory_is_named_module_colon_attribute(factory: str) -> None:
    with pytest.raises(pydantic.ValidationError):
        SynthesizerSpec(name="a.b", tasks=("*",), factory=factory)


def test_every_kind_has_an_index_in_the_registry() -> None:
    assert set(compose([]).specs) == {kind.spec for kind in KINDS.values()}


def test_ten_thousand_tasks_compose_and_are_found() -> None:
    """In a second; if the time grew with the square of their number, it would be minutes."""
    groups = [DefectGroup(name=f"g{number}", title="") for number in range(500)]
    tasks = [DefectType(name=f"g{number % 500}.t{number}", title="", supervision="paired") for number in range(10_000)]
    plugins = [
        Plugin(f"p{start}", "d", "1", f"m{start}", {"groups": (groups[start],), "tasks": tuple(tasks[start::500])})
        for start in range(500)
    ]
    registry = compose(plugins)
    owners = {registry.plugin_of(task).name for task in registry.select([*registry.tasks])}
    assert len(registry.tasks) == 10_000 and len(owners) == 500


@pytest.mark.parametrize(("tasks", "is_broken"), [(("dust.haze",), True), (("dust.*",), False)])
def test_a_transform_for_a_task_without_its_trait_is_a_fault_and_one_for_a_glob_is_none(
    plugin: Callable[..., Plugin], tasks: tuple[str, ...], is_broken: bool
) -> None:
    spec = TransformSpec(name="dust.brighten", tasks=tasks, trait="tonal", factory="m:T")
    [found] = compose([plugin("dust", groups="dust", tasks="dust.haze", transforms=[spec])]).plugins
    assert (found.error is not None) is is_broken
    if found.error:
        assert (
            "transform 'dust.brighten' is for 'dust.haze', which is not tonal; let the task say tonal=True"
            in found.error
        )
