"""Images per second of training and of mending, on random images.

Run: python benchmarks/throughput.py --size 64 --width 32
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from mendkit.config import RunConfig, read_config
from mendkit.contracts.batch import Batch
from mendkit.contracts.guidance import LabelTable
from mendkit.data.images import write_image
from mendkit.presets import preset_names
from mendkit.training.devices import autocast, compiled, pick_device
from mendkit.training.plan import Plan
from mendkit.training.run import plan_run
from mendkit.training.state import new_state
from mendkit.training.step import train_step
from mendkit.training.terms import TermTable

TASKS = ("background.non_white", "background.watermark", "viewpoint.wrong_angle")
"""Two that are redrawn, and one that moves pixels."""


def plan_of(settings: dict[str, object]) -> Plan:
    """The plan of a run on a white image: what is measured gets random ones."""
    with TemporaryDirectory() as folder:
        write_image(Path(folder) / "clean" / "train" / "white.png", np.full((32, 32, 3), 255, np.uint8))
        return plan_run(read_config(None, {"tasks": TASKS, "data": {"root": folder}, **settings}))[0]


def batches(config: RunConfig, device: torch.device) -> Iterator[Batch]:
    """Random batches, the tasks in turn, a quarter of the items unpaired."""
    size, count = config.training.size, config.training.batch
    guidance = LabelTable(TASKS).guidance([TASKS[row % len(TASKS)] for row in range(count)])
    while True:
        x, y = torch.rand(2, count, 3, size, size) * 2 - 1
        yield Batch(x, y, guidance, torch.arange(count) % 8 < 6).to(device)


def rate(work: Callable[[], object], images: int, repeats: int) -> float:
    """Images per second, after one warm-up."""
    work()
    _synchronise()
    started = time.perf_counter()
    for _ in range(repeats):
        work()
    _synchronise()
    return images * repeats / (time.perf_counter() - started)


def _synchronise() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def measure(plan: Plan, repeats: int) -> tuple[float, float]:
    """Images per second of training and of mending."""
    training = plan.config.training
    device = pick_device(training.device)
    state = new_state(plan.blueprint(), plan.registry, device, plan.terms)
    compiled(state.average, training)
    table, source = TermTable(plan.terms, state.blueprint.tasks), batches(plan.config, device)

    def step() -> None:
        train_step(state, next(source), table)
        state.step += 1

    def mend() -> None:
        batch = next(source)
        with torch.inference_mode(), autocast(device, training):
            state.average(batch.x, batch.guidance)

    return rate(step, training.batch, repeats), rate(mend, training.batch, repeats)


def main() -> None:
    """Print one line a preset."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=16)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precision", default="float32", help="float32, or bfloat16")
    parser.add_argument("--compile", action="store_true", help="compile the networks first")
    parser.add_argument("--features", type=Path, help="weights for terms that compare features; else without them")
    parser.add_argument("--preset", nargs="*", default=preset_names(), help="by default all of them")
    options = vars(parser.parse_args())
    model, repeats, presets = {"width": options.pop("width")}, options.pop("repeats"), options.pop("preset")
    for preset in presets:
        train, mend = measure(plan_of({"preset": preset, "model": model, "training": options}), repeats)
        print(f"{preset:12} training {train:7.1f} images/s, mending {mend:7.1f} images/s", flush=True)


if __name__ == "__main__":
    main()
