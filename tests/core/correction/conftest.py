from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
import torch
from torch import Tensor

from mendkit.config import RunConfig
from mendkit.contracts import Image, Transform
from mendkit.contracts.mended import Mended
from mendkit.data.extras import Stacks
from mendkit.data.images import write_image
from mendkit.networks.blueprint import Blueprint, UsedComponent
from mendkit.training.checkpoint import save_checkpoint
from mendkit.training.state import new_state
from mendkit_registry import load

Maker = Callable[..., Mended]


class Whitener:
    """A model of 16 px that draws the upper half white, and remembers how many images it was given at once."""

    tasks = ("light.dark", "light.paired")
    size = 16
    extras = ()
    transforms: Mapping[str, Transform] = MappingProxyType({})

    def __init__(self) -> None:
        self.batches: list[int] = []

    def side(self, task: str) -> int:
        return self.size

    def mend(self, images: Tensor, tasks: Sequence[str], stacks: Sequence[Stacks] = ()) -> Mended:
        assert images.shape[1:] == (3, 16, 16) and set(tasks) <= set(self.tasks)
        self.batches.append(len(images))
        mask = torch.zeros(len(images), 1, 16, 16)
        mask[:, :, :8] = 1
        drawn = torch.ones_like(images)
        image = torch.lerp(images, drawn, mask)
        return Mended(image, drawn, mask, kept=images, group_attention=mask * 2)


@pytest.fixture
def whitener() -> Whitener:
    return Whitener()


@pytest.fixture
def mended() -> Maker:
    """What a model of 32 px might return: a drawn image of one value in [-1, 1], a mask, and a flow or tone."""

    def make(mask: np.ndarray | None, drawn: float = 1.0, **parameters: Tensor) -> Mended:
        image = torch.full((1, 3, 32, 32), drawn)
        transforms = {f"transform.{name}": found for name, found in parameters.items()}
        mask_ = None if mask is None else torch.from_numpy(mask).float()[None, None]
        return Mended(image, image, mask_, transforms=transforms)

    return make


@pytest.fixture
def noise() -> Callable[[int, int], Image]:
    """A photo in which no two neighbours are alike."""

    def make(height: int, width: int) -> Image:
        return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)

    return make


@pytest.fixture
def photos(tmp_path: Path, noise: Callable[[int, int], Image]) -> Path:
    """A folder of three photos, one of them in a folder of its own."""
    for name, size in (("a.png", (40, 60)), ("b.png", (64, 32)), ("deep/c.png", (33, 33))):
        write_image(tmp_path / "photos" / name, noise(*size))
    return tmp_path / "photos"


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of 32 px with fresh weights; ``turn.tilted`` is geometric."""
    config = RunConfig.model_validate({"model": {"width": 4, "blocks": 2}, "training": {"size": 32}})
    flow = UsedComponent(name="transform.flow", component="transform.flow", tasks=("turn.tilted",))
    blueprint = Blueprint(config=config, tasks=("stain.paired", "turn.tilted"), transforms=(flow,))
    save_checkpoint(tmp_path / "run", new_state(blueprint, load(), torch.device("cpu")))
    return tmp_path / "run"
