"""One step of training: the generators learn from all terms that are due, then the critics from what was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor
from torch.optim import Optimizer

from ..data.stream import Batch
from ..errors import DivergedError
from ..losses import relativistic
from .passes import Passes
from .plan import PlannedTerm
from .state import TrainingState

Losses = dict[str, Tensor]
"""Name of a term -> its mean over the samples that it applies to, before its weight."""


def train_step(state: TrainingState, batch: Batch, terms: Sequence[PlannedTerm]) -> Losses:
    """Update all four networks on ``batch``, and return the losses.

    Raises:
        DivergedError: a loss is NaN or infinite; names step, task and term. No weight was changed by it.
    """
    passes = Passes(batch, state.players)
    with _frozen(state.critics):
        total, losses = generator_loss(passes, terms, state.step)
        _descend(state.generators, total)
    critic_losses = list(_critic_losses(passes, terms, state.step))
    if critic_losses:
        losses["critics"] = torch.stack(critic_losses).sum()
        _check_finite(losses["critics"].expand(1), batch.tasks[:1], "critics", state.step)
        _descend(state.critics, losses["critics"])
    return {name: loss.detach() for name, loss in losses.items()}


def generator_loss(passes: Passes, terms: Sequence[PlannedTerm], step: int) -> tuple[Tensor, Losses]:
    """The weighted sum over terms of their mean over the batch, and each term's mean over its own samples.

    A term that is computed every k-th step counts k times then (a lazy regulariser, Karras et al. 2020).
    """
    total, losses = passes.x.new_zeros(()), Losses()
    for term, rows in _widest_first(passes.batch, terms, step):
        part = passes.select(rows)
        values = term.compute(part)
        _check_finite(values, part.batch.tasks, term.name, step)
        shares = term.shares(part.batch.tasks).to(values.device)
        total = total + term.weight * term.every * (shares * values).sum() / len(passes.batch)
        losses[term.name] = values.mean()
    return total, losses


def _widest_first(batch: Batch, terms: Iterable[PlannedTerm], step: int) -> list[tuple[PlannedTerm, Tensor]]:
    """The terms that are due with their samples, those of most samples first: narrower ones then share their passes."""
    due = [(term, term.rows(batch)) for term in terms if term.due(step)]
    return sorted(((term, rows) for term, rows in due if rows.any()), key=lambda pair: -int(pair[1].sum()))


def _critic_losses(passes: Passes, terms: Iterable[PlannedTerm], step: int) -> Iterator[Tensor]:
    """``-log sigmoid(C(real) - C(fake))`` of each critic whose adversarial term is due."""
    players = passes.players
    for term, rows in _widest_first(passes.batch, terms, step):
        part = passes.select(rows)
        if term.name == "adversarial_y":
            yield relativistic(players.critic_y, better=part.y, worse=part.fake_y.image.detach()).mean()
        elif term.name == "adversarial_x":
            yield relativistic(players.critic_x, better=part.x, worse=part.fake_x.image.detach()).mean()


def _descend(optimiser: Optimizer, loss: Tensor) -> None:
    optimiser.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    optimiser.step()


@contextmanager
def _frozen(optimiser: Optimizer) -> Iterator[None]:
    """Compute no gradients for the parameters of ``optimiser``: they are not learning now."""
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    for parameter in parameters:
        parameter.requires_grad_(False)
    try:
        yield
    finally:
        for parameter in parameters:
            parameter.requires_grad_(True)


def _check_finite(values: Tensor, tasks: Sequence[str], term: str, step: int) -> None:
    finite = values.isfinite()
    if not finite.all():
        task = tasks[int((~finite).nonzero()[0])]
        raise DivergedError(
            f"step {step}, task {task}, term {term}: the loss is {values[~finite][0].item()}; "
            "lower training.learning_rate or the term's weight; the last checkpoint is unharmed"
        )
