from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from mendkit import plugin as builtin
from mendkit.contracts import Pair, Photo, Resources
from mendkit.contracts.mended import Mended
from mendkit.contracts.outcome import Outcome
from mendkit.data.catalogue import Catalogue, ImageRef, PairRef, SplitFiles, TaskFiles
from mendkit.data.extras import Stacks
from mendkit.data.images import write_image
from mendkit.errors import DataError
from mendkit.networks.features import FeatureExtractor
from mendkit_registry import (
    DefectGroup,
    DefectType,
    EvaluatorSpec,
    Plugin,
    Registry,
    SynthesizerSpec,
    compose,
    plugin_from,
)


class Darken:
    """Halves the brightness of the left half of a photo, and says so in the mask; of photo "3" it gives no mask.

    For photos of one grey it raises.
    """

    def __call__(self, photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
        if not np.ptp(photo.pixels):
            raise ValueError("nothing to darken")
        source, mask = photo.pixels.copy(), np.zeros(photo.pixels.shape[:2], np.uint8)
        half = source.shape[1] // 2
        source[:, :half] //= 2
        mask[:, :half] = 255
        return Pair(source, photo.pixels, None if photo.name == "3" else mask)


class CountMasked:
    """Counts outcomes, and the pixels that their masks mark; ``oddity`` is a number that JSON can not hold."""

    def __init__(self) -> None:
        self.reset()

    def update(self, outcome: Outcome) -> None:
        self.rows += len(outcome.names)
        self.marked += 0.0 if outcome.mask is None else outcome.mask.sum().item()

    def compute(self) -> dict[str, float]:
        return {"rows": self.rows, "marked": self.marked, "oddity": float("nan")}

    def reset(self) -> None:
        self.rows, self.marked = 0.0, 0.0


class Sharpness(CountMasked):
    """Needs features; of ``light.paired``, whose masks are empty, it has no numbers, and says so."""

    def __init__(self, features: FeatureExtractor, scale: float) -> None:
        super().__init__()
        self.name, self.scale = features.name, scale

    def compute(self) -> dict[str, float]:
        if not self.marked:
            raise DataError("no mask marks anything")
        return {f"sharpness_by_{self.name}": self.scale}


@dataclass
class Mender:
    """Mends by a function of images in [-1, 1], and remembers how many it was given at once."""

    function: Callable[[Tensor], Tensor]
    tasks: tuple[str, ...] = ("light.dark", "light.paired")
    size: int = 32
    zoomed: int = 32
    images_seen: int = 1234
    learned_from: tuple[str, ...] = ()
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    largest: int = 0

    def mend(self, images: Tensor, tasks: Sequence[str], stacks: Sequence[Stacks] = ()) -> Mended:
        assert len(tasks) == len(stacks) == len(images)
        assert set(tasks) <= set(self.tasks)
        self.largest = max(self.largest, len(images))
        image = self.function(images)
        return Mended(image, drawn=image, mask=torch.full_like(images[:, :1], 0.5))


@pytest.fixture
def mender() -> type[Mender]:
    """The class of a model that mends by a function."""
    return Mender


@pytest.fixture
def registry() -> Registry:
    """``light.dark`` is synthesised, with masks; ``light.paired`` and ``light.unpaired`` come from files.

    With the evaluators that mendkit brings.
    """
    plugin = Plugin(
        name="light",
        distribution="light",
        version="1",
        module="light",
        contributions={
            "groups": (DefectGroup(name="light", title="Light"),),
            "tasks": (
                *(
                    DefectType(name=f"light.{name}", title=name, supervision="paired")
                    for name in ("dark", "paired", "untrained")
                ),
                DefectType(name="light.unpaired", title="unpaired", supervision="unpaired"),
            ),
            "synthesizers": (
                SynthesizerSpec(name="light.darken", tasks=("light.dark",), factory=f"{__name__}:Darken"),
            ),
            "evaluators": (
                EvaluatorSpec(name="light.count", tasks=("light.*",), factory=f"{__name__}:CountMasked"),
                EvaluatorSpec(
                    name="light.sharpness",
                    tasks=("light.*",),
                    factory=f"{__name__}:Sharpness",
                    needs=("features",),
                    options={"scale": 2.0},
                ),
            ),
        },
    )
    return compose([plugin, plugin_from(builtin)])


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Five clean images, of even levels so that halving loses nothing, and three pairs with sources half as bright.

    ``light.unpaired`` has all five sources, in no relation to the five targets.
    """
    rng = np.random.default_rng(0)
    clean, pairs = [], []
    for index in range(5):
        image = rng.integers(32, 128, size=(32, 32, 3), dtype=np.uint8) * 2
        paths = tmp_path / f"{index}.png", tmp_path / "half" / f"{index}.png"
        write_image(paths[0], image)
        write_image(paths[1], image // 2)
        clean.append(ImageRef(paths[0]))
        pairs.append(PairRef(ImageRef(paths[1]), ImageRef(paths[0])))
    unpaired = TaskFiles(sources=tuple(pair.source for pair in pairs), targets=tuple(clean))
    tasks = {"light.paired": TaskFiles(pairs=tuple(pairs[:3])), "light.unpaired": unpaired}
    files = SplitFiles(clean=tuple(clean), tasks=tasks)
    return Catalogue({"test": files})
