from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch.optim import Adam
from torch.utils._python_dispatch import TorchDispatchMode

from mendkit.config import RunConfig
from mendkit.contracts.batch import Batch
from mendkit.contracts.guidance import Exemplars, Guidance, LabelTable
from mendkit.data.stream import ItemStream, batches
from mendkit.errors import ConfigError
from mendkit.training.checkpoint import read_index
from mendkit.training.devices import ALONE, Ranks, autocast
from mendkit.training.loop import Silent, Status, train
from mendkit.training.plan import Plan
from mendkit.training.run import plan_run, start_run
from mendkit.training.state import TrainingState, new_state
from mendkit.training.step import train_step
from mendkit.training.terms import TermTable
from mendkit_registry import load

Configure = Callable[..., RunConfig]
CPU = torch.device("cpu")


def begun(config: RunConfig, count: int = 8) -> tuple[TrainingState, Batch, TermTable]:
    """A run with fresh weights, a batch of all its tasks that has all extras, and its terms."""
    plan: Plan = plan_run(config)[0]
    state = new_state(plan.blueprint(), plan.registry, CPU, plan.terms)
    stream, table = ItemStream(dict(plan.sources), config.training), LabelTable(plan.names)
    batch = next(batches(stream, table, first=0, last=count, batch=count))
    stacks = Exemplars(torch.linspace(-1, 1, count * 2 * 3 * 64).view(count, 2, 3, 8, 8), torch.ones(count, 2).bool())
    guidance = Guidance(torch.arange(count) % len(table), {extra.name: stacks for extra in plan.extras})
    return state, replace(batch, guidance=guidance), TermTable(plan.terms, plan.names)


@pytest.mark.parametrize("preset", ["composite", "hierarchical", "monce", "pix2pix"])
def test_in_bfloat16_a_step_has_about_the_losses_of_float32(tiny_config: Configure, preset: str) -> None:
    exact, rough = (
        train_step(*begun(tiny_config(preset=preset, precision=precision))) for precision in ("float32", "bfloat16")
    )
    assert rough.keys() == exact.keys()
    for name, loss in rough.items():
        assert loss.item() == pytest.approx(exact[name].item(), rel=0.05, abs=0.005), name


@pytest.mark.parametrize("preset", ["composite", "hierarchical", "pix2pix"])
def test_what_is_mended_in_bfloat16_comes_out_in_float32(tiny_config: Configure, preset: str) -> None:
    config = tiny_config(preset=preset, precision="bfloat16")
    state, batch, _ = begun(config)
    batch = batch.to(CPU)
    with torch.inference_mode(), autocast(CPU, config.training):
        mended = state.average(batch.x, batch.guidance)
    assert {mended.image.dtype, mended.drawn.dtype} == {torch.float32}


class Questions(TorchDispatchMode):
    """Counts what makes the host wait for a device: to read a value, or to learn how many there are."""

    ASKING = ("_local_scalar_dense", "nonzero", "is_nonzero", "equal", "item", "masked_select", "unique", "_unique2")

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        if (name := func.overloadpacket.__name__) in self.ASKING:
            self.asked.append(name)
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("preset", ["composite", "hierarchical", "monce", "pix2pix"])
@pytest.mark.parametrize("count", [4, 12])
def test_a_step_asks_the_device_once_for_each_role(
    tiny_config: Configure, monkeypatch: pytest.MonkeyPatch, preset: str, count: int
) -> None:
    state, batch, terms = begun(tiny_config(preset=preset), count)
    train_step(state, batch, terms)
    # Which terms are due is found out on the host, from tensors that are there.
    due = terms.due(state.step, batch.guidance.on_host, batch.paired, ALONE)
    monkeypatch.setattr(TermTable, "due", lambda *_: due)
    monkeypatch.setattr(Adam, "step", lambda _: None)  # it counts its steps on the host, but on a GPU it does not
    with Questions() as questions:
        train_step(state, batch, terms)
    assert questions.asked == ["_local_scalar_dense"] * len({each.term.role for each in due})


def test_a_batch_that_cannot_be_dealt_out_evenly_is_refused(tmp_path: Path, tiny_config: Configure) -> None:
    plan = plan_run(tiny_config(batch=5))[0]
    state = new_state(plan.blueprint(), plan.registry, CPU, plan.terms)
    with pytest.raises(ConfigError, match=r"training\.batch: 5 items cannot be shared evenly among 2 processes"):
        train(plan, state, tmp_path / "run", Silent(), ranks=Ranks(rank=1, world=2))
    assert not (tmp_path / "run").exists()


