from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mendkit.data.catalogue import ImageRef
from mendkit.data.images import write_image
from mendkit.data.store import ImageStore, StoredResources
from mendkit_registry import DefectType


@pytest.fixture
def wide(tmp_path: Path) -> ImageRef:
    image = np.full((20, 60, 3), 200, np.uint8)
    image[:, :30] = 10
    write_image(tmp_path / "wide.png", image)
    return ImageRef(tmp_path / "wide.png")


def test_a_photo_is_read_once_and_fitted_to_a_square(wide: ImageRef) -> None:
    store = ImageStore(32)
    photo = store.photo(wide)
    assert photo.pixels.shape == (32, 32, 3)
    wide.path.unlink()
    assert store.photo(wide) is photo


def test_beyond_its_budget_the_store_reads_again(wide: ImageRef) -> None:
    store = ImageStore(32, megabytes=0)
    assert store.photo(wide) is not store.photo(wide)


def test_photos_of_local_tasks_are_larger_and_share_the_budget(wide: ImageRef) -> None:
    local, other = (DefectType(name=f"a.{name}", title="A", supervision="paired", local=name == "b") for name in "bc")
    store = ImageStore(32, megabytes=2, zoomed=64)
    assert [store.of(task).photo(wide).pixels.shape for task in (local, other)] == [(64, 64, 3), (32, 32, 3)]
    assert store.of(local).squares is store and store.of(other) is store
    store.divide(1000)
    assert store.of(local).photo(wide) is store.of(local).photo(wide)
    large = ImageStore(32, megabytes=2, zoomed=1024)
    assert large.of(local).photo(wide) is not large.of(local).photo(wide)


def test_processes_share_the_budget(wide: ImageRef) -> None:
    store = ImageStore(512, megabytes=2)  # a photo takes 0.75 MB
    store.divide(2)
    assert store.photo(wide) is store.photo(wide)
    other = ImageRef(wide.path, half="left")
    assert store.photo(other) is not store.photo(other)


def test_a_mask_that_touches_the_edge_does_not_go_on_beyond_it(wide: ImageRef) -> None:
    write_image(wide.path.with_name("wide.mask.png"), np.full((20, 60, 3), 255, np.uint8))
    foreground = ImageStore(60).photo(wide).foreground
    assert foreground is not None
    assert foreground[30].min() == 255
    assert foreground[:15].max() == 0 and foreground[45:].max() == 0


def test_resources_are_crops_of_the_size_that_is_asked_for(wide: ImageRef) -> None:
    resources = StoredResources(ImageStore(16), {"backgrounds": (wide,)})
    rng = np.random.default_rng(0)
    crops = [resources.draw("backgrounds", rng, height, width) for height, width in ((16, 16), (40, 16), (8, 90))]
    assert [crop.shape for crop in crops if crop is not None] == [(16, 16, 3), (40, 16, 3), (8, 90, 3)]
    assert resources.draw("textures", rng, 16, 16) is None


def test_a_seed_gives_the_same_crop_again(wide: ImageRef) -> None:
    resources = StoredResources(ImageStore(16), {"backgrounds": (wide,)})
    one, two = (resources.draw("backgrounds", np.random.default_rng(3), 16, 16) for _ in range(2))
    assert one is not None and two is not None and np.array_equal(one, two)
