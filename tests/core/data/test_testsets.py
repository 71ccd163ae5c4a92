from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mendkit.data.catalogue import Catalogue, ImageRef, PairRef, SplitFiles, TaskFiles
from mendkit.data.images import write_image
from mendkit.data.store import ImageStore
from mendkit.data.testsets import TestDomains, TestPairs, test_set
from mendkit.errors import DataError
from mendkit_registry import DefectGroup, DefectType, Plugin, Registry, compose


@pytest.fixture
def registry() -> Registry:
    kinds = ("paired", "unpaired", "semi_paired")
    tasks = tuple(DefectType(name=f"light.{kind}", title=kind, supervision=kind) for kind in kinds)
    groups = (DefectGroup(name="light", title="Light"),)
    return compose([Plugin("light", "light", "1", "light", {"groups": groups, "tasks": tasks})])


@pytest.fixture
def refs(tmp_path: Path) -> list[ImageRef]:
    """Images of levels 10, 20, ... 60; the last two share a name."""
    names = ["a", "b", "c", "d", "one/e", "two/e"]
    for level, name in enumerate(names, start=1):
        write_image(tmp_path / f"{name}.png", np.full((8, 8, 3), 10 * level, np.uint8))
    return [ImageRef(tmp_path / f"{name}.png") for name in names]


def scored_on(registry: Registry, files: TaskFiles, task: str, limit: int | None = None) -> TestPairs | TestDomains:
    catalogue = Catalogue({"test": SplitFiles(tasks={task: files})})
    return test_set(catalogue, registry, task, "test", size=8, seed=0, limit=limit)


@pytest.mark.parametrize("task", ["light.unpaired", "light.semi_paired"])
def test_a_task_without_pairs_is_tested_on_its_two_domains(registry: Registry, refs: list[ImageRef], task: str) -> None:
    tests = scored_on(registry, TaskFiles(sources=tuple(refs[:2]), targets=tuple(refs[2:])), task)
    assert isinstance(tests, TestDomains)
    assert [(test.name, test.domain) for test in tests] == [
        ("a", "source"),
        ("b", "source"),
        ("c", "target"),
        ("d", "target"),
        ("one/e", "target"),
        ("two/e", "target"),
    ]
    assert [test.pixels[0, 0, 0] for test in tests] == [10, 20, 30, 40, 50, 60]


def test_tests_of_several_tasks_may_share_a_store(registry: Registry, refs: list[ImageRef]) -> None:
    files = {task: TaskFiles(pairs=(PairRef(refs[0], refs[1]),)) for task in ("light.unpaired", "light.semi_paired")}
    catalogue, store = Catalogue({"test": SplitFiles(tasks=files)}), ImageStore(8)
    one, two = (test_set(catalogue, registry, task, "test", size=8, seed=0, store=store) for task in files)
    pixels = one[0].source.copy()
    refs[0].path.unlink()
    np.testing.assert_array_equal(two[0].source, pixels)


def test_the_limit_is_that_of_each_domain(registry: Registry, refs: list[ImageRef]) -> None:
    files = TaskFiles(sources=tuple(refs[:3]), targets=tuple(refs[3:]))
    assert [test.name for test in scored_on(registry, files, "light.unpaired", limit=2)] == ["a", "b", "d", "e"]


def test_where_there_are_pairs_they_are_the_test(registry: Registry, refs: list[ImageRef]) -> None:
    files = TaskFiles(pairs=(PairRef(refs[0], refs[1]),), sources=tuple(refs[2:]), targets=tuple(refs[2:]))
    tests = scored_on(registry, files, "light.semi_paired")
    assert isinstance(tests, TestPairs)
    assert len(tests) == 1


def test_one_domain_alone_or_a_paired_task_without_pairs_is_no_test(registry: Registry, refs: list[ImageRef]) -> None:
    with pytest.raises(DataError, match="no pairs"):
        scored_on(registry, TaskFiles(sources=tuple(refs)), "light.unpaired")
    with pytest.raises(DataError, match="no pairs"):
        scored_on(registry, TaskFiles(sources=tuple(refs[:2]), targets=tuple(refs[2:])), "light.paired")
