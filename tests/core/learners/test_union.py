"""Each pass is computed once a step, for all items that some term needs it for, and for no others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from mendkit.config import RunConfig, parse_config
from mendkit.contracts.batch import Batch
from mendkit.contracts.guidance import LabelTable
from mendkit.contracts.passes import needed_rows
from mendkit.data.images import write_image
from mendkit.errors import FailingPluginError
from mendkit.learners.translation.passes import TranslationPasses
from mendkit.training.plan import Plan
from mendkit.training.run import plan_run
from mendkit.training.state import TrainingState, new_state
from mendkit.training.step import train_step
from mendkit.training.terms import PlannedTerm, TermTable

TASK = "background.watermark"
UNPAIRED = 2
"""Of eight items."""


@pytest.fixture
def plan(clean_folder: Path, tmp_path: Path) -> Plan:
    """The default preset on a semi-paired task that has pairs and images without partners."""
    for side, count in (("source", 3), ("target", 3)):
        for index in range(count):
            image = np.full((32, 32, 3), 40 * index, np.uint8)
            write_image(tmp_path / "background" / "watermark" / "train" / side / f"{side}{index}.png", image)
    settings = {
        "data": {"root": tmp_path},
        "tasks": [TASK],
        "model": {"width": 4, "blocks": 2},
        "training": {"size": 32, "device": "cpu"},
    }
    return plan_run(parse_config(settings, origin="test"))[0]


@pytest.fixture
def batch() -> Batch:
    x, y = torch.rand(2, 8, 3, 32, 32, generator=torch.Generator().manual_seed(0)) * 2 - 1
    return Batch(x, y, LabelTable([TASK]).guidance([TASK] * 8), torch.arange(8) >= UNPAIRED)


@pytest.fixture
def state(plan: Plan) -> TrainingState:
    return new_state(plan.blueprint(), plan.registry, torch.device("cpu"), plan.terms)


@pytest.fixture
def calls(state: TrainingState) -> Iterator[Counter[str]]:
    """How many times the generators are called, and with how many images."""
    counted: Counter[str] = Counter()

    def count(module: torch.nn.Module, arguments: tuple[Tensor, ...]) -> None:
        counted.update(calls=1, images=len(arguments[0]))

    hooks = [state.learner.networks()[name].register_forward_pre_hook(count) for name in ("mend", "spoil")]
    yield counted
    for hook in hooks:
        hook.remove()


def test_the_default_preset_makes_six_calls_for_eighteen_images(
    plan: Plan, state: TrainingState, batch: Batch, calls: Counter[str]
) -> None:
    train_step(state, batch, TermTable(plan.terms, plan.names, plan.balance))
    assert calls == {"calls": 6, "images": 8 + 5 * UNPAIRED}


def test_pairs_alone_need_one_call(plan: Plan, state: TrainingState, batch: Batch, calls: Counter[str]) -> None:
    pairs = batch.select(torch.arange(UNPAIRED, 8))
    train_step(state, pairs, TermTable(plan.terms, plan.names, plan.balance))
    assert calls == {"calls": 1, "images": 8 - UNPAIRED}


def test_what_a_pass_is_computed_from_is_needed_for_the_same_items() -> None:
    needed = needed_rows(TranslationPasses, [((0, 1), ["cycled_x", "patches"]), ((1, 3), ["fake_y"])])
    assert needed == {"cycled_x": (0, 1), "fake_y": (0, 1, 3)}


def test_shared_passes_give_what_each_term_would_get_alone(state: TrainingState, batch: Batch) -> None:
    asked = [((0, 1), ("cycled_x",)), (tuple(range(2, 8)), ("fake_y",))]
    shared = state.learner.passes(batch, asked)
    for rows, (name,) in asked:
        alone = getattr(state.learner.passes(batch).select(rows), name).image
        assert torch.allclose(getattr(shared.select(rows), name).image, alone, atol=1e-5)


def test_a_term_that_asks_for_what_it_does_not_need_is_named_with_the_remedy(
    plan: Plan, state: TrainingState, batch: Batch
) -> None:
    def greedy(passes: TranslationPasses) -> Tensor:
        return passes.cycled_y.image.mean(dim=(1, 2, 3))

    term = PlannedTerm("odd.greedy", "odd", "generators", {TASK: plan.tasks[0]}, "all", 1.0, 1, greedy)
    with pytest.raises(FailingPluginError, match=r"odd\.greedy.*'cycled_y' was not asked for; add it to `needs`"):
        train_step(state, batch, TermTable((term,), plan.names))


def test_a_batch_in_which_no_term_is_due_changes_nothing(plan: Plan, state: TrainingState, batch: Batch) -> None:
    unpaired, before = batch.select(torch.arange(UNPAIRED)), [p.clone() for p in state.average.parameters()]
    terms = tuple(term for term in plan.terms if term.name in ("l1_y", "mask_y"))
    assert {term.name for term in terms} == {"l1_y", "mask_y"}
    assert train_step(state, unpaired, TermTable(terms, plan.names)) == {}
    after = state.learner.networks()["mend"].parameters()
    assert all(torch.equal(old, new) for old, new in zip(before, after, strict=True))


def test_a_role_and_a_need_that_the_learner_lacks_are_errors(tiny_config: Callable[..., RunConfig]) -> None:
    plan, _ = plan_run(tiny_config())
    for changes, said in (({"role": "judges"}, "role"), ({"needs": ("dreams",)}, "needs")):
        term = PlannedTerm(
            **{
                "name": "odd.term",
                "plugin": "odd",
                "role": "generators",
                "tasks": {},
                "applies": "all",
                "weight": 1.0,
                "every": 1,
                "compute": lambda passes: passes.x,
                **changes,
            }
        )
        with pytest.raises(Exception, match=rf"odd\.term.*{said}: translation\.gan has no '(judges|dreams)'; it has"):
            new_state(plan.blueprint(), plan.registry, torch.device("cpu"), (term,))
