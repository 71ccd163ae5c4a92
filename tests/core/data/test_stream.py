from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from mendkit.config import RunConfig
from mendkit.contracts import Pair
from mendkit.contracts.guidance import LabelTable
from mendkit.data.catalogue import PairRef
from mendkit.data.feeds import RealPairs
from mendkit.data.opening import open_catalogue
from mendkit.data.sampling import Item
from mendkit.data.store import ImageStore
from mendkit.data.stream import ItemStream, batches, collate, task_shares
from mendkit.data.tensors import to_images, to_tensor
from mendkit.data.testsets import test_pairs as pairs_of
from mendkit.errors import DataError, FailingPluginError
from mendkit.training.run import plan_run
from mendkit_registry import UnknownNameError, load

Configure = Callable[..., RunConfig]

KNOWN = {
    "background.non_white": {"mask", "matte"},
    "background.watermark": {"mask", "alpha", "ink"},
    "color.cast": {"mask"},
    "viewpoint.wrong_angle": {"homography"},
}
"""What the synthesizer of each task knows."""


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
    alone = list(batches(samples, LabelTable(samples.names), first=2, last=8, batch=3, workers=0))
    shared = list(batches(samples, LabelTable(samples.names), first=2, last=8, batch=3, workers=2))
    assert all(
        torch.equal(a.x, b.x) and a.guidance.task.equal(b.guidance.task) for a, b in zip(alone, shared, strict=True)
    )


def test_workers_divide_the_memory_of_a_run_among_them(
    tiny_config: Configure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def note(store: ImageStore, processes: int) -> None:
        with (tmp_path / "shares").open("a") as file:
            file.write(f"{processes}\n")

    monkeypatch.setattr(ImageStore, "divide", note)
    items = stream(tiny_config())
    list(batches(items, LabelTable(items.names), first=0, last=4, batch=2, workers=2))
    assert (tmp_path / "shares").read_text() == "2\n2\n"


@pytest.mark.parametrize(("last", "steps"), [(14, 3), (13, 3)])
def test_processes_that_train_together_have_one_batch_among_them(tiny_config: Configure, last: int, steps: int) -> None:
    items = stream(tiny_config())
    parts = [
        list(batches(items, LabelTable(items.names), first=2, last=last, batch=4, rank=rank, world=2))
        for rank in range(2)
    ]
    assert [len(part) for part in parts] == [steps, steps]
    for whole, one, other in zip(
        batches(items, LabelTable(items.names), first=2, last=last, batch=4), *parts, strict=True
    ):
        together = torch.stack([one.x, other.x], dim=1).flatten(0, 1)
        assert torch.equal(together[: len(whole)], whole.x)  # what cannot be shared evenly is filled up


@pytest.mark.parametrize(("temperature", "expected"), [(1.0, [0.8, 0.2]), (1e9, [0.5, 0.5])])
def test_temperature_goes_from_proportional_to_even(temperature: float, expected: list[float]) -> None:
    assert task_shares([80, 20], temperature).tolist() == pytest.approx(expected, abs=1e-6)


def test_a_task_can_be_stressed(tiny_config: Configure) -> None:
    plain, stressed = stream(tiny_config()), stream(tiny_config(emphasis={"background.watermark": 3}))
    place = plain.names.index("background.watermark")
    odds = [share / (1 - share) for share in (plain.shares[place], stressed.shares[place])]
    assert odds[1] == pytest.approx(3 * odds[0])


def test_unknown_tasks_cannot_be_stressed(tiny_config: Configure) -> None:
    with pytest.raises(UnknownNameError, match="watermrak"):
        stream(tiny_config(emphasis={"background.watermrak": 3}))


def test_local_tasks_are_seen_in_windows_of_larger_photos(tiny_config: Configure) -> None:
    items = stream(tiny_config(zoom=2))
    source = items.sources["background.watermark"]
    item = source.draw(np.random.default_rng(0), unpaired_share=0, clean_share=0)
    assert item.source.shape == (32, 32, 3) and item.mask is not None
    assert source.from_clean is not None
    assert source.from_clean.take(0, np.random.default_rng(0)).pair.source.shape == (64, 64, 3)
    other = items.sources["color.cast"].from_clean
    assert other is not None and other.take(0, np.random.default_rng(0)).pair.source.shape == (32, 32, 3)


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_the_share_of_real_pairs_can_be_set(tiny_config: Configure, clean_folder: Path, share: float) -> None:
    source = stream(tiny_config()).sources["background.watermark"]
    assert source.from_clean is not None
    refs = source.from_clean.images[:2]
    both = replace(source, real=RealPairs((PairRef(*refs),), source.from_clean.store))
    rng = np.random.default_rng(0)
    drawn = [both.draw(rng, unpaired_share=0, clean_share=0, real_share=share) for _ in range(200)]
    assert np.mean([item.synthesizer is None for item in drawn]) == pytest.approx(share, abs=0.08)


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


def test_a_batch_says_what_is_known_of_its_items(tiny_config: Configure) -> None:
    items = stream(tiny_config(clean_share=0.3))
    drawn = [items[index] for index in range(40)]
    batch = collate(drawn, LabelTable(items.names)).to(torch.device("cpu"))
    assert sorted(batch.truths) == ["alpha", "homography", "ink", "mask", "matte"]
    for row, item in enumerate(drawn):
        known = {name for name, truths in batch.truths.items() if truths.present[row]}
        clean = np.array_equal(item.source, item.target)
        compressed = item.task == "background.watermark" and "alpha" not in item.pair.truths
        assert known == ({"mask"} if clean or compressed else KNOWN[item.task])
        if clean:
            assert not batch.truths["mask"].values[row].any()
        elif item.task == "background.watermark" and not compressed:
            alpha, ink = (batch.truths[name].values[row] for name in ("alpha", "ink"))
            y = (batch.y[row].permute(1, 2, 0) + 1) / 2
            x = (batch.x[row].permute(1, 2, 0) + 1) / 2
            assert torch.allclose((1 - alpha[..., None]) * y + alpha[..., None] * ink, x, atol=1 / 255)


def test_images_stay_uint8_until_they_are_on_the_device(tiny_config: Configure) -> None:
    items = stream(tiny_config())
    (batch,) = batches(items, LabelTable(items.names), first=0, last=4, batch=4, workers=0)
    assert batch.x.dtype == batch.y.dtype == torch.uint8
    assert torch.equal(batch.to(torch.device("cpu")).x, to_tensor([items[index].source for index in range(4)]))


class _Listed(list[Item]):
    """A stream of these items."""

    def divide_memory(self, processes: int) -> None:
        """They are in memory already."""


@pytest.mark.parametrize("workers", [0, 1])
def test_truths_of_one_name_and_two_shapes_end_the_run_with_who_gave_them(workers: int) -> None:
    image = np.zeros((4, 4, 3), np.uint8)
    one, other = (
        Item("a.b", Pair(image, image, truths={"depth": np.zeros(shape, np.float32)}), synthesizer=f"a.by_{shape}")
        for shape in (2, 3)
    )
    items = _Listed([one, other])
    with pytest.raises(FailingPluginError, match=r"truth 'depth' has two shapes: \[2\] by a.by_2 and \[3\] by a.by_3"):
        list(batches(items, LabelTable(["a.b"]), first=0, last=2, batch=2, workers=workers))  # type: ignore[arg-type]
