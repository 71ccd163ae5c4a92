from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mendkit.config import DataConfig
from mendkit.data.catalogue import SPLITS
from mendkit.data.images import write_image
from mendkit.data.opening import open_catalogue
from mendkit.data.sampling import task_sources
from mendkit_registry import DatasetSpec, Registry, SynthesizerSpec, load

PAIRED = {
    "colorization.edges2handbags",
    "colorization.edges2shoes",
    "segmentation.facades",
    "segmentation.maps",
}
UNPAIRED = {
    "beauty.makeup",
    "color.apple2orange",
    "color.horse2zebra",
    "style.monet2photo",
    "style.vangogh2photo",
}
REAL_PHOTOS = "background.real_photos"
FOLDERS = {
    "maps": ["train", "val"],
    "facades": ["train", "val", "test"],
    "edges2shoes": ["train", "val"],
    "edges2handbags": ["train", "val"],
    "horse2zebra": ["trainA", "trainB", "testA", "testB"],
    "apple2orange": ["trainA", "trainB", "testA", "testB"],
    "monet2photo": ["trainA", "trainB", "testA", "testB"],
    "vangogh2photo": ["trainA", "trainB", "testA", "testB"],
    "faces": ["train/makeup", "train/nomakeup", "test/makeup", "test/nomakeup"],
    "real_photos": ["train/hats", "val/hats", "test/hats"],
    "products_white": ["train", "val", "test"],
}
"""The sets as they are published."""
GREY = {"A": 10, "nomakeup": 10, "B": 200, "makeup": 200, "hats": 10}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load(strict=True)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Each set with one image in each of its folders: grey 10 to the left or in A, 200 to the right or in B.

    By the hash of their name, 1, none of them is cut out of train for val.
    """
    root = tmp_path_factory.mktemp("published")
    halves = np.repeat(np.array([10, 200], np.uint8), 32)[None, :, None] + np.zeros((32, 1, 3), np.uint8)
    for name, folders in FOLDERS.items():
        for folder in folders:
            grey = next((value for ending, value in GREY.items() if folder.endswith(ending)), 200)
            one_side = np.full((32, 32, 3), grey, np.uint8)
            side_by_side = folder in SPLITS and name != "products_white"
            write_image(root / name / folder / "1.png", halves if side_by_side else one_side)
    return root


def test_all_tasks_are_benchmarks_and_supervised_as_their_sets_allow(registry: Registry) -> None:
    tasks = {task.name: task.supervision for task in registry.tasks.values() if task.benchmark}
    expected = dict.fromkeys(PAIRED, "paired") | dict.fromkeys(UNPAIRED, "unpaired") | {REAL_PHOTOS: "semi_paired"}
    assert tasks == expected
    assert {registry.plugin_of(registry.task(task)).name for task in tasks} == {"benchmarks"}


def test_each_task_has_one_set(registry: Registry) -> None:
    benchmarks = [task.name for task in registry.tasks.values() if task.benchmark]
    assert all(len(registry[DatasetSpec].of(task)) == 1 for task in benchmarks)
    assert len(registry[DatasetSpec]) == len(benchmarks)


def test_every_published_layout_is_found_with_images_to_train_and_to_test_on(registry: Registry, root: Path) -> None:
    catalogue = open_catalogue(DataConfig(root=root), registry.tasks, registry[DatasetSpec].values())
    for split in ("train", "test"):
        files = catalogue[split].tasks
        assert {task for task, each in files.items() if len(each.pairs) == 1} == PAIRED
        two_domains = {task for task, each in files.items() if len(each.sources) == len(each.targets) == 1}
        assert two_domains == UNPAIRED | {REAL_PHOTOS}
    assert set(catalogue["val"].tasks) == {"segmentation.facades", REAL_PHOTOS}


@pytest.mark.parametrize(
    ("task", "source"),
    [
        *((task, 10) for task in sorted((PAIRED - {"segmentation.facades"}) | UNPAIRED | {REAL_PHOTOS})),
        ("segmentation.facades", 200),  # published with the photo to the left, and from right to left
    ],
)
def test_the_direction_is_that_of_the_published_models(registry: Registry, root: Path, task: str, source: int) -> None:
    catalogue = open_catalogue(DataConfig(root=root), registry.tasks, registry[DatasetSpec].values())
    drawn = task_sources([registry.task(task)], registry, catalogue["train"], 32)[task].draw(
        np.random.default_rng(0), unpaired_share=1.0, clean_share=0.0
    )
    assert (drawn.source == source).all() and (drawn.target == 210 - source).all()
    assert drawn.paired == (task in PAIRED)


def test_real_photos_are_cut_out_by_their_masks(registry: Registry, tmp_path: Path) -> None:
    write_image(tmp_path / "real_photos" / "train" / "a.png", np.full((64, 64, 3), 90, np.uint8))
    mask = np.zeros((64, 64), np.uint8)
    mask[16:48, 16:48] = 255
    write_image(tmp_path / "real_photos" / "train" / "a.mask.png", mask)
    write_image(tmp_path / "products_white" / "train" / "b.png", np.full((64, 64, 3), 255, np.uint8))
    catalogue = open_catalogue(DataConfig(root=tmp_path), registry.tasks, registry[DatasetSpec].values())
    source = task_sources([registry.task(REAL_PHOTOS)], registry, catalogue["train"], 64)[REAL_PHOTOS]
    pair = source.draw(np.random.default_rng(0), unpaired_share=0.0, clean_share=0.0)
    assert pair.paired and (pair.source == 90).all()
    assert (pair.target[20:44, 20:44] == 90).all() and (pair.target[:12] == 255).all()


def test_clean_images_are_never_made_into_real_photos(registry: Registry) -> None:
    specs = registry[SynthesizerSpec].of(REAL_PHOTOS)
    assert {(spec.name, spec.starts_from) for spec in specs} == {("background.cut_out", "defective")}


def test_listing_imports_nothing_heavy() -> None:
    code = (
        "import sys, mendkit_benchmarks.plugin as p;"
        "[list(h()) for h in vars(p).values() if hasattr(h, 'mendkit_impl')];"
        "print(*{'torch', 'cv2', 'numpy', 'PIL', 'mendkit'} & set(sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""
