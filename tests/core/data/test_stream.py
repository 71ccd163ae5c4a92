from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from mendkit.config import RunConfig
from mendkit.data.opening import open_catalogue
from mendkit.data.stream import ItemStream, batches, task_shares
from mendkit.data.tensors import to_images, to_tensor
from mendkit.data.testsets import test_pairs as pairs_of
from mendkit.errors import DataError
from mendkit.training.run import plan_run
from mendkit_registry import load

Configure = Callable[..., RunConfig]


def stream(config: RunConfig) -> ItemStream:
    plan, _ = plan_run(config)
    return ItemStream(dict(plan.sources), config.training)


def test_a_sample_depends_on_its_seed_and_index_alone(tiny_config: Configure) -> None:
    first, again = stream(tiny_config()), stream(tiny_config())
    _ = first[0], first[3]
    for index in (5, 2):
        one, two = first[index], again[index]
        assert one.task == two.task
        assert np.array_equal(one.source, two.source) and np.array_equal(one.target, two.target)
    other = stream(tiny_config(seed=1))[5]
    assert not np.array_equal(first[5].source, other.source)


def test_worker_processes_change_nothing(tiny_config: Configure) -> None:
    samples = stream(tiny_config())
    alone = list(batches(samples, first=2, last=8, batch=3, workers=0))
    shared = list(batches(samples, first=2, last=8, batch=3, workers=2))
    assert all(torch.equal(a.x, b.x) and a.tasks == b.tasks for a, b in zip(alone, shared, strict=True))


@pytest.mark.parametrize(("temperature", "expected"), [(1.0, [0.8, 0.2]), (1e9, [0.5, 0.5])])
def test_temperature_goes_from_proportional_to_even(temperature: float, expected: list[float]) -> None:
    assert task_shares([80, 20], temperature).tolist() == pytest.approx(expected, abs=1e-6)


def test_all_tasks_are_drawn(tiny_config: Configure) -> None:
    samples = stream(tiny_config())
    counts = Counter(samples[index].task for index in range(60))
    assert len(counts) == 4 and min(counts.values()) > 5


def test_a_share_of_the_samples_is_clean_from_the_start(tiny_config: Configure) -> None:
    samples = stream(tiny_config(clean_share=0.5))
    same = [np.array_equal(s.source, s.target) for s in (samples[index] for index in range(60))]
    assert 15 < sum(same) < 45
    none = stream(tiny_config(clean_share=0.0))
    assert not any(np.array_equal(s.source, s.target) for s in (none[index] for index in range(20)))


def test_an_unreadable_image_is_left_out_and_named(
    tiny_config: Configure, clean_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bad = clean_folder / "train" / "train0.png"
    bad.write_bytes(bad.read_bytes()[:60])
    samples = stream(tiny_config())
    assert len([samples[index] for index in range(60)]) == 60
    assert "train0.png" in caplog.text


def test_nothing_but_unreadable_images_is_an_error(tiny_config: Configure, clean_folder: Path) -> None:
    for path in (clean_folder / "train").iterdir():
        path.write_bytes(b"no image")
    with pytest.raises(DataError, match="data check"):
        stream(tiny_config())[0]


def test_semi_paired_tasks_take_part_of_their_samples_unpaired(tiny_config: Configure, tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "clean").parent.mkdir()
    (tmp_path / "clean").rename(root / "clean")
    sources = root / "background" / "watermark" / "train" / "source"
    sources.mkdir(parents=True)
    for image in (root / "clean" / "train").iterdir():
        (sources / f"photo_{image.name}").write_bytes(image.read_bytes())
    config = tiny_config(unpaired_share=0.5)
    config = config.model_copy(update={"data": config.data.model_copy(update={"root": root, "clean": None})})
    samples = stream(config)
    drawn = [samples[index] for index in range(90)]
    unpaired = Counter(sample.task for sample in drawn if not sample.paired)
    assert set(unpaired) == {"background.watermark"}
    assert any(sample.paired for sample in drawn if sample.task == "background.watermark")


def test_test_pairs_are_the_same_in_each_process_and_follow_the_seed(tiny_config: Configure) -> None:
    config, registry = tiny_config(), load()
    catalogue = open_catalogue(config.data, registry.tasks)
    one, two, other = (
        pairs_of(catalogue, registry, "background.watermark", "test", size=32, seed=seed) for seed in (0, 0, 1)
    )
    assert len(one) == 3
    assert all(np.array_equal(a.source, b.source) for a, b in zip(one, two, strict=True))
    assert not all(np.array_equal(a.source, b.source) for a, b in zip(one, other, strict=True))
    assert len(pairs_of(catalogue, registry, "background.watermark", "test", size=32, seed=0, limit=2)) == 2


def test_images_survive_the_way_to_a_tensor_and_back() -> None:
    image = np.arange(48, dtype=np.uint8).reshape(4, 4, 3) * 5
    tensor = to_tensor([image])
    assert tensor.shape == (1, 3, 4, 4) and tensor.abs().max() <= 1
    assert np.array_equal(to_images(tensor)[0], image)
