"""Published sets: what a spec may say, and the rules between plugins that bring some."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from mendkit_registry import DatasetSpec, Plugin, compose

MakePlugin = Callable[..., Plugin]


def dataset(name: str = "maps", task: str = "view.maps", **fields: Any) -> DatasetSpec:
    places = {"source": f"{name}/{{split}}", "source_half": "left", "url": "https://example.org"}
    return DatasetSpec(name=name, task=task, **(places | fields))


def errors(*plugins: Plugin) -> dict[str, str]:
    return {plugin.name: plugin.error for plugin in compose(plugins).plugins if plugin.error}


def test_the_sets_of_a_task_are_found_by_its_name(plugin: MakePlugin) -> None:
    sets = [dataset(), dataset("more_maps"), dataset("other", "view.tilted")]
    registry = compose([plugin("views", groups="view", tasks="view.maps view.tilted"), plugin("sets", datasets=sets)])
    assert [spec.name for spec in registry[DatasetSpec].of("view.maps")] == ["maps", "more_maps"]
    assert list(registry[DatasetSpec]) == ["maps", "more_maps", "other"]


def test_one_folder_holds_both_sides_or_each_side_has_its_own() -> None:
    assert dataset().folders == ("maps/{split}",)
    two = dataset(source_half=None, source="a/{split}A", target="a/{split}B")
    assert two.folders == ("a/{split}A", "a/{split}B")


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"source_half": None}, "or set source_half if each file holds both sides"),
        ({"target": "maps/{split}B"}, "or set source_half if each file holds both sides"),
        ({"source_half": None, "target": "maps/{split}"}, "are the same folder"),
        ({"source_half": "top"}, "source_half"),
        ({"url": "maps.tar.gz"}, "url"),
        ({"task": "maps"}, "task"),
        ({"layout": "side_by_side"}, "layout"),
    ],
)
def test_a_set_whose_sides_cannot_be_told_apart_is_refused(fields: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        dataset(**fields)


@pytest.mark.parametrize(
    "folder", ["{split}", "{split}/a", "maps", "/maps/{split}", "../maps/{split}", "maps/{split}/{split}", "a/{other}"]
)
def test_a_folder_lies_in_the_root_and_has_one_place_for_the_split(folder: str) -> None:
    with pytest.raises(ValidationError, match="source"):
        dataset(source=folder)


def test_two_plugins_that_claim_one_set_are_both_broken(plugin: MakePlugin) -> None:
    views = plugin("views", groups="view", tasks="view.maps")
    second = dataset(source="elsewhere/{split}")
    found = errors(views, plugin("one", datasets=[dataset()]), plugin("two", datasets=[second]))
    assert found.keys() == {"one", "two"}
    assert found["one"].startswith("DatasetSpec 'maps' is claimed by plugin 'one'") and "plugin 'two'" in found["one"]


def test_two_sets_that_claim_one_folder_of_sources_are_an_error(plugin: MakePlugin) -> None:
    views = plugin("views", groups="view", tasks="view.maps view.tilted")
    second = dataset("sat2map", "view.tilted", source="maps/{split}", source_half="right")
    found = errors(views, plugin("one", datasets=[dataset()]), plugin("two", datasets=[second]))
    assert found.keys() == {"one", "two"}
    assert found["two"].startswith("the folder 'maps/{split}' of a dataset is claimed by plugin 'one'")


def test_sets_may_share_the_folder_of_their_targets(plugin: MakePlugin) -> None:
    views = plugin("views", groups="view", tasks="view.maps")
    sets = [
        dataset(name, source=f"{name}/{{split}}", source_half=None, target="photos/{split}")
        for name in ("monet", "gogh")
    ]
    assert errors(views, plugin("sets", datasets=sets)) == {}


def test_a_set_for_an_unknown_task_is_an_error_with_the_nearest_name(plugin: MakePlugin) -> None:
    views = plugin("views", groups="view", tasks="view.maps")
    found = errors(views, plugin("one", datasets=[dataset(task="view.map")]))
    assert "dataset 'maps' is for the unknown task 'view.map' (did you mean 'view.maps'?)" in found["one"]


def test_a_task_may_be_in_a_group_of_another_plugin(plugin: MakePlugin) -> None:
    assert errors(plugin("views", groups="view"), plugin("one", tasks="view.maps", datasets=[dataset()])) == {}
