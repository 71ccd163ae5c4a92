from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from mendkit.config import RunConfig
from mendkit.contracts import Image
from mendkit.contracts.mended import Mended
from mendkit.data.extras import Stacks
from mendkit.data.images import write_image
from mendkit.networks.blueprint import Blueprint
from mendkit.training.checkpoint import save_checkpoint
from mendkit.training.state import new_state
from mendkit_registry import load

Maker = Callable[..., Mended]


class Whitener:
    """A model of 16 px that draws the upper half white, and remembers how many images it was given at once."""

    tasks = ("light.dark", "light.paired")
    size = 16
    extras = ()

    def __init__(self) -> None:
        self.batches: list[int] = []

    def mend(self, images: Tensor, tasks: Sequence[str], stacks: Sequence[Stacks] = ()) -> Mended:
        assert images.shape[1:] == (3, 16, 16) and set(tasks) <= set(self.tasks)
        self.batches.append(len(images))
        mask = torch.zeros(len(images), 1, 16, 16)
        mask[:, :, :8] = 1
        drawn = torch.ones_like(images)
        return Mended(torch.lerp(images, drawn, mask), drawn, mask, flow=None, group_attention=mask * 2)


@pytest.fixture
def whitener() -> Whitener:
    return Whitener()


@pytest.fixture
def mended() -> Maker:
    """What a model of S px might return: a drawn image of one value in [-1, 1], with a mask ``[S, S]`` and a flow."""

    def make(mask: np.ndarray | None, drawn: float = 1.0, size: int = 32, flow: Tensor | None = None) -> Mended:
        image = torch.full((1, 3, size, size), drawn)
        return Mended(image, image, None if mask is None else torch.from_numpy(mask).float()[None, None], flow=flow)

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
    blueprint = Blueprint(config=config, tasks=("stain.paired", "turn.tilted"), geometric=("turn.tilted",))
    save_checkpoint(tmp_path / "run", new_state(blueprint, load(), torch.device("cpu")))
    return tmp_path / "run"
