"""What 10,000 tasks in 500 groups cost: listing them, composing registry and plan, memory, and steps against 3 tasks.

The data are drawn images, from which all tasks make their pairs; ``many_tasks.py`` is the plugin. All times are CPU
time of one thread, to which other work on the machine adds little.

Run: python benchmarks/scale.py --size 64 --width 32
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import torch
from many_tasks import ManyTasks, plugin

from mendkit import plugin as builtin
from mendkit.config import RunConfig, read_config
from mendkit.contracts.batch import Batch
from mendkit.contracts.guidance import LabelTable
from mendkit.data.drawing import draw_images
from mendkit.data.opening import open_catalogue
from mendkit.training.plan import Plan, compose_plan
from mendkit.training.schedule import update_average
from mendkit.training.state import new_state
from mendkit.training.step import train_step
from mendkit.training.terms import TermTable
from mendkit_registry import Registry, compose, load, plugin_from

HERE = Path(__file__).parent
FEW = tuple(f"{group}.defect00" for group in plugin.groups[:3])
"""The tasks of the small model, which the large one has as well; all batches are of them."""
IMAGES = 200
"""Drawn images in the data root."""
SEED = 0


def timed(work: Callable[[], object]) -> float:
    """Seconds of CPU time, of this process and of those that it waits for."""
    started = _spent()
    work()
    return _spent() - started


def _spent() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def best(work: Callable[[], object], repeats: int) -> float:
    """Seconds of the fastest of several runs: whatever disturbs only ever adds to them."""
    return min(timed(work) for _ in range(repeats))


def install(folder: Path) -> dict[str, str]:
    """Install the plugin in ``folder``; the environment in which a process finds it."""
    record = folder / "many_tasks-1.0.dist-info"
    record.mkdir()
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: many-tasks\nVersion: 1.0\n")
    (record / "entry_points.txt").write_text("[mendkit]\nmany_tasks = many_tasks:plugin\n")
    path = os.pathsep.join([str(folder), str(HERE), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PYTHONPATH": path}


def listing(*arguments: str, environment: dict[str, str], repeats: int) -> float:
    """Seconds that ``mendkit tasks`` takes as a process of its own."""
    command = [sys.executable, "-m", "mendkit", "tasks", *arguments]
    return best(lambda: subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True), repeats)


def registry_of(groups: int) -> Registry:
    """The registry of the plugin alone, with so many groups."""
    return compose([plugin_from(ManyTasks(groups)), plugin_from(builtin, "mendkit")], strict=True)


def plan_of(config: RunConfig, registry: Registry) -> Plan:
    """The plan of all tasks of the registry that the configuration names."""
    return compose_plan(config, registry, open_catalogue(config.data, registry.tasks))


class Trainer:
    """Takes steps of one model, all on the same batch."""

    def __init__(self, plan: Plan, batch: Batch) -> None:
        self.plan, self.batch = plan, batch
        self.state = new_state(plan.blueprint(), plan.registry, torch.device("cpu"), plan.terms)
        self.terms = TermTable(plan.terms, plan.names, plan.balance)

    def step(self) -> None:
        """What the training loop does for a batch, without drawing it."""
        train_step(self.state, self.batch, self.terms)
        self.state.step += 1
        self.state.images += len(self.batch)
        half_life = self.plan.config.training.ema_images
        mend, images = self.state.learner.answering(), self.state.images
        update_average(self.state.average, mend, batch=len(self.batch), images=images, half_life=half_life)


def random_batch(names: Sequence[str], count: int, size: int, *, unpaired: int) -> Batch:
    """Random images, the few tasks in turn; ``unpaired`` of each eight samples have no partner."""
    x, y = torch.rand(2, count, 3, size, size) * 2 - 1
    tasks = [FEW[row % len(FEW)] for row in range(count)]
    return Batch(x, y, LabelTable(names).guidance(tasks), torch.arange(count) % 8 < 8 - unpaired)


def trainer(config: RunConfig, groups: int, unpaired: int = 2) -> Trainer:
    """A model of all tasks of so many groups; of the few, of one task each."""
    # Balanced or not, a step takes the same time. But to measure the balance takes a while.
    training = config.training.model_copy(update={"balance": 0.0})
    changes = {"training": training, "tasks": FEW if groups == len(FEW) else ("*",)}
    plan = plan_of(config.model_copy(update=changes), registry_of(groups))
    return Trainer(plan, random_batch(plan.names, training.batch, training.size, unpaired=unpaired))


def peak_memory(config: RunConfig, groups: int) -> tuple[int, int]:
    """Parameters of the generator, and MiB that a process needs at most to compose, make the model and take 2 steps."""
    made = trainer(config, groups)
    made.step()
    made.step()
    parameters = sum(parameter.numel() for parameter in made.state.learner.answering().parameters())
    return parameters, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def in_a_process(work: Callable[..., Any], *arguments: object) -> Any:
    """The result of ``work`` in a fresh process."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def step_times(config: RunConfig, repeats: int, unpaired: int) -> tuple[float, float, float]:
    """Seconds of a step with few and with many tasks, and the ratio; medians of steps that took turns."""
    few, many = (trainer(config, groups, unpaired) for groups in (len(FEW), len(plugin.groups)))
    for each in (few, many):
        each.step()
    pairs = [(timed(few.step), timed(many.step)) for _ in range(repeats)]
    return median(few for few, _ in pairs), median(many for _, many in pairs), median(b / a for a, b in pairs)


def main() -> None:
    """Print a line for each thing that is measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--repeats", type=int, default=5, help="of what takes about a second")
    parser.add_argument("--steps", type=int, default=20, help="pairs of steps")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with TemporaryDirectory() as root:
        data = Path(root) / "data"
        for _ in draw_images(data, load(), source="samples.products", count=IMAGES, size=options.size, seed=SEED):
            pass
        training = {"size": options.size, "batch": options.batch}
        settings = {"data": {"root": data}, "model": {"width": options.width}, "training": training}
        report(read_config(None, settings), install(Path(root)), options.repeats, options.steps)


def report(config: RunConfig, environment: dict[str, str], repeats: int, steps: int) -> None:
    """Measure."""

    def show(what: str, value: str) -> None:
        print(f"{what:48} {value}", flush=True)

    groups = len(plugin.groups)
    for flags in ((), ("--json",)):
        command = " ".join(["mendkit tasks", *flags])
        show(f"{command}, shipped plugins", f"{listing(*flags, environment={**os.environ}, repeats=repeats):.2f} s")
        show(f"{command}, many tasks", f"{listing(*flags, environment=environment, repeats=repeats):.2f} s")
    registry = registry_of(groups)
    show("compose the registry", f"{best(lambda: registry_of(groups), repeats):.2f} s")
    show("compose the plan", f"{best(lambda: plan_of(config, registry), repeats):.2f} s")
    show("measure the balance of tasks", f"{timed(lambda: plan_of(config, registry).balance):.0f} s")
    for count in (len(FEW), groups):
        parameters, peak = in_a_process(peak_memory, config, count)
        show(f"model of {count} groups", f"{parameters / 1e6:.2f} M parameters, {peak} MiB at most")
    for what, unpaired in (("a quarter unpaired", 2), ("pairs alone", 0)):
        few, many, ratio = step_times(config, steps, unpaired)
        show(f"step, {what}, few and many tasks", f"{few * 1e3:.0f} and {many * 1e3:.0f} ms, {ratio - 1:+.1%}")


if __name__ == "__main__":
    main()
