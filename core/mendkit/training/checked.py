"""Checks the values of terms and their gradients before they change any weight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from ..contracts.passes import Passes
from ..errors import DivergedError, FailingPluginError, described
from ..networks.calling import called
from .terms import CORE, DueTerm


def item_values(due: DueTerm, passes: Passes, step: int) -> Tensor:
    """The values ``[n]`` of a term for its items, whose passes are ``passes``; finite or not.

    Raises:
        FailingPluginError: a plugin's term raised, or returned something else.
    """
    term, count = due.term, len(due.rows)
    if term.plugin == CORE:
        values = term.compute(passes)
    else:
        values = called(f"step {step}, {term}:", term.compute, passes, then=_check(due))
    if not isinstance(values, Tensor) or values.shape != (count,):
        raise FailingPluginError(
            f"step {step}, {term}: returned {described(values)}, not one value for each of {count} items, "
            f"[{count}]; see mendkit.contracts.passes.per_item{_check(due)}"
        )
    return values


def are_finite(values: Iterable[Tensor], weights: Iterable[nn.Parameter]) -> bool:
    """Whether all values, and the gradients of all weights, are finite, with a single synchronisation.

    One step with other gradients would make all weights NaN.
    """
    sums = [value.sum() for value in values]
    sums += [weight.grad.sum() for weight in weights if weight.grad is not None]
    return not sums or bool(torch.stack([each.float() for each in sums]).isfinite().all())


def diverged(
    due: Sequence[tuple[DueTerm, Tensor]], tasks: Sequence[str], step: int, role: str, culprits: Iterable[DueTerm]
) -> DivergedError:
    """The error that names where a value or a gradient is not finite.

    Args:
        due: the terms with their values.
        tasks: the name of each item's task.
        role: the role that the gradients belong to.
        culprits: finds the terms with a gradient that is not finite, which takes a while.
    """
    for each, values in due:
        finite = values.isfinite()
        if not finite.all():
            task = tasks[each.rows[int((~finite).nonzero()[0])]]
            return DivergedError(
                f"step {step}, task {task}, {each.term}: the loss is {values[~finite][0].item()}; "
                f"lower training.learning_rate or the term's weight{_or_mend(each)}; it changed no weight"
            )
    guilty = list(culprits)
    names = " and ".join(str(each.term) for each in guilty) or f"the {role}"
    return DivergedError(
        f"step {step}, {names}: the loss is finite, but its gradient is not, like that of a root at 0; add a small "
        f"number there, or lower training.learning_rate{''.join(map(_or_mend, guilty))}; it changed no weight"
    )


def has_finite_gradients(loss: Tensor, weights: Iterable[nn.Parameter]) -> bool:
    """Whether all gradients of ``loss`` are finite."""
    if not loss.requires_grad:
        return True
    gradients = torch.autograd.grad(loss, [weight for weight in weights if weight.requires_grad], allow_unused=True)
    return all(gradient is None or bool(gradient.isfinite().all()) for gradient in gradients)


def _or_mend(due: DueTerm) -> str:
    """A further remedy if the term is not mendkit's own."""
    return "" if due.term.plugin == CORE else f", or fix the plugin (`mendkit plugins check {due.term.plugin}`)"


def _check(due: DueTerm) -> str:
    return "" if due.term.plugin == CORE else f"; `mendkit plugins check {due.term.plugin}` says more"
