from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from mendkit.config import read_config
from mendkit.contracts.batch import Batch
from mendkit.contracts.passes import per_item
from mendkit.errors import DivergedError, FailingPluginError
from mendkit.learners.translation.passes import TranslationPasses
from mendkit.networks.blueprint import Blueprint
from mendkit.training.state import TrainingState, new_state
from mendkit.training.step import term_values, train_step, weighted_sum
from mendkit.training.terms import PlannedTerm, TermTable
from mendkit_registry import DefectType, load
from mendkit_registry.specs import Applies

Tasks = dict[str, DefectType]
NAMES = ("stain.paired", "stain.semi", "stain.unpaired", "turn.tilted")
"""Those of the fixture."""


def constant(tasks: Tasks, value: float, applies: Applies, weight: float = 1.0, every: int = 1) -> PlannedTerm:
    return PlannedTerm(
        name="constant",
        plugin="test",
        role="generators",
        tasks=tasks,
        applies=applies,
        weight=weight,
        every=every,
        compute=lambda passes: passes.x.new_full((len(passes.batch),), value),
    )


def of_plugin(tasks: Tasks, name: str, compute: Callable[[TranslationPasses], torch.Tensor]) -> PlannedTerm:
    return replace(constant(tasks, 0.0, "all"), name=name, compute=compute)


def table(state: TrainingState, *terms: PlannedTerm) -> TermTable:
    return TermTable(terms, state.blueprint.tasks)


def rows(term: PlannedTerm, batch: Batch) -> list[bool]:
    """To which items of the batch the term applies."""
    due = TermTable((term,), NAMES).due(0, batch.guidance.task, batch.paired)
    return [row in (due[0].rows if due else ()) for row in range(len(batch))]


def total(state: TrainingState, batch: Batch, *terms: PlannedTerm) -> float:
    """The loss of the generators in this step."""
    due = table(state, *terms).due(state.step, batch.guidance.task, batch.paired)
    passes = state.learner.passes(batch, [(each.rows, each.term.needs) for each in due])
    return weighted_sum(term_values(passes, due, state.step)).item()


@pytest.fixture
def state(tasks: Tasks) -> TrainingState:
    config = read_config(None, {"preset": "hierarchical", "model": {"width": 4, "blocks": 2}, "training": {"size": 32}})
    blueprint = Blueprint(config=config, tasks=tuple(tasks))
    return new_state(blueprint, load(), torch.device("cpu"))


@pytest.mark.parametrize(
    ("applies", "expected"),
    [
        ("all", [True, True, True, True, True, True]),
        ("pairs", [True, True, False, False, True, False]),
        ("pairs in place", [True, True, False, False, False, False]),
        ("pairs to redraw", [True, True, False, False, False, False]),
        ("pairs to transform", [False, False, False, False, True, False]),
        ("unpaired samples", [False, False, True, True, False, False]),
        ("unpaired or ambiguous", [False, False, True, True, False, False]),
        ("unless paired task", [False, True, True, True, False, True]),
    ],
)
def test_each_sample_mask_by_hand(
    tasks: Tasks, make_batch: Callable[..., Batch], applies: Applies, expected: list[bool]
) -> None:
    names = ("stain.paired", "stain.semi", "stain.semi", "stain.unpaired", "turn.tilted", "stain.unpaired")
    batch = make_batch(names, paired=[True, True, False, False, True, True])
    assert rows(constant(tasks, 1.0, applies), batch) == expected


def test_of_an_ambiguous_task_pairs_are_judged_like_what_has_no_partner(
    tasks: Tasks, make_batch: Callable[..., Batch]
) -> None:
    ambiguous = {name: task.model_copy(update={"ambiguous": True}) for name, task in tasks.items()}
    batch = make_batch(("stain.paired", "stain.semi"), paired=[True, False])
    assert rows(constant(tasks, 1.0, "unpaired or ambiguous"), batch) == [False, True]
    assert rows(constant(ambiguous, 1.0, "unpaired or ambiguous"), batch) == [True, True]


def test_a_term_never_reaches_samples_of_tasks_that_are_not_its_own(
    tasks: Tasks, make_batch: Callable[..., Batch]
) -> None:
    own = {"stain.semi": tasks["stain.semi"]}
    batch = make_batch(("stain.paired", "stain.semi"))
    assert rows(constant(own, 1.0, "all"), batch) == [False, True]


def test_the_total_is_the_weighted_sum_over_the_batch(
    tasks: Tasks, state: TrainingState, make_batch: Callable[..., Batch]
) -> None:
    batch = make_batch(("stain.paired", "stain.semi", "stain.semi", "stain.paired"))
    terms = [constant(tasks, 3.0, "all", weight=2.0), constant(tasks, 5.0, "unless paired task", weight=10.0)]
    assert total(state, batch, *terms) == pytest.approx(2 * 3 + 10 * 5 * (2 / 4))


