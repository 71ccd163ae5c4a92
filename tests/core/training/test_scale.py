"""10,000 tasks in 500 groups: each component reaches its own, and nothing is made or measured for each of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from mendkit.config import RunConfig
from mendkit.contracts.passes import per_item
from mendkit.data.catalogue import Catalogue
from mendkit.data.opening import open_catalogue
from mendkit.data.sampling import TaskSource
from mendkit.learners.translation.passes import TranslationPasses
from mendkit.training.plan import Plan, compose_plan
from mendkit.training.samples import MOST_TASKS, PER_TASK, SampleSheets
from mendkit.training.terms import TermTable
from mendkit_registry import DefectGroup, DefectType, LossSpec, Plugin, SynthesizerSpec, compose, load

GROUPS = [f"g{number:03}" for number in range(500)]
TASKS = tuple(f"{group}.t{number:02}" for group in GROUPS for number in range(20))
DRAW, TERM = "mendkit_background.watermark:WatermarkSynthesizer", f"{__name__}:SignedError"


class SignedError:
    def __call__(self, passes: TranslationPasses) -> Tensor:
        return per_item(passes.fake_y.image - passes.y)


@pytest.fixture
def catalogue(tiny_config: Callable[..., RunConfig]) -> Catalogue:
    return open_catalogue(tiny_config().data, TASKS)


@pytest.fixture
def plan(tiny_config: Callable[..., RunConfig], catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """A synthesizer in each group; terms for one task, one group and all tasks. To measure a task is an error."""

    def measured(source: TaskSource, seed: int) -> float:
        raise AssertionError(f"{source.task.name} is measured")

    monkeypatch.setattr(TaskSource, "input_error", measured)
    reaches = {"one": "g007.t03", "group": "g007.*", "all": "*"}
    specs = {
        "groups": tuple(DefectGroup(name=group, title="") for group in GROUPS),
        "tasks": tuple(DefectType(name=name, title="", supervision="semi_paired") for name in TASKS),
        "synthesizers": tuple(SynthesizerSpec(name=f"{g}.draw", tasks=(f"{g}.*",), factory=DRAW) for g in GROUPS),
        "losses": tuple(LossSpec(name=f"l.{n}", tasks=(glob,), factory=TERM, weight=1) for n, glob in reaches.items()),
    }
    core = next(plugin for plugin in load().plugins if plugin.name == "mendkit")
    registry = compose([core, Plugin("many", "many", "1", "many", specs)], strict=True)
    return compose_plan(tiny_config(), registry, catalogue)


def test_a_plan_of_ten_thousand_tasks_has_them_all_and_their_terms(plan: Plan) -> None:
    assert plan.names == TASKS == tuple(plan.sources)
    reached = {term.name: plan.reach(term) for term in plan.terms}
    assert reached["l.one"] == ("g007.t03",)
    assert reached["l.group"] == tuple(f"g007.t{number:02}" for number in range(20))
    assert reached["l.all"] == reached["l1_y"] == TASKS


def test_the_tasks_of_a_group_share_its_synthesizer_and_their_feed(plan: Plan) -> None:
    made_by = {id(source.from_clean.synthesizers[0].make) for source in plan.sources.values() if source.from_clean}
    assert len(made_by) == len({source.feed for source in plan.sources.values()}) == 500
    one, other, stranger = (plan.sources[name] for name in ("g001.t00", "g001.t19", "g002.t00"))
    assert one.feed == other.feed != stranger.feed


def test_a_term_is_due_only_for_batches_with_its_tasks(plan: Plan) -> None:
    (term,) = (term for term in plan.terms if term.name == "l.group")
    table, row = TermTable((term,), plan.names), plan.names.index
    due = table.due(0, torch.tensor([row("g000.t00"), row("g007.t19")]), torch.tensor([True, True]))
    assert [each.rows for each in due] == [(1,)]
    assert not table.due(0, torch.tensor([row("g000.t00"), row("g008.t19")]), torch.tensor([True, True]))


def test_a_sample_sheet_shows_some_of_them_spread_evenly(plan: Plan, catalogue: Catalogue) -> None:
    sheets = SampleSheets.of(plan, catalogue)
    assert sheets is not None
    shown = [name for name, _ in sheets._pairs]
    names = list(dict.fromkeys(shown))
    assert len(names) == MOST_TASKS and len(shown) <= MOST_TASKS * PER_TASK
    assert (names[0], names[8], names[-1]) == ("g000.t00", "g166.t13", "g499.t19")