def train_together(script: Sequence[str], *arguments: object) -> None:
    """Run a script that trains by ``torchrun``, in two processes."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", *script]
    command += map(str, arguments)
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("trained: ") == 1


KEEPING = """
import os, sys
from pathlib import Path
from safetensors.torch import save_file
from mendkit.cli import main
from mendkit.training import run

def train(plan, state, *others, **named):
    spent = trained(plan, state, *others, **named)
    tensors = {f"{name}.{key}": value.contiguous() for name, network in state.networks().items()
               for key, value in network.state_dict().items()}
    save_file(tensors, Path(__file__).with_name(os.environ["RANK"] + ".safetensors"))
    return spent

trained, run.train = run.train, train
main()
"""
"""The command line, but each process keeps its weights beside this script."""


def weights(run: Path) -> dict[str, torch.Tensor]:
    return load_file(run / "checkpoint" / "mend.safetensors")


def learnt(run: Path) -> dict[str, torch.Tensor]:
    """How the weights of a run differ from fresh ones."""
    fresh = new_state(read_index(run), load(), CPU).networks()["mend"].state_dict()
    return {name: value - fresh[name] for name, value in weights(run).items()}


def alike(first: dict[str, torch.Tensor], second: dict[str, torch.Tensor]) -> bool:
    return all(torch.allclose(first[name], second[name], rtol=0, atol=1e-4) for name in first)


@pytest.fixture
def whole(tmp_path: Path, tiny_config: Configure) -> Path:
    """A run of one process."""
    assert start_run(tiny_config(images=16, sheet_images=1000), tmp_path / "whole", lambda: nullcontext(Silent()))
    return tmp_path / "whole"


def test_two_processes_train_like_one_and_the_first_alone_writes(
    whole: Path, tmp_path: Path, tiny_config: Configure
) -> None:
    (tmp_path / "keeping.py").write_text(KEEPING)
    sets = [f"--set=training.{each}" for each in ("log_images=8", "sheet_images=1000", "size=32", "batch=4")]
    train_together(
        [str(tmp_path / "keeping.py")],
        *("train", "--clean", tmp_path / "clean", "--out", tmp_path / "two", "--images", 16, "--device", "cpu"),
        *("--width", 4, "--set=model.blocks=2", *sets),
    )
    first, second = (load_file(tmp_path / f"{rank}.safetensors") for rank in (0, 1))
    assert all(first[name].equal(second[name]) for name in first)
    assert alike(weights(tmp_path / "two"), weights(whole))
    assert max(float(change.abs().max()) for change in learnt(whole).values()) > 1e-3
    files = [sorted(str(file.relative_to(run).parent) for file in run.rglob("*")) for run in (whole, tmp_path / "two")]
    assert files[0] == files[1]
    lines = [json.loads(line) for line in (tmp_path / "two" / "metrics.jsonl").read_text().splitlines()]
    assert [line["images"] for line in lines] == [8, 16]


class Interrupting(Silent):
    """Presses Ctrl-C at the first log point."""

    def update(self, status: Status) -> None:
        if status.losses:
            os.kill(os.getpid(), signal.SIGINT)


def test_two_processes_go_on_where_one_stopped(whole: Path, tmp_path: Path, tiny_config: Configure) -> None:
    run = tmp_path / "parts"
    assert not start_run(tiny_config(images=16, sheet_images=1000), run, lambda: nullcontext(Interrupting()))
    assert read_index(run).images == 8
    train_together(["-m", "mendkit"], "train", "--resume", run)
    assert read_index(run).images == 16
    assert alike(weights(run), weights(whole))


@pytest.mark.parametrize("last", [16, 17, 19])
def test_the_parts_of_all_processes_spend_the_budget(tiny_config: Configure, last: int) -> None:
    config = tiny_config(images=last)
    plan = plan_run(config)[0]
    stream, table = ItemStream(dict(plan.sources), config.training), LabelTable(plan.names)
    parts = [
        [len(part) for part in batches(stream, table, first=0, last=last, batch=4, rank=rank, world=2)]
        for rank in (0, 1)
    ]
    assert parts[0] == parts[1]
    assert last <= 2 * sum(parts[0]) <= last + 1