def test_a_lazy_term_counts_as_often_as_if_it_were_computed_each_step(
    tasks: Tasks, state: TrainingState, make_batch: Callable[..., Batch]
) -> None:
    batch, totals = make_batch(("stain.semi",)), []
    for state.step in range(8):
        totals.append(total(state, batch, constant(tasks, 1.0, "all", weight=2.0, every=4)))
    assert totals == [8, 0, 0, 0, 8, 0, 0, 0]


def test_a_step_changes_all_four_networks(
    tasks: Tasks, state: TrainingState, make_batch: Callable[..., Batch], core_term: Callable[..., PlannedTerm]
) -> None:
    names = ("mend", "spoil", "critic_x", "critic_y")
    before = {name: [p.clone() for p in state.networks()[name].parameters()] for name in names}
    weights = read_config(None, {"preset": "hierarchical"}).losses
    terms = [core_term(name, tasks, term.weight) for name, term in weights.items()]
    terms += [core_term(f"critic.adversarial_{side}", tasks) for side in "xy"]
    losses = train_step(state, make_batch(("stain.semi", "turn.tilted", "stain.paired")), table(state, *terms))
    assert {"l1_y", "cycle_x", "identity_y", "adversarial_x", "critics"} <= set(losses)
    for name in names:
        after = state.networks()[name].parameters()
        assert any(not torch.equal(old, new) for old, new in zip(before[name], after, strict=True)), name


def test_steps_lower_the_error(
    tasks: Tasks, state: TrainingState, make_batch: Callable[..., Batch], core_term: Callable[..., PlannedTerm]
) -> None:
    terms, batch = table(state, core_term("l1_y", tasks, weight=150.0)), make_batch(("stain.paired",) * 4)
    errors = [train_step(state, batch, terms)["l1_y"].item() for _ in range(30)]
    assert errors[-1] < 0.9 * errors[0]


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_a_loss_that_diverges_names_step_task_and_term_and_changes_nothing(
    tasks: Tasks, state: TrainingState, make_batch: Callable[..., Batch], bad: float
) -> None:
    def explode(passes: TranslationPasses) -> torch.Tensor:
        return per_item(passes.fake_y.image) * torch.tensor([1.0, bad])

    term = of_plugin(tasks, "explode", explode)
    before = [p.clone() for p in state.learner.answering().parameters()]
    state.step = 7
    with pytest.raises(DivergedError, match=r"step 7, task stain\.semi, term explode of plugin 'test'.*check test"):
        train_step(state, make_batch(("stain.paired", "stain.semi")), table(state, term))
    assert all(torch.equal(old, new) for old, new in zip(before, state.learner.answering().parameters(), strict=True))


def test_if_a_term_of_mendkit_itself_diverges_no_plugin_is_blamed(
    tasks: Tasks, state: TrainingState, make_batch: Callable[..., Batch], core_term: Callable[..., PlannedTerm]
) -> None:
    batch = make_batch(("stain.paired",))
    batch.y[0, 0, 0, 0] = float("nan")
    with pytest.raises(DivergedError, match=r"term l1_y: the loss is nan") as raised:
        train_step(state, batch, table(state, core_term("l1_y", tasks)))
    assert "plugin" not in str(raised.value)
    assert "checkpoint" not in str(raised.value)  # there may be none yet


def raising(passes: TranslationPasses) -> torch.Tensor:
    raise ZeroDivisionError("by nothing")


@pytest.mark.parametrize(
    ("compute", "said"),
    [
        (raising, r"raised ZeroDivisionError: by nothing \(test_step\.py:\d+\)"),
        (lambda passes: per_item(passes.x)[:, None], r"gave torch\.float32 \[2, 1\] .* each of 2 items, \[2\]"),
        (lambda passes: passes.x.mean() * float("nan"), r"gave torch\.float32 \[\]"),
        (lambda passes: 1.0, "gave a float"),
        (lambda passes: None, "gave a NoneType"),
    ],
)
def test_what_a_plugins_term_gives_is_checked_before_it_is_used(
    tasks: Tasks,
    state: TrainingState,
    make_batch: Callable[..., Batch],
    compute: Callable[[TranslationPasses], torch.Tensor],
    said: str,
) -> None:
    term = of_plugin(tasks, "loose", compute)
    with pytest.raises(FailingPluginError, match=rf"step 0, term loose of plugin 'test': {said}.*plugins check test"):
        train_step(state, make_batch(("stain.paired", "stain.semi")), table(state, term))


def test_a_gradient_that_is_not_finite_names_its_term_and_changes_nothing(
    tasks: Tasks, state: TrainingState, make_batch: Callable[..., Batch], core_term: Callable[..., PlannedTerm]
) -> None:
    rooted = of_plugin(tasks, "root", lambda passes: per_item(passes.fake_y.image * 0).sqrt())
    before = [p.clone() for p in state.learner.answering().parameters()]
    with pytest.raises(DivergedError, match=r"step 0, term root of plugin 'test': .*gradient.*check test") as raised:
        train_step(state, make_batch(("stain.paired",)), table(state, core_term("l1_y", tasks), rooted))
    assert "l1_y" not in str(raised.value)
    assert all(torch.equal(old, new) for old, new in zip(before, state.learner.answering().parameters(), strict=True))
