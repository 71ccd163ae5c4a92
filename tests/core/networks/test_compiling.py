from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch._dynamo.testing import CompileCounter

from mendkit.config import RunConfig
from mendkit.contracts.guidance import Guidance
from mendkit.networks import blocks
from mendkit.networks.conditioning import ConditionerPart, Conditioners
from mendkit.networks.exporting import export_task
from mendkit.networks.generator import Generator
from mendkit.training import devices
from mendkit.training.loop import Silent
from mendkit.training.run import start_run
from mendkit_color.matching import MatchReferences
from mendkit_registry.specs import Site

MakeGenerator = Callable[..., Generator]
Configure = Callable[..., RunConfig]
TASKS = ("stain.dirt", "stain.mark", "turn.tilted")


class Doubling(torch.nn.Module):
    def forward(self, features: torch.Tensor, site: str, view: object) -> torch.Tensor:
        return 2 * features


@pytest.fixture
def generator(make_generator: MakeGenerator) -> MakeGenerator:
    """Makes a small one, with noise on the weights, so that flow and tone are not zero."""

    def make(head: str, tonal: tuple[str, ...] = ()) -> Generator:
        network = make_generator(TASKS, head, geometric=["turn.tilted"], tonal=tonal)
        with torch.random.fork_rng(), torch.no_grad():
            torch.manual_seed(0)
            for weight in network.parameters():
                weight.add_(0.05 * torch.randn_like(weight))
        return network

    return make


def part(name: str, sites: tuple[Site, ...], task: int, module: torch.nn.Module) -> ConditionerPart:
    return ConditionerPart(name, frozenset(sites), frozenset({task}), module)


@pytest.fixture(autouse=True)
def nothing_compiled() -> None:
    torch._dynamo.reset()


@pytest.mark.parametrize(("head", "tonal"), [("composite", ()), ("composite", ("stain.mark",)), ("regenerate", ())])
def test_one_graph_serves_batches_of_any_tasks_and_numbers(
    generator: MakeGenerator, head: str, tonal: tuple[str, ...]
) -> None:
    network, graphs, random = generator(head, tonal), CompileCounter(), torch.Generator().manual_seed(0)
    network.compile(dynamic=True, backend=graphs, fullgraph=True)
    for _ in range(60):
        task = torch.randint(0, len(TASKS), (8,), generator=random)
        count = int(torch.randint(2, 9, (), generator=random))
        rows = torch.randperm(8, generator=random)[:count].sort().values
        images = torch.rand(8, 3, 32, 32).contiguous(memory_format=torch.channels_last)
        network(images[rows], Guidance(task, {}, task).select(rows))
    assert graphs.frame_count == 1


def test_with_conditioners_the_graphs_are_as_many_after_any_number_of_batches(generator: MakeGenerator) -> None:
    network, graphs, random = generator("composite"), CompileCounter(), torch.Generator().manual_seed(0)
    network.conditioners = Conditioners([part("own.double", ("decoded",), 1, Doubling())])
    network.compile(dynamic=True, backend=graphs)
    counted = []
    for _ in range(20):
        task = torch.randint(0, len(TASKS), (6,), generator=random)
        network(torch.rand(6, 3, 64, 64), Guidance(task))
        counted.append(graphs.frame_count)
    assert counted[-1] == counted[1]


def test_a_run_trains_compiled_networks_and_stores_them_under_their_own_names(
    tmp_path: Path, tiny_config: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    graphs, compile_ = CompileCounter(), torch.compile
    monkeypatch.setattr(torch, "compile", lambda *given, **named: compile_(*given, backend=graphs, **named))
    monkeypatch.setattr(blocks, "_is_plain_cpu", lambda features: False)  # else it would not round as what is compiled
    stored = {}
    for compiling in (False, True):
        run = tmp_path / str(compiling)
        config = tiny_config(preset="hierarchical", images=12, sheet_images=1000, compile=compiling)
        assert start_run(config, run, lambda: nullcontext(Silent()))
        stored[compiling] = load_file(run / "checkpoint" / "mend.safetensors")
    assert graphs.frame_count > 0
    assert stored[True].keys() == stored[False].keys()
    for name, weight in stored[True].items():
        torch.testing.assert_close(weight, stored[False][name], rtol=0, atol=1e-4)


def test_without_the_setting_nothing_is_compiled(tiny_config: Configure) -> None:
    network = torch.nn.Conv2d(3, 3, 1)
    devices.compiled(network, tiny_config().training)
    assert network._compiled_call_impl is None


@pytest.mark.parametrize(("head", "rows"), [("composite", (0, 1, 2)), ("regenerate", (1,))])
def test_an_exported_task_gives_what_the_network_gives(
    generator: MakeGenerator, head: str, rows: tuple[int, ...]
) -> None:
    network = generator(head, ("stain.mark",)).eval()
    match = part("own.match", ("decoded",), 1, MatchReferences(network.layout))
    network.conditioners = Conditioners([match, part("own.double", ("encoded", "middle"), 2, Doubling())])
    for row in rows:
        program = export_task(network, row, size=32).module()
        for count in (1, 2, 5):
            images = torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(count)) * 2 - 1
            with torch.no_grad():
                mended = network(images, Guidance(torch.full((count,), row)))
                given = program(images)
            expected = [mended.image, *([] if mended.mask is None else [mended.mask])]
            assert len(given) == len(expected)
            for found, right in zip(given, expected, strict=True):
                torch.testing.assert_close(found, right, rtol=0, atol=1e-5)


def test_exporting_leaves_the_network_as_it_is(generator: MakeGenerator) -> None:
    network = generator("regenerate").train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    export_task(network, 0, size=32)
    assert network.training and all(weight.requires_grad for weight in network.parameters())
    assert type(network.conditioners) is Conditioners
    assert before.keys() == network.state_dict().keys()
    assert all(value.equal(before[name]) for name, value in network.state_dict().items())
