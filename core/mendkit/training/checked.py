"""What terms give, and the gradients that follow from it, checked before a weight is changed by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor, nn

from ..contracts.passes import Passes
from ..errors import DivergedError, FailingPluginError, MendkitError, described, reason_of
from .terms import CORE, DueTerm


def item_values(due: DueTerm, passes: Passes, step: int) -> Tensor:
    """What a term gives for its items, of which ``passes`` are: a value for each of them ``[n]``, finite or not.

    Raises:
        FailingPluginError: a plugin's term raised, or gave something else.
    """
    term, count = due.term, len(due.rows)
    try:
        values = due.term.compute(passes)
    except (MendkitError, torch.cuda.OutOfMemoryError):
        raise
    except Exception as error:
        if term.plugin == CORE:
            raise
        raise FailingPluginError(f"step {step}, {term}: raised {reason_of(error)}{_check(due)}") from error
    if not isinstance(values, Tensor) or values.shape != (count,):
        raise FailingPluginError(
            f"step {step}, {term}: gave {described(values)} and not one value for each of {count} items, "
            f"[{count}]; see mendkit.contracts.passes.per_item{_check(due)}"
        )
    return values


def are_finite(values: Iterable[Tensor], weights: Iterable[nn.Parameter]) -> bool:
    """Whether all values, and the gradients of all weights, are finite: one question to the device for all of them.

    One step by gradients that are not would make all weights NaN.
    """
    sums = [value.sum() for value in values]
    sums += [weight.grad.sum() for weight in weights if weight.grad is not None]
    return not sums or bool(torch.stack([each.float() for each in sums]).isfinite().all())


def diverged(
    due: Sequence[tuple[DueTerm, Tensor]], tasks: Sequence[str], step: int, role: str, culprits: Iterable[DueTerm]
) -> DivergedError:
    """The error that says where a value or a gradient is not finite.

    Args:
        due: the terms with their values.
        tasks: the name of each item's task.
        role: whose gradients they are.
        culprits: finds the terms from which a gradient comes that is not finite, which takes a while.
    """
    for each, values in due:
        finite = values.isfinite()
        if not finite.all():
            task = tasks[each.rows[int((~finite).nonzero()[0])]]
            return DivergedError(
                f"step {step}, task {task}, {each.term}: the loss is {values[~finite][0].item()}; "
                f"lower training.learning_rate or the term's weight{_or_mend(each)}; nothing was changed by it"
            )
    guilty = list(culprits)
    names = " and ".join(str(each.term) for each in guilty) or f"the {role}"
    return DivergedError(
        f"step {step}, {names}: the loss is finite, but its gradient is not, as that of a root at 0; add a small "
        f"number there, or lower training.learning_rate{''.join(map(_or_mend, guilty))}; nothing was changed by it"
    )


def has_finite_gradients(loss: Tensor, weights: Iterable[nn.Parameter]) -> bool:
    """Whether all gradients of ``loss`` are finite."""
    if not loss.requires_grad:
        return True
    gradients = torch.autograd.grad(loss, [weight for weight in weights if weight.requires_grad], allow_unused=True)
    return all(gradient is None or bool(gradient.isfinite().all()) for gradient in gradients)


def _or_mend(due: DueTerm) -> str:
    """What else may help if the term is not mendkit's own."""
    return "" if due.term.plugin == CORE else f", or mend the plugin (`mendkit plugins check {due.term.plugin}`)"


def _check(due: DueTerm) -> str:
    return "" if due.term.plugin == CORE else f"; `mendkit plugins check {due.term.plugin}` says more"
