from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mendkit.contracts import Image
from mendkit.data.drawing import draw_images
from mendkit.data.images import read_image
from mendkit.errors import DataError
from mendkit_registry import Plugin, Registry, SamplesSpec, UnknownNameError, compose


class Noise:
    """Draws noise, which shows the generator's state."""

    def __call__(self, rng: np.random.Generator, size: int) -> Image:
        return rng.integers(0, 256, (size, size, 3), dtype=np.uint8)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    monkeypatch.setattr("mendkit.data.drawing.Noise", Noise, raising=False)
    spec = SamplesSpec(name="samples.noise", factory="mendkit.data.drawing:Noise")
    return compose([Plugin("noise", "noise", "1", "noise", {"samples": (spec,)})])


def drawn(
    root: Path, registry: Registry, *, source: str = "samples.noise", count: int = 3, seed: int = 0
) -> list[Path]:
    return list(draw_images(root, registry, source=source, count=count, size=8, seed=seed))


def test_images_are_written_as_a_data_root(tmp_path: Path, registry: Registry) -> None:
    paths = drawn(tmp_path / "new", registry)
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        f"new/clean/product_000{index}.png" for index in range(3)
    ]
    assert read_image(paths[0]).shape == (8, 8, 3)


def test_an_image_depends_on_the_seed_and_its_index_alone(tmp_path: Path, registry: Registry) -> None:
    few, many, other = (
        drawn(tmp_path / name, registry, count=n, seed=s)
        for name, n, s in (("few", 2, 0), ("many", 3, 0), ("other", 2, 1))
    )
    np.testing.assert_array_equal(read_image(few[1]), read_image(many[1]))
    assert (read_image(few[0]) != read_image(few[1])).any() and (read_image(few[0]) != read_image(other[0])).any()


def test_a_second_call_draws_what_is_missing_and_overwrites_nothing(tmp_path: Path, registry: Registry) -> None:
    paths = drawn(tmp_path, registry)
    before = paths[2].read_bytes()
    paths[0].write_bytes(b"touched by hand")
    paths[2].unlink()
    drawn(tmp_path, registry, count=4)
    assert paths[0].read_bytes() == b"touched by hand" and paths[2].read_bytes() == before
    assert len(list((tmp_path / "clean").iterdir())) == 4


def test_images_drawn_in_another_way_are_not_mixed(tmp_path: Path, registry: Registry) -> None:
    drawn(tmp_path, registry)
    with pytest.raises(DataError, match=r"drawn with .*'seed': 0.*, not .*'seed': 1.*choose another folder"):
        drawn(tmp_path, registry, seed=1)


def test_a_root_with_photos_is_refused(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "clean").mkdir()
    with pytest.raises(DataError, match="clean: already exists"):
        drawn(tmp_path, registry)


def test_a_damaged_record_is_refused(tmp_path: Path, registry: Registry) -> None:
    (tmp_path / "drawn.json").write_text("{")
    with pytest.raises(DataError, match=r"drawn\.json: cannot be read"):
        drawn(tmp_path, registry)


def test_an_unknown_source_is_an_error_with_the_nearest_names(tmp_path: Path, registry: Registry) -> None:
    with pytest.raises(
        UnknownNameError, match=r"no source of samples named 'samples\.nois' \(nearest: samples\.noise\)"
    ):
        drawn(tmp_path / "new", registry, source="samples.nois")
    assert not (tmp_path / "new").exists()
