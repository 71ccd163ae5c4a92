"""What tests of the core share: tasks and plugins made in memory, and small generated data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from safetensors.torch import save_file

from mendkit.config import RunConfig, parse_config
from mendkit.contracts import LossTerm
from mendkit.contracts.batch import Batch
from mendkit.contracts.guidance import LabelTable
from mendkit.data.images import write_image
from mendkit.networks.pretrained import Preprocessing
from mendkit.training.terms import PlannedTerm
from mendkit_registry import DefectType, LossSpec, build, load


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def mobilenet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of half-precision MobileNetV2 weights, random but fixed."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = timm.create_model("mobilenetv2_100", num_classes=1000, pad_type="same")
    state = {name: v.half() if v.is_floating_point() else v for name, v in network.state_dict().items()}
    path = tmp_path_factory.mktemp("weights") / "mobilenet.safetensors"
    half = (0.5, 0.5, 0.5)
    stated = Preprocessing(network="mobilenetv2_100", mean=half, std=half, padding="same")
    save_file(state, path, stated.to_metadata())
    return path


@pytest.fixture
def tasks() -> dict[str, DefectType]:
    """One task for each way to be supervised; ``turn.tilted`` is geometric."""
    kinds = [
        DefectType(name="stain.paired", title="", supervision="paired"),
        DefectType(name="stain.semi", title="", supervision="semi_paired"),
        DefectType(name="stain.unpaired", title="", supervision="unpaired"),
        DefectType(name="turn.tilted", title="", supervision="paired", geometric=True),
    ]
    return {task.name: task for task in kinds}


@pytest.fixture
def make_batch(tasks: dict[str, DefectType]) -> Callable[..., Batch]:
    known = tuple(tasks)

    def make(tasks: tuple[str, ...], paired: list[bool] | None = None, size: int = 32) -> Batch:
        generator = torch.Generator().manual_seed(0)
        x, y = torch.rand(2, len(tasks), 3, size, size, generator=generator) * 2 - 1
        # The rows of the fixture `tasks`, before those of any other task.
        table = LabelTable(tuple(dict.fromkeys((*known, *tasks))))
        return Batch(x, y, table.guidance(tasks), torch.tensor(paired or [True] * len(tasks)))

    return make


@pytest.fixture
def core_term() -> Callable[..., PlannedTerm]:
    """A term of mendkit's own by its name, for some tasks."""
    specs = load(strict=True)[LossSpec]

    def planned(name: str, tasks: dict[str, DefectType], weight: float = 1.0, every: int = 1) -> PlannedTerm:
        spec = specs[name]
        return PlannedTerm(
            name=name,
            plugin="mendkit",
            role=spec.role,
            tasks=tasks,
            applies=spec.applies,
            weight=spec.weight or weight,
            every=every,
            compute=build(spec, LossTerm),
            needs=spec.needs,
            balanced=spec.balanced,
            follows=spec.follows,
            over_items=spec.mean == "items",
        )

    return planned


@pytest.fixture
def clean_folder(tmp_path: Path) -> Path:
    """Clean images in all three splits: coloured blobs on white."""
    rng = np.random.default_rng(0)
    for split, count in (("train", 6), ("val", 3), ("test", 3)):
        for index in range(count):
            image = np.full((48, 48, 3), 255, np.uint8)
            image[12:36, 10:38] = rng.integers(0, 200, 3)
            image[20:28, 14:24] = rng.integers(0, 200, 3)
            write_image(tmp_path / "clean" / split / f"{split}{index}.png", image)
    return tmp_path / "clean"


@pytest.fixture
def tiny_config(clean_folder: Path) -> Callable[..., RunConfig]:
    """A configuration that trains in a second; keyword arguments change its ``training`` section."""

    def make(preset: str = "composite", **training: object) -> RunConfig:
        settings = {"size": 32, "images": 24, "batch": 4, "log_images": 8, "checkpoint_images": 1000, "device": "cpu"}
        return parse_config(
            {
                "preset": preset,
                "data": {"clean": clean_folder},
                "model": {"width": 4, "blocks": 2},
                "training": settings | {"sheet_images": 12} | training,
            },
            origin="test",
        )

    return make
