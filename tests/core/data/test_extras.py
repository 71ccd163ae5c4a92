"""Extras of samples: what they may see, and what they depend on."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mendkit.config import TrainingConfig
from mendkit.contracts import Pair, Photo, Resources, Siblings, Stack
from mendkit.contracts.guidance import LabelTable
from mendkit.data.catalogue import Catalogue, ImageRef, PairRef, SplitFiles, TaskFiles
from mendkit.data.extras import LazySiblings, are_copies
from mendkit.data.images import write_image
from mendkit.data.sampling import TaskSource, task_sources
from mendkit.data.stream import ItemStream, collate
from mendkit.data.testsets import TestDomains, TestPairs
from mendkit.data.testsets import test_pairs as pairs_of
from mendkit.data.testsets import test_set as tests_of
from mendkit.errors import SynthesisError, UnreadableImageError
from mendkit_registry import (
    ConditionerSpec,
    DefectGroup,
    DefectType,
    ExtraSpec,
    Plugin,
    Registry,
    SynthesizerSpec,
    compose,
)

TASK, PLAIN, UNPAIRED = "light.dark", "light.plain", "light.unpaired"
LEVELS = {"a_1": 40, "a_2": 80, "a_3": 120, "b_1": 160, "c": 200}
"""Grey images by their names; those of one letter show one product, and "c" is alone."""


class Darken:
    def __call__(self, photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
        return Pair((photo.pixels * rng.uniform(0.3, 0.7)).astype(np.uint8), photo.pixels)


class Corners:
    """Pixels of the photo and of at most ``most`` siblings, drawn at random."""

    def __init__(self, most: int = 2, *, fails: bool = False) -> None:
        self.most, self.fails = most, fails

    def __call__(self, photo: Photo, siblings: Siblings, rng: np.random.Generator) -> Stack:
        if self.fails:
            raise ValueError("no corner")
        shown = [photo, *siblings.draw(rng, self.most)]
        return np.stack([each.pixels[:1, :1] for each in shown])


@pytest.fixture
def registry() -> Callable[..., Registry]:
    """Three tasks, of which ``light.plain`` has no extra."""

    def make(conditioner: bool = True, **options: object) -> Registry:
        kinds = {TASK: "paired", PLAIN: "paired", UNPAIRED: "unpaired"}
        own, module = (TASK, UNPAIRED), __name__
        made = SynthesizerSpec(name="light.darken", tasks=(TASK, PLAIN), factory=f"{module}:Darken")
        extra = ExtraSpec(name="light.corners", tasks=own, factory=f"{module}:Corners", options=options)
        steers = ConditionerSpec(name="light.steer", tasks=own, factory="no:where", sites=("middle",))
        specs = {
            "groups": (DefectGroup(name="light", title=""),),
            "tasks": tuple(DefectType(name=name, title="", supervision=kind) for name, kind in kinds.items()),
            "synthesizers": (made,),
            "extras": (extra,),
            "conditioners": (steers,) if conditioner else (),
        }
        return compose([Plugin("lamps", "lamps-dist", "1", "lamps", specs)], strict=True)

    return make


@pytest.fixture
def refs(tmp_path: Path) -> dict[str, ImageRef]:
    for name, level in LEVELS.items():
        write_image(tmp_path / f"{name}.png", np.full((8, 8, 3), level, np.uint8))
    return {name: ImageRef(tmp_path / f"{name}.png", product=name[0] if "_" in name else None) for name in LEVELS}


def source_of(registry: Registry, files: SplitFiles, task: str = TASK) -> TaskSource:
    return task_sources([registry.task(task)], registry, files, size=32)[task]


def levels(stack: Stack) -> list[int]:
    """Those of the siblings, without that of the photo."""
    return sorted(stack[1:, 0, 0, 0].tolist())


def test_a_made_pair_has_the_other_photos_of_its_product_and_never_itself(
    registry: Callable[..., Registry], refs: dict[str, ImageRef]
) -> None:
    source = source_of(registry(most=9), SplitFiles(clean=tuple(refs.values())))
    assert source.from_clean
    found = {item.name: levels(item.extras["light.corners"]) for item in TestPairs(source, source.from_clean, seed=0)}
    assert found == {"a_1": [80, 120], "a_2": [40, 120], "a_3": [40, 80], "b_1": [], "c": []}


def test_a_real_pair_sees_neither_its_target_nor_a_copy_of_it(
    registry: Callable[..., Registry], refs: dict[str, ImageRef], tmp_path: Path
) -> None:
    copy = ImageRef(shutil.copy(refs["a_1"].path, tmp_path / "copy.png"), product="a")
    jpeg = ImageRef(tmp_path / "again.jpg", product="a")
    write_image(jpeg.path, np.full((30, 30, 3), LEVELS["a_1"] + 1, np.uint8))
    pair = PairRef(replace(refs["b_1"], product="a"), refs["a_1"])
    files = SplitFiles(clean=(copy, jpeg, refs["a_2"]), tasks={TASK: TaskFiles(pairs=(pair,))})
    source = source_of(registry(most=9), files)
    assert source.real
    assert levels(TestPairs(source, source.real, seed=0)[0].extras["light.corners"]) == [80]


def test_the_photo_is_the_source_as_in_correction_where_there_is_no_target(
    registry: Callable[..., Registry], refs: dict[str, ImageRef]
) -> None:
    source = source_of(registry(), SplitFiles(clean=tuple(refs.values())))
    assert source.from_clean
    pair = TestPairs(source, source.from_clean, seed=0)[0]
    assert pair.source[0, 0, 0] < LEVELS["a_1"]
    assert pair.extras["light.corners"][0].tolist() == pair.source[:1, :1].tolist()


def test_samples_and_their_extras_depend_on_seed_and_index_alone(
    registry: Callable[..., Registry], refs: dict[str, ImageRef]
) -> None:
    files = SplitFiles(clean=tuple(refs.values()))
    config = TrainingConfig(size=32, clean_share=0.3, extras_share=1)
    first, again = (ItemStream({TASK: source_of(registry(most=1), files)}, config) for _ in range(2))
    _ = first[3], first[8]
    assert all(
        np.array_equal(first[i].extras["light.corners"], again[i].extras["light.corners"]) for i in range(9, 0, -1)
    )
    drawn = {tuple(levels(first[index].extras["light.corners"])) for index in range(60)}
    assert drawn == {(), (40,), (80,), (120,)}


def test_extras_leave_the_samples_as_they_were_without_them(
    registry: Callable[..., Registry], refs: dict[str, ImageRef]
) -> None:
    files, config = SplitFiles(clean=tuple(refs.values())), TrainingConfig(size=32, clean_share=0.3, extras_share=1)
    sources = [source_of(registry(conditioner), files) for conditioner in (True, False)]
    having, lacking = (ItemStream({TASK: source}, config) for source in sources)
    for index in range(12):
        one, other = having[index], lacking[index]
        assert one.extras and not other.extras, "without a conditioner, extras are for nobody"
        assert np.array_equal(one.source, other.source) and np.array_equal(one.target, other.target)


def test_a_share_of_the_samples_must_do_without_extras(
    registry: Callable[..., Registry], refs: dict[str, ImageRef]
) -> None:
    sources, files = registry(most=1), SplitFiles(clean=tuple(refs.values()))
    all_, half, none = (
        ItemStream({TASK: source_of(sources, files)}, TrainingConfig(size=32, extras_share=share))
        for share in (1, 0.5, 0)
    )
    has = [bool(half[index].extras) for index in range(100)]
    assert 35 < sum(has) < 65
    assert all(all_[index].extras and not none[index].extras for index in range(20))
    for index in range(20):
        assert np.array_equal(all_[index].source, half[index].source), "what is shown does not depend on the extras"


def test_a_batch_has_the_extras_of_its_tasks_only(registry: Callable[..., Registry], refs: dict[str, ImageRef]) -> None:
    files, rng = SplitFiles(clean=tuple(refs.values())), np.random.default_rng(0)
    known = registry()
    own, plain = (source_of(known, files, task).draw(rng, unpaired_share=0, clean_share=0) for task in (TASK, PLAIN))
    batch = collate([plain, own], LabelTable([TASK, PLAIN]))
    assert batch.guidance.extras["light.corners"].present.any(dim=1).tolist() == [False, True]
    assert collate([plain], LabelTable([TASK, PLAIN])).guidance.extras == {}


def test_of_a_task_without_pairs_the_images_that_are_mended_have_extras(
    registry: Callable[..., Registry], refs: dict[str, ImageRef]
) -> None:
    files = TaskFiles(sources=(replace(refs["c"], product="a"),), targets=(refs["a_1"], refs["b_1"]))
    catalogue = Catalogue({"test": SplitFiles(tasks={UNPAIRED: files})})
    tests = tests_of(catalogue, registry(), UNPAIRED, "test", size=32, seed=0)
    assert isinstance(tests, TestDomains)
    assert [levels(test.extras["light.corners"]) if test.extras else None for test in tests] == [[40], None, None]


def test_an_extra_that_fails_is_a_failure_of_its_plugin_for_that_image(
    registry: Callable[..., Registry], refs: dict[str, ImageRef]
) -> None:
    catalogue = Catalogue({"test": SplitFiles(clean=tuple(refs.values()))})
    with pytest.raises(SynthesisError, match=r"a_1\.png: light\.corners of plugin 'lamps'.*no corner"):
        pairs_of(catalogue, registry(fails=True), TASK, "test", size=32, seed=0)[0]


def test_siblings_are_read_only_when_they_are_drawn_and_unreadable_ones_are_left_out() -> None:
    read: list[str] = []

    def photo(name: str) -> Photo:
        read.append(name)
        if name == "torn":
            raise UnreadableImageError(Path(name), "truncated")
        return Photo(np.zeros((2, 2, 3), np.uint8), name)

    siblings = LazySiblings(["x", "torn", "y", "z"], photo)
    assert len(siblings) == 4 and read == []
    assert len(siblings.draw(np.random.default_rng(0), 1)) == 1 and len(read) < 3
    assert {each.name for each in siblings.draw(np.random.default_rng(0), 9)} == {"x", "y", "z"}


def test_copies_may_differ_in_size_and_format_but_not_in_what_they_show() -> None:
    ramp = np.broadcast_to(np.arange(64, dtype=np.uint8)[:, None, None] * 4, (64, 64, 3))
    assert are_copies(ramp, np.ascontiguousarray(ramp[::2, ::2]) + np.uint8(1))
    assert not are_copies(ramp, np.ascontiguousarray(ramp[::-1]))
