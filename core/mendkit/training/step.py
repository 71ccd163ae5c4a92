"""One step of training: the generators learn from all terms that are due, then the critics from what was made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ..contracts.batch import Batch
from ..learners.translation.passes import Passes
from .checked import check_gradients, has_finite_gradients, sample_values
from .plan import PlannedTerm
from .state import TrainingState

Losses = dict[str, Tensor]
"""Name of a term -> its mean over the samples that it applies to, before its weight."""
DueTerm = tuple[PlannedTerm, Tensor]
"""A term, and to which samples of the batch it applies: ``[N]`` (bool)."""


def train_step(state: TrainingState, batch: Batch, terms: Sequence[PlannedTerm]) -> Losses:
    """Update all networks on ``batch``, and return the losses.

    Raises:
        DivergedError: a loss or a gradient is NaN or infinite; names step, task and term. No weight was changed by it.
        FailingPluginError: a plugin's term raised, or gave no value for each sample.
    """
    passes = Passes(batch, state.players)
    due = due_terms(batch, terms, state.step)
    with _seeded(state.blueprint.config.training.seed, state.step, batch.x.device):
        with _frozen(state.critics):
            total, losses = generator_loss(passes, due, state.step)
            _descend(state.generators, total, state.step, "the generators", lambda: _unsteady(state, batch, due))
        if any(term.critic for term, _ in due):
            losses["critics"] = critic_loss(passes, due, state.step)
            _descend(state.critics, losses["critics"], state.step, "the critics")
    return {name: loss.detach() for name, loss in losses.items()}


def due_terms(batch: Batch, terms: Iterable[PlannedTerm], step: int) -> list[DueTerm]:
    """The terms that are due with their samples, those of most samples first: narrower ones then share their passes."""
    due = [(term, term.rows(batch)) for term in terms if term.due(step, batch.tasks)]
    return sorted(((term, rows) for term, rows in due if rows.any()), key=lambda pair: -int(pair[1].sum()))


def generator_loss(passes: Passes, due: Iterable[DueTerm], step: int) -> tuple[Tensor, Losses]:
    """The weighted sum over terms of their mean over the batch, and each term's mean over its own samples.

    A term that is computed every k-th step counts k times then (a lazy regulariser, Karras et al. 2020).
    """
    total, losses = passes.x.new_zeros(()), Losses()
    for term, rows in due:
        part = passes.select(rows)
        values = sample_values(term, term.compute, part, step)
        shares = term.shares(part.batch.tasks).to(values.device)
        total = total + term.weight * term.every * (shares * values).sum() / len(passes.batch)
        losses[term.name] = values.mean()
    return total, losses


def critic_loss(passes: Passes, due: Iterable[DueTerm], step: int) -> Tensor:
    """The sum over adversarial terms of their critic's mean loss, on what the generators have just made."""
    total = passes.x.new_zeros(())
    for term, rows in due:
        if term.critic:
            part = passes.select(rows)
            values = sample_values(term, term.critic, part, step, side="the critic of ")
            total = total + values.mean()
    return total


def _descend(
    optimiser: Optimizer, loss: Tensor, step: int, side: str, culprits: Callable[[], Iterable[PlannedTerm]] = tuple
) -> None:
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    check_gradients(_weights(optimiser), step, side, culprits)
    optimiser.step()


def _unsteady(state: TrainingState, batch: Batch, due: Iterable[DueTerm]) -> Iterator[PlannedTerm]:
    """The terms whose own gradient is not finite; each is computed again, by itself."""
    for term, rows in due:
        part = Passes(batch, state.players).select(rows)
        if not has_finite_gradients(term.compute(part).sum(), _weights(state.generators)):
            yield term


def _weights(optimiser: Optimizer) -> list[nn.Parameter]:
    return [weight for group in optimiser.param_groups for weight in group["params"]]


@contextmanager
def _seeded(seed: int, step: int, device: torch.device) -> Iterator[None]:
    """Random numbers, such as dropout's, that depend on seed and step alone: a resumed run draws them again."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed((seed << 32) + step)
        yield


@contextmanager
def _frozen(optimiser: Optimizer) -> Iterator[None]:
    """Compute no gradients for the parameters of ``optimiser``: they are not learning now."""
    parameters = _weights(optimiser)
    for parameter in parameters:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in parameters:
            parameter.requires_grad_(True)
