"""What terms give, and the gradients that follow from it, checked before a weight is changed by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from ..errors import DivergedError, FailingPluginError, MendkitError, described, reason_of
from .passes import Passes
from .plan import CORE, PlannedTerm

UNHARMED = "any earlier checkpoint is unharmed"


def sample_values(
    term: PlannedTerm, compute: Callable[[Passes], Tensor], passes: Passes, step: int, side: str = ""
) -> Tensor:
    """What ``compute`` gives for the samples of ``passes``: a finite value for each of them ``[N]``.

    Args:
        side: whose loss it is, before the name of the term; empty: the generators'.

    Raises:
        FailingPluginError: a plugin's term raised, or gave something else.
        DivergedError: a value is NaN or infinite; names step, task and term.
    """
    count = len(passes.batch)
    try:
        values = compute(passes)
    except (MendkitError, torch.cuda.OutOfMemoryError):
        raise
    except Exception as error:
        if term.plugin == CORE:
            raise
        raise FailingPluginError(f"step {step}, {side}{term}: raised {reason_of(error)}{_check(term)}") from error
    if not isinstance(values, Tensor) or values.shape != (count,):
        raise FailingPluginError(
            f"step {step}, {side}{term}: gave {described(values)} and not one value for each of {count} samples, "
            f"[{count}]; see mendkit.training.passes.per_sample{_check(term)}"
        )
    _check_finite(values, passes.batch.tasks, term, step, side)
    return values


def _check_finite(values: Tensor, tasks: tuple[str, ...], term: PlannedTerm, step: int, side: str) -> None:
    finite = values.isfinite()
    if not finite.all():
        task = tasks[int((~finite).nonzero()[0])]
        raise DivergedError(
            f"step {step}, task {task}, {side}{term}: the loss is {values[~finite][0].item()}; "
            f"lower training.learning_rate or the term's weight{_or_mend(term)}; {UNHARMED}"
        )


def check_gradients(
    weights: Iterable[nn.Parameter], step: int, side: str, culprits: Callable[[], Iterable[PlannedTerm]]
) -> None:
    """Raise DivergedError if a gradient is NaN or infinite: one such step would make all weights so.

    Args:
        side: whose weights they are.
        culprits: finds the terms that it comes from, which takes a while.
    """
    sums = [weight.grad.sum() for weight in weights if weight.grad is not None]
    if sums and not torch.stack(sums).isfinite().all():
        guilty = list(culprits())
        names = " and ".join(map(str, guilty)) or side
        raise DivergedError(
            f"step {step}, {names}: the loss is finite, but its gradient is not, as that of a root at 0; add a small "
            f"number there, or lower training.learning_rate{''.join(map(_or_mend, guilty))}; {UNHARMED}"
        )


def has_finite_gradients(loss: Tensor, weights: Iterable[nn.Parameter]) -> bool:
    """Whether all gradients of ``loss`` are finite."""
    if not loss.requires_grad:
        return True
    gradients = torch.autograd.grad(loss, [weight for weight in weights if weight.requires_grad], allow_unused=True)
    return all(gradient is None or bool(gradient.isfinite().all()) for gradient in gradients)


def _or_mend(term: PlannedTerm) -> str:
    """What else may help if the term is not mendkit's own."""
    return "" if term.plugin == CORE else f", or mend the plugin (`mendkit plugins check {term.plugin}`)"


def _check(term: PlannedTerm) -> str:
    return "" if term.plugin == CORE else f"; `mendkit plugins check {term.plugin}` says more"
