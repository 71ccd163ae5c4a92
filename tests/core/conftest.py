"""What tests of the core share: tasks and plugins made in memory, and small generated data."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
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
from mendkit.networks.blueprint import Blueprint, UsedComponent
from mendkit.networks.pretrained import Preprocessing
from mendkit.training.checkpoint import save_checkpoint
from mendkit.training.shipping import export_model
from mendkit.training.state import new_state
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


@pytest.fixture
def fresh_run(tmp_path: Path) -> Path:
    """A run of 32 px with fresh weights, and paths of its machine; ``turn.tilted`` is geometric."""
    settings = {
        "data": {"clean": tmp_path / "clean", "product": "(?P<product>.+)_[^_]+"},
        "model": {"width": 4, "blocks": 2},
        "training": {"size": 32, "start": tmp_path / "base", "features": tmp_path / "features.safetensors"},
    }
    flow = UsedComponent(name="transform.flow", component="transform.flow", tasks=("turn.tilted",))
    names = ("stain.paired", "turn.tilted")
    blueprint = Blueprint(
        config=RunConfig.model_validate(settings), tasks=names, transforms=(flow,), extends=tmp_path / "base"
    )
    state = new_state(blueprint, load(), torch.device("cpu"))
    state.images, state.step, state.seconds, state.balance = 640, 80, 90.0, {"stain.paired": 2.0}
    save_checkpoint(tmp_path / "fresh", state)
    return tmp_path / "fresh"


@pytest.fixture
def write_card(tmp_path: Path) -> Callable[..., Path]:
    """Write what the author of ``fresh_run``'s card must say; keyword arguments are further fields."""

    def write(**fields: object) -> Path:
        card = {
            "title": "Stains and angles",
            "tasks": {"stain.paired": "takes stains off", "turn.tilted": "turns photos upright"},
            "terms": "for tests only",
            "data": [{"name": "noise", "what": "random pixels", "terms": "CC0"}],
        }
        (tmp_path / "card.json").write_text(json.dumps(card | fields))
        return tmp_path / "card.json"

    return write


@pytest.fixture
def ship(
    fresh_run: Path, write_card: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Path]]:
    """Install a plugin that ships the model of ``fresh_run``; keyword arguments are further fields of its card.

    Returns the folder of the model. ``tmp_path / "site"`` is the place for packages.
    """
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)

    def install(name: str = "tiny", **fields: object) -> Path:
        package, record = site / f"{name}_models", site / f"{name}_models-1.2.dist-info"
        for folder in (package, record):
            folder.mkdir()
        (package / "__init__.py").touch()
        hook = f"@hookimpl\ndef mendkit_models():\n    yield from models_in('{name}_models')\n"
        (package / "plugin.py").write_text(f"from mendkit_registry import hookimpl, models_in\n\n{hook}")
        (record / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-models\nVersion: 1.2\n")
        (record / "entry_points.txt").write_text(f"[mendkit]\n{name} = {name}_models.plugin\n")
        export_model(fresh_run, package / name, write_card(**fields))
        return package / name

    yield install
    for module in [module for module in sys.modules if module.partition(".")[0].endswith("_models")]:
        if str(getattr(sys.modules[module], "__file__", "")).startswith(str(site)):
            del sys.modules[module]
