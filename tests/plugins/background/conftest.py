"""What the tests of this plugin share: a drawn product, scenes to draw from, and a way to state outcomes."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from mendkit.contracts import Image
from mendkit.contracts.outcome import Outcome


class NoResources:
    """The resources of data that brings none."""

    def draw(self, kind: str, rng: np.random.Generator, height: int, width: int) -> Image | None:
        return None


class BlueScenes:
    """Backgrounds of one blue, and nothing of any other kind."""

    colour = (20, 60, 160)

    def draw(self, kind: str, rng: np.random.Generator, height: int, width: int) -> Image | None:
        return np.full((height, width, 3), self.colour, np.uint8) if kind == "backgrounds" else None


@pytest.fixture
def no_resources() -> NoResources:
    return NoResources()


@pytest.fixture
def blue_scenes() -> BlueScenes:
    return BlueScenes()


@pytest.fixture
def product() -> Image:
    """A brown bag of 64 x 64 px on white, its middle well inside, with a hole below its handle."""
    image = np.full((64, 64, 3), 255, np.uint8)
    cv2.circle(image, (32, 24), 13, (90, 60, 40), 4)
    cv2.rectangle(image, (14, 30), (50, 54), (140, 90, 50), -1)
    return image


@pytest.fixture
def outcome() -> Callable[..., Outcome]:
    """Builds the outcome of one grey image: each argument ``[H, W]`` in levels of 255, ``mask`` in [0, 1]."""

    def build(source: object, output: object, target: object, mask: object | None = None) -> Outcome:
        images = {
            "source": _grey(source),
            "output": _grey(output),
            "target": _grey(target),
            "clean_output": _grey(target),
        }
        return Outcome(names=("one",), **images, mask=None if mask is None else torch.tensor(mask).float()[None, None])

    return build


def _grey(levels: object) -> Tensor:
    return (torch.as_tensor(levels).float() / 255)[None, None].repeat(1, 3, 1, 1)
