"""Images per second of training and of mending, on random images.

Run: python benchmarks/throughput.py --size 64 --width 32
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

from mendkit.config import RunConfig, read_config
from mendkit.contracts.batch import Batch
from mendkit.contracts.guidance import Guidance
from mendkit.learners.translation.losses import CORE_TERMS
from mendkit.networks.blueprint import Blueprint
from mendkit.networks.pretrained import identify
from mendkit.presets import preset_names
from mendkit.training.devices import pick_device
from mendkit.training.state import new_state
from mendkit.training.step import train_step
from mendkit.training.terms import PlannedTerm
from mendkit_registry import DefectType

TASKS = {
    task.name: task
    for task in (
        DefectType(name="background.non_white", title="", supervision="semi_paired"),
        DefectType(name="background.watermark", title="", supervision="semi_paired"),
        DefectType(name="viewpoint.wrong_angle", title="", supervision="paired", geometric=True),
    )
}


def terms(config: RunConfig) -> list[PlannedTerm]:
    """The terms of a preset, of those that compare features only if there are weights."""
    used = [term for term in CORE_TERMS if term.name in config.losses]
    seeing = [term for term in used if config.training.features or not term.perceives]
    return [PlannedTerm.of(term, config.losses[term.name], TASKS) for term in seeing]


def batches(size: int, count: int, device: torch.device) -> Iterator[Batch]:
    """Random batches, the tasks in turn, a quarter of the samples unpaired."""
    names = tuple(list(TASKS)[row % len(TASKS)] for row in range(count))
    while True:
        x, y = torch.rand(2, count, 3, size, size) * 2 - 1
        yield Batch(x, y, Guidance.of(names), torch.arange(count) % 8 < 6).to(device)


def rate(work: Callable[[], object], images: int, repeats: int) -> float:
    """Images per second, after one warm-up."""
    work()
    started = time.perf_counter()
    for _ in range(repeats):
        work()
    _synchronise()
    return images * repeats / (time.perf_counter() - started)


def _synchronise() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def measure(config: RunConfig, repeats: int) -> tuple[float, float]:
    """Images per second of training (whole cycles of the lazy terms) and of mending."""
    device = pick_device(config.training.device)
    planned, weights = terms(config), config.training.features
    features = identify(weights) if weights and any(term.perceives for term in planned) else None
    geometric = tuple(name for name, task in TASKS.items() if task.geometric)
    blueprint = Blueprint(config=config, tasks=tuple(TASKS), geometric=geometric, features=features)
    state, source = new_state(blueprint, device), batches(config.training.size, config.training.batch, device)

    def step() -> None:
        train_step(state, next(source), planned)
        state.step += 1

    def mend() -> None:
        batch = next(source)
        with torch.inference_mode():
            state.average(batch.x, batch.guidance)

    count = config.training.batch
    return rate(step, count, repeats), rate(mend, count, repeats)


def main() -> None:
    """Print one line a preset."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=16)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--features", type=Path, help="weights for terms that compare features; else without them")
    options = parser.parse_args()
    for preset in preset_names():
        training = {name: getattr(options, name) for name in ("size", "batch", "device", "features")}
        config = read_config(None, {"preset": preset, "model": {"width": options.width}, "training": training})
        train, mend = measure(config, options.repeats)
        print(f"{preset:12} training {train:7.1f} images/s, mending {mend:7.1f} images/s", flush=True)


if __name__ == "__main__":
    main()
