"""One training step: for each role in turn, sum the terms that are due and update its networks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ..contracts.batch import Batch
from ..contracts.passes import Passes
from .checked import are_finite, diverged, has_finite_gradients, item_values
from .devices import ALONE, Ranks, autocast
from .state import TrainingState
from .terms import DueTerm, TermTable

Losses = dict[str, Tensor]
"""Name of a term -> its mean over the items that it applies to, before its weight; and name of a later role -> its
total loss."""


def train_step(state: TrainingState, batch: Batch, terms: TermTable, ranks: Ranks = ALONE) -> Losses:
    """Update all networks on ``batch``, which may still be on the CPU, and return the losses.

    Raises:
        DivergedError: a loss or a gradient is NaN or infinite; names step, task and term. It changed no weight.
        FailingPluginError: a plugin's term raised, or did not return one value per item.
    """
    due = terms.due(state.step, batch.guidance.on_host, batch.paired.cpu(), ranks)
    batch = batch.to(state.device)
    passes = state.learner.passes(batch, [(each.rows, each.term.needs) for each in due])
    losses: Losses = {}
    with _seeded(state.blueprint.config.training.seed, state.step, state.device):
        for role in state.learner.roles:
            own = [each for each in due if each.term.role == role]
            if own or ranks.world > 1:  # terms that are not due here may be due in another process
                losses |= _learn(state, role, passes, own, ranks)
    return losses


def _learn(state: TrainingState, role: str, passes: Passes, due: Sequence[DueTerm], ranks: Ranks) -> Losses:
    """Update the networks of one role."""
    optimiser = state.optimisers[role]
    weights = _weights(optimiser)
    optimiser.zero_grad(set_to_none=True)
    with _learning_alone(optimiser, state.optimisers):
        with autocast(state.device, state.blueprint.config.training):
            values = term_values(passes, due, state.step)
            total = weighted_sum(values)
        if total.requires_grad:  # otherwise no term is due that the networks could learn from
            total.backward()  # type: ignore[no-untyped-call]
        ranks.average_gradients(weights)
        if not are_finite((found for _, found in values), weights):
            names = [state.blueprint.tasks[row] for row in passes.batch.guidance.on_host.tolist()]
            raise diverged(values, names, state.step, role, _unsteady(state, passes.batch, due, weights))
        optimiser.step()
    losses = {each.term.name: found.detach().mean() for each, found in values if each.term.follows is None}
    return losses if len(losses) == len(values) else losses | {role: total.detach()}


def term_values(passes: Passes, due: Sequence[DueTerm], step: int) -> list[tuple[DueTerm, Tensor]]:
    """The value of each item of each term, ``[n]``."""
    return [(each, item_values(each, passes.select(each.rows), step)) for each in due]


def weighted_sum(values: Sequence[tuple[DueTerm, Tensor]]) -> Tensor:
    """The sum of the terms' means, with the weights of terms and tasks."""
    total = torch.zeros(())
    for each, found in values:
        shares = each.shares.to(found.device, non_blocking=True)
        total = total + each.term.strength * (shares * found).sum() / each.divisor
    return total


def _unsteady(
    state: TrainingState, batch: Batch, due: Sequence[DueTerm], weights: Sequence[nn.Parameter]
) -> Iterator[DueTerm]:
    """The terms whose own gradient is not finite; each is computed again separately."""
    for each in due:
        part = state.learner.passes(batch).select(each.rows)
        if not has_finite_gradients(each.term.compute(part).sum(), weights):
            yield each


def _weights(optimiser: Optimizer) -> list[nn.Parameter]:
    return [weight for group in optimiser.param_groups for weight in group["params"]]


@contextmanager
def _seeded(seed: int, step: int, device: torch.device) -> Iterator[None]:
    """Random numbers, such as dropout's, that depend only on seed and step, so that a resumed run repeats them."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed((seed << 32) + step)
        yield


@contextmanager
def _learning_alone(optimiser: Optimizer, all_: Mapping[str, Optimizer]) -> Iterator[None]:
    """Compute no gradients for the weights of other optimisers, which are not updated now."""
    others = [weight for other in all_.values() if other is not optimiser for weight in _weights(other)]
    for weight in others:
        weight.requires_grad_(False)
    try:
        yield
    finally:
        for weight in others:
            weight.requires_grad_(True)
