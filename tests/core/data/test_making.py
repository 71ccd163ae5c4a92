from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mendkit.config import DataConfig
from mendkit.contracts import Pair, Photo, Resources
from mendkit.data.catalogue import Catalogue
from mendkit.data.images import write_image
from mendkit.data.making import MadePairs, made_pairs
from mendkit.data.opening import open_catalogue
from mendkit.errors import DataError
from mendkit_registry import DefectGroup, DefectType, Plugin, Registry, SynthesizerSpec, UnknownNameError, compose

Put = Callable[..., list[Path]]


class Spot:
    """Makes the corner a random grey; the target is the photo."""

    def __call__(self, photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
        source = photo.pixels.copy()
        source[0, 0] = rng.integers(256)
        return Pair(source, photo.pixels, (source != photo.pixels).any(axis=2).astype(np.uint8) * 255)


class Wash:
    """Makes a white target; the source is the photo."""

    def __call__(self, photo: Photo, rng: np.random.Generator, resources: Resources) -> Pair:
        return Pair(photo.pixels, np.full_like(photo.pixels, 255))


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    """Of ``dirt.spots`` x is made, of ``dirt.dust`` y, of ``dirt.mud`` both, of ``dirt.oil`` neither."""
    for made in (Spot, Wash):
        monkeypatch.setattr(f"mendkit.data.making.{made.__name__}", made, raising=False)
    spots = SynthesizerSpec(
        name="dirt.spot", tasks=("dirt.spots", "dirt.mud"), factory="mendkit.data.making:Spot", starts_from="clean"
    )
    wash = SynthesizerSpec(
        name="dirt.wash", tasks=("dirt.dust", "dirt.mud"), factory="mendkit.data.making:Wash", starts_from="defective"
    )
    names = ("dirt.spots", "dirt.dust", "dirt.mud", "dirt.oil")
    tasks = tuple(DefectType(name=name, title="", supervision="semi_paired") for name in names)
    groups = (DefectGroup(name="dirt", title=""),)
    return compose(
        [Plugin("dirt", "dirt", "1", "dirt", {"groups": groups, "tasks": tasks, "synthesizers": (spots, wash)})]
    )


@pytest.fixture
def catalogue(root: Path, registry: Registry) -> Catalogue:
    """Two clean images in train and one in test; one defective image, and one pair, which is not made."""
    for grey, name in ((10, "clean/train/a"), (20, "clean/train/b"), (30, "clean/test/c"), (40, "dirt/mud/source/d")):
        write_image(root / f"{name}.png", np.full((4, 4, 3), grey, np.uint8))
    for side in ("source", "target"):
        write_image(root / "dirt" / "mud" / side / "train" / "pair.png", np.full((4, 4, 3), 99, np.uint8))
    return open_catalogue(DataConfig(root=root), registry.tasks)


def made(catalogue: Catalogue, registry: Registry, task: str = "dirt.spots", seed: int = 0) -> MadePairs:
    return made_pairs(catalogue, registry, task, size=4, seed=seed)


def test_the_images_of_all_splits_take_turns(catalogue: Catalogue, registry: Registry) -> None:
    pairs = made(catalogue, registry)
    names = [pairs.origin(number).name for number in range(6)]
    assert sorted(names[:3]) == ["test/c", "train/a", "train/b"] and names[3:] == names[:3]
    assert {pairs.origin(number).split for number in range(3)} == {"train", "test"}


def test_a_pair_depends_on_the_seed_and_its_number_alone(catalogue: Catalogue, registry: Registry) -> None:
    pairs, again, other = (made(catalogue, registry, seed=seed) for seed in (0, 0, 1))
    backwards = [again.make(number).source[0, 0, 0] for number in reversed(range(12))]
    corners = [pairs.make(number).source[0, 0, 0] for number in range(12)]
    assert corners == backwards[::-1] and corners != [other.make(number).source[0, 0, 0] for number in range(12)]
    assert len(set(corners)) > 6  # one image gives many pairs


def test_a_task_can_be_made_of_clean_and_of_defective_images(catalogue: Catalogue, registry: Registry) -> None:
    pairs = made(catalogue, registry, "dirt.mud")
    found = {pairs.origin(number).name.partition("/")[2]: pairs.make(number) for number in range(4)}
    assert sorted(found) == ["a", "b", "c", "d"]
    assert found["d"].source.mean() == 40 and found["d"].target.mean() == 255 and found["d"].mask is None
    assert found["a"].target.mean() == 10 and found["a"].mask is not None


def test_what_is_missing_is_named(catalogue: Catalogue, registry: Registry, put: Put, root: Path) -> None:
    with pytest.raises(DataError, match=r"dirt\.oil: no installed plugin has a synthesizer for it"):
        made(catalogue, registry, "dirt.oil")
    with pytest.raises(DataError, match=r"add defective ones, in DATA/dirt/dust/source"):
        made(catalogue, registry, "dirt.dust")
    with pytest.raises(DataError, match=r"add clean ones, with --clean DIR$"):
        made(Catalogue({}), registry, "dirt.spots")
    with pytest.raises(UnknownNameError, match=r"nearest: dirt\.spots"):
        made(catalogue, registry, "dirt.spot")
