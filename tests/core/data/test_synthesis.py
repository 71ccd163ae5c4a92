"""Synthesizers that fail: one image is left out and reported, the run goes on, and too many failures stop it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mendkit.config import TrainingConfig
from mendkit.contracts import Pair, Photo, Resources
from mendkit.contracts.batch import Batch
from mendkit.contracts.guidance import LabelTable
from mendkit.data.catalogue import ImageRef, SplitFiles
from mendkit.data.images import write_image
from mendkit.data.sampling import TaskSource, task_sources
from mendkit.data.stream import ItemStream, batches
from mendkit.data.synthesis import Tally, fault_of
from mendkit.data.testsets import TestPairs
from mendkit.errors import FailingPluginError, SynthesisError, UnreadableImageError
from mendkit_registry import DefectGroup, DefectType, Plugin, SynthesizerSpec, UnknownNameError, compose

TASK = "light.dark"
CLEAN = np.full((4, 6, 3), 200, np.uint8)
ALPHA, NOWHERE = np.full((4, 6), 0.5, np.float32), np.full((4, 6), np.nan, np.float32)


class Darken:
    """Halves the brightness, but fails for photos of one of the names ``bad``, in the way ``how``."""

    def __init__(self, bad: tuple[str, ...] = (), how: str = "raises") -> None:
        self.bad, self.how = bad, how

    def __call__(self, photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
        if photo.name not in self.bad:
            return Pair((photo.pixels * rng.uniform(0.3, 0.7)).astype(np.uint8), photo.pixels)
        if self.how == "gives a smaller image":
            return Pair(photo.pixels[:-1], photo.pixels)
        if self.how == "needs a damaged resource":
            raise UnreadableImageError(Path("rooms/wall.jpg"), "truncated")
        raise ValueError(f"no product in {photo.name}")


@pytest.fixture
def refs(tmp_path: Path) -> tuple[ImageRef, ...]:
    """A hundred images, "0" to "99", of different greys."""
    for number in range(100):
        write_image(tmp_path / f"{number}.png", np.full((8, 8, 3), 50 + number, np.uint8))
    return tuple(ImageRef(tmp_path / f"{number}.png") for number in range(100))


@pytest.fixture
def source(refs: tuple[ImageRef, ...]) -> Callable[..., TaskSource]:
    """The source of ``light.dark``, whose synthesizer fails for the first ``bad`` of the hundred images."""

    def make(bad: int, how: str = "raises", **given: dict[str, Any]) -> TaskSource:
        options = {"bad": tuple(str(number) for number in range(bad)), "how": how}
        task = DefectType(name=TASK, title="", supervision="paired")
        darken = SynthesizerSpec(name="light.darken", tasks=(TASK,), factory=f"{__name__}:Darken", options=options)
        specs = {"groups": (DefectGroup(name="light", title=""),), "tasks": (task,), "synthesizers": (darken,)}
        registry = compose([Plugin("lamps", "lamps-dist", "1", "lamps", specs)], strict=True)
        return task_sources([task], registry, SplitFiles(clean=refs, **given), size=32)[TASK]

    return make


def stream(source: TaskSource) -> ItemStream:
    return ItemStream({TASK: source}, TrainingConfig(size=32))


def drawn(source: TaskSource, count: int, workers: int = 0) -> list[Batch]:
    return list(batches(stream(source), LabelTable([TASK]), first=0, last=count, batch=10, workers=workers))


def test_one_bad_image_in_a_hundred_is_reported_once_and_the_run_goes_on(
    source: Callable[..., TaskSource], refs: tuple[ImageRef, ...], caplog: pytest.LogCaptureFixture
) -> None:
    found = drawn(source(1), 600)
    assert sum(len(batch) for batch in found) == 600
    (message,) = [record.getMessage() for record in caplog.records]
    assert message.startswith(f"left out: {refs[0].path}: light.darken of plugin 'lamps' failed for {TASK}")
    assert "ValueError: no product in 0 (test_synthesis.py:" in message


def test_more_than_five_in_a_hundred_stop_the_run_with_the_plugin_and_the_last_error(
    source: Callable[..., TaskSource],
) -> None:
    with pytest.raises(FailingPluginError) as raised:
        drawn(source(12), 600)
    message = str(raised.value)
    assert message.startswith("plugin 'lamps': light.darken failed for 20 of ")
    assert "mendkit plugins check lamps" in message and "ValueError: no product in" in message


def test_a_synthesizer_that_always_fails_stops_at_the_first_sample(source: Callable[..., TaskSource]) -> None:
    with pytest.raises(FailingPluginError, match=r"20 images in a row .* plugin 'lamps'.*no product in"):
        drawn(source(100), 10)


@pytest.mark.parametrize("how", ["raises", "gives a smaller image"])
def test_a_sample_depends_on_seed_and_index_alone_though_others_failed(
    source: Callable[..., TaskSource], how: str
) -> None:
    whole, again = stream(source(50, how)), stream(source(50, how))
    samples = [whole[index] for index in range(20)]
    failed = [index for index, sample in enumerate(samples) if sample.failures]
    assert len(failed) > 4
    for index in reversed(failed):
        assert np.array_equal(again[index].source, samples[index].source)
        assert str(again[index].failures[0]) == str(samples[index].failures[0])


def test_workers_change_neither_the_samples_nor_when_a_run_stops(
    source: Callable[..., TaskSource], caplog: pytest.LogCaptureFixture
) -> None:
    alone, shared = drawn(source(8), 60), drawn(source(8), 60, workers=2)
    assert all(torch.equal(a.x, b.x) for a, b in zip(alone, shared, strict=True))
    messages = [record.getMessage() for record in caplog.records]
    assert messages and messages[: len(messages) // 2] == messages[len(messages) // 2 :]
    errors = []
    for workers in (0, 2):
        with pytest.raises(FailingPluginError) as raised:
            drawn(source(50), 200, workers=workers)
        errors.append(str(raised.value))
    assert errors[0] == errors[1] and "Traceback" not in errors[1]


def test_a_damaged_resource_is_not_the_fault_of_the_synthesizer(
    source: Callable[..., TaskSource], caplog: pytest.LogCaptureFixture
) -> None:
    assert len(drawn(source(30, "needs a damaged resource"), 200)) == 20
    assert all("wall.jpg" in record.getMessage() for record in caplog.records)


def test_a_test_pair_that_cannot_be_made_names_its_image(
    source: Callable[..., TaskSource], refs: tuple[ImageRef, ...]
) -> None:
    flaky = source(1)
    assert flaky.from_clean
    pairs = TestPairs(flaky, flaky.from_clean, seed=0)
    assert pairs[1].name == "1"
    with pytest.raises(SynthesisError) as raised:
        pairs[0]
    error = raised.value
    assert (error.image, error.task, error.plugin) == (str(refs[0].path), TASK, "lamps")


def test_the_input_error_is_that_of_the_pairs_that_can_be_made(source: Callable[..., TaskSource]) -> None:
    assert source(20).input_error(seed=0) == pytest.approx(source(0).input_error(seed=0), rel=0.2)
    with pytest.raises(SynthesisError):
        source(100).input_error(seed=0)


def failure(number: int) -> SynthesisError:
    return SynthesisError(f"{number}.png", TASK, "light.darken", "lamps", "ValueError: dark already")


def test_up_to_five_in_a_hundred_failures_are_borne() -> None:
    tally = Tally()
    for number in range(400):
        tally.add(["light.darken"], [failure(number)] if number % 20 == 19 else [])  # 20 of 420
    with pytest.raises(FailingPluginError, match="22 of 422"):
        for number in range(2):
            tally.add([], [failure(number)])


def test_a_few_failures_at_the_beginning_are_borne() -> None:
    tally = Tally()
    tally.add([], [failure(number) for number in range(19)])
    with pytest.raises(FailingPluginError, match="20 of 20"):
        tally.add([], [failure(19)])


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        (None, "made a NoneType, not a Pair"),
        ((CLEAN, CLEAN), "made a tuple, not a Pair"),
        (Pair(CLEAN[:2], CLEAN), "made a source that is uint8 [2, 6, 3], not uint8 [4, 6, 3]"),
        (Pair(CLEAN, CLEAN / 255), "made a target that is float64 [4, 6, 3], not uint8 [4, 6, 3]"),
        (Pair(CLEAN, CLEAN, CLEAN), "made a mask that is uint8 [4, 6, 3], not uint8 [4, 6]"),
        (Pair(CLEAN, CLEAN, CLEAN[..., 0] > 9), "made a mask that is bool [4, 6], not uint8 [4, 6]"),
        (Pair(CLEAN, None), "made a target that is a NoneType"),
        (Pair(CLEAN, CLEAN, truths=[ALPHA]), "made truths that are a list, not a mapping of names to arrays"),
        (Pair(CLEAN, CLEAN, truths={"mask": ALPHA}), "made a truth named 'mask'"),
        (Pair(CLEAN, CLEAN, truths={3: ALPHA}), "made a truth named 3"),
        (Pair(CLEAN, CLEAN, truths={"depth": 0.5}), "made a truth 'depth' that is a float, not float32"),
        (Pair(CLEAN, CLEAN, truths={"depth": CLEAN}), "made a truth 'depth' that is uint8 [4, 6, 3], not float32"),
        (
            Pair(CLEAN, CLEAN, truths={"alpha": ALPHA.T}),
            "made a truth 'alpha' that is float32 [6, 4], not",
        ),
        (Pair(CLEAN, CLEAN, truths={"ink": ALPHA}), "made a truth 'ink' that is float32 [4, 6], not float32 [4, 6, 3]"),
        (Pair(CLEAN, CLEAN, truths={"homography": ALPHA}), "made a truth 'homography' that is float32 [4, 6], not"),
        (
            Pair(CLEAN, CLEAN, truths={"depth": NOWHERE}),
            "made a truth 'depth' that is not finite everywhere",
        ),
        (Pair(CLEAN, CLEAN, truths={"alpha": ALPHA, "depth": ALPHA.T}), None),
        (Pair(CLEAN, CLEAN), None),
        (Pair(CLEAN, CLEAN, CLEAN[..., 0]), None),
    ],
)
def test_what_is_no_pair_of_the_photos_size_is_a_failure(made: object, fault: str | None) -> None:
    found = fault_of(made, Photo(CLEAN))
    assert found is None if fault is None else found is not None and found.startswith(fault)


def test_settings_of_a_run_win_over_the_options_of_a_synthesizer(source: Callable[..., TaskSource]) -> None:
    own = source(100, options={"light.darken": {"bad": ("7",)}}).from_clean
    assert own is not None
    made = own.synthesizers[0].make
    assert isinstance(made, Darken) and (made.bad, made.how) == (("7",), "raises")
    with pytest.raises(UnknownNameError, match=r"no synthesizer named 'light\.darkn'.*light\.darken"):
        source(0, options={"light.darkn": {}})
