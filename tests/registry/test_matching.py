from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase

import pytest

from mendkit_registry import EvaluatorSpec, LossSpec, Plugin, compose
from mendkit_registry.matching import matching

NAMES = ("mark.logo", "mark.text", "marker.dot", "view.cropped", "view.mirrored", "view.tilted", "view.tilted_more")
PATTERNS = (
    "*",
    "*.*",
    "mark.*",
    "mark*",
    "mark",
    "view.tilted",
    "view.til",
    "view.tilted*",
    "*.t*",
    "?ark.text",
    "mark?.dot",
    "[mv]*.t*",
    "view.[!t]*",
    "view.tilted[",
    "view.tilted.*",
    "zoom.*",
    "VIEW.*",
    "",
)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_matches_what_it_matches_when_it_is_tried_on_each_name(pattern: str) -> None:
    assert matching(NAMES, [pattern]) == [name for name in NAMES if fnmatchcase(name, pattern)]


def test_what_several_patterns_match_is_sorted_and_comes_once() -> None:
    assert matching(NAMES, ["view.t*", "mark.*", "view.tilted"]) == [
        "mark.logo", "mark.text", "view.tilted", "view.tilted_more",
    ]  # fmt: skip
    assert matching(NAMES, []) == []


def test_the_index_has_for_each_task_the_components_of_which_a_pattern_matches_it(
    plugin: Callable[..., Plugin],
) -> None:
    some = [pattern for pattern in PATTERNS if "[" in pattern or "*" in pattern or pattern in NAMES]
    losses = [LossSpec(name=f"l.n{i}", tasks=(one,), factory="m:L", weight=1) for i, one in enumerate(some)]
    pairs = [(one, other) for one in some for other in some]
    evaluators = [EvaluatorSpec(name=f"e.n{i}", tasks=pair, factory="m:E") for i, pair in enumerate(pairs)]
    groups = "mark marker view"
    registry = compose([plugin("p", groups=groups, tasks=" ".join(NAMES), losses=losses, evaluators=evaluators)])
    assert not registry.plugins[0].error
    for components in (registry[LossSpec], registry[EvaluatorSpec]):
        for task in NAMES:
            tried = [spec for spec in components.values() if any(fnmatchcase(task, glob) for glob in spec.tasks)]
            assert list(components.of(task)) == tried
            assert [spec for spec in components.values() if spec.covers(task)] == tried
    assert registry[LossSpec].of("no.task") == ()
