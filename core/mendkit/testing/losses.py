"""Rules for loss terms: one finite, independent value per item, from which the networks of its role can learn.

Terms have different aims, so few rules apply to their values. A term that compares the output with y without a critic
must be smallest where the output *is* y, and must leave out items whose y shows another product. The check finds out
whether a term compares: it does if, with networks that change nothing, another y gives another value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from mendkit_registry import DefectType
from mendkit_registry.specs import Applies

from ..contracts import LossTerm
from ..contracts.batch import Batch, Truths
from ..contracts.guidance import LabelTable
from ..contracts.pair import SHARED_TRUTHS
from ..contracts.photo import Image
from ..data.tensors import to_tensor
from ..errors import described
from ..training.terms import PREDICATES, has_transforms
from . import effects
from .checks import Check, CheckError
from .networks import Networks, Translation, exactly, faded, unchanged
from .products import SHADES, draw_product

SIZE = 64
NOTHING = 1e-6
"""Values that differ by less are equal,"""
RELATIVE = 1e-3
"""or by less than this share, because of another order of summation."""
BLUR = 5
"""Side of the box, px."""
ANY_TASKS = tuple(
    DefectType(name=f"any.{name}", title=name, supervision="semi_paired", geometric=geometric)
    for name, geometric in (("still", False), ("moved", True))
)
"""For terms without an installed task."""


@dataclass(frozen=True)
class Trial:
    """A term and its tasks; it is tested on a batch of marked products, one row per shade.

    Args:
        needs: what it can use, from its spec like ``role`` and ``applies``.
    """

    term: LossTerm
    tasks: tuple[DefectType, ...]
    needs: tuple[str, ...] = ("fake_y",)
    role: str = "generators"
    applies: Applies = "all"

    @cached_property
    def items(self) -> tuple[tuple[DefectType, bool], ...]:
        """One item for each kind that the term applies to: its task, and whether it is a pair."""
        return _kinds_of_items(self.tasks, self.applies) or _kinds_of_items(ANY_TASKS, self.applies)

    @cached_property
    def batch(self) -> Batch:
        """Four items, cycling through the kinds."""
        clean = [draw_product(SIZE, SIZE, shade)[0] for shade in SHADES]
        clean.append(np.ascontiguousarray(clean[0][::-1]))
        marked = [_marked(image, row) for row, image in enumerate(clean)]
        items = [self.items[row % len(self.items)] for row in range(len(clean))]
        names = [task.name for task, _ in items]
        return Batch(
            to_tensor(marked),
            to_tensor(clean),
            LabelTable(tuple(dict.fromkeys(names))).guidance(names),
            torch.tensor([paired for _, paired in items]),
            _truths(len(items)),
        )

    def values(self, networks: Networks, batch: Batch) -> Tensor:
        """The loss of each item, ``[N]``. Random numbers are the same each time, as training seeds each step."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            values = self.term(networks.passes(batch, self.needs))
        if not isinstance(values, Tensor) or not values.is_floating_point() or values.shape != (len(batch),):
            raise CheckError(f"returned {described(values)} for {len(batch)} items, not a float tensor [{len(batch)}]")
        return values


def _truths(count: int) -> dict[str, Truths]:
    """What several synthesizers know, of ``count`` items of ``SIZE`` px, each of which has it."""
    random = torch.Generator().manual_seed(0)
    sides = {"H": SIZE, "W": SIZE}
    shapes = {name: [sides.get(str(side), side) for side in shape] for name, shape in SHARED_TRUTHS.items()}
    values = {name: torch.rand(count, *map(int, shape), generator=random) for name, shape in shapes.items()}
    values["homography"] = torch.eye(3) + 0.1 * values["homography"]
    return {name: Truths(found, torch.ones(count, dtype=torch.bool)) for name, found in values.items()}


def gives_finite_values(trial: Trial) -> str | None:
    """For outputs that are wrong, white, black, or correct."""
    for name, values in _all_values(trial):
        if not values.isfinite().all():
            return f"{values[~values.isfinite()][0].item()} where {name}"
    return None


def is_never_negative(trial: Trial) -> str | None:
    """A loss without a lower bound would outweigh all others."""
    for name, values in _all_values(trial):
        if values.min() < -NOTHING:
            return f"{values.min().item():.3g} where {name}"
    return None


def takes_each_item_by_itself(trial: Trial) -> str | None:
    """In another order, and alone."""
    together = trial.values(Networks(faded, faded), trial.batch)
    order = torch.tensor([2, 0, 3, 1])
    turned = trial.values(Networks(faded, faded), trial.batch.select(order))
    alone = torch.cat([trial.values(Networks(faded, faded), trial.batch.select(row[None])) for row in torch.arange(4)])
    for found, expected, how in ((turned, together[order], "in another order"), (alone, together, "alone")):
        if not torch.allclose(found, expected, rtol=RELATIVE, atol=NOTHING):
            return f"{_short(expected)} together, but {_short(found)} {how}"
    return None


def teaches(trial: Trial) -> str | None:
    """At least one wrong output gets a gradient."""
    for translation in (faded, unchanged, _inverted):
        if any(gradient.any() for gradient in _gradients(trial, translation, trial.batch)):
            return None
    return "no tested output has a gradient other than zero"


def has_finite_gradients(trial: Trial) -> str | None:
    """Even where the error is zero, where the gradient of a root is infinite."""
    batch = replace(trial.batch, x=trial.batch.y)
    for name, translation in (("is faded", faded), ("equals x and y", unchanged)):
        if not all(gradient.isfinite().all() for gradient in _gradients(trial, translation, batch)):
            return f"the gradient is not finite where the output {name}"
    return None


def is_least_at_the_truth(trial: Trial) -> str | None:
    """If it compares with y, no output of a pair may have a lower loss than y itself."""
    batch = trial.batch
    rows = batch.paired & _compares(trial)
    if not rows.any():
        return None
    mend, spoil = exactly(batch, batch.y), exactly(batch, batch.x)
    truth = trial.values(Networks(mend, spoil), batch)[rows]
    for name, distort in (("the input", None), ("blurred", _blurred), ("grey", torch.zeros_like)):
        networks = Networks(_then(mend, distort), _then(spoil, distort)) if distort else Networks(unchanged, unchanged)
        other = trial.values(networks, batch)[rows]
        if (truth > other * (1 + RELATIVE) + NOTHING).any():
            return f"{_short(truth)} where the output is the truth, but {_short(other)} where it is {name}"
    return None


def leaves_out_what_has_no_partner(trial: Trial) -> str | None:
    """If it compares with y, a y that shows another product must not count."""
    wrong = ~trial.batch.paired & _compares(trial)
    return f"{int(wrong.sum())} items without a partner were compared with y" if wrong.any() else None


def takes_either_head(trial: Trial) -> str | None:
    """With the head ``regenerate`` there is neither mask nor flow."""
    trial.values(Networks(faded, faded, composite=False), trial.batch)
    return None


def has_no_effects(trial: Trial) -> str | None:
    """Except draws from torch's generator, which training seeds in each step."""
    with effects.watched(torch_draws=True) as found:
        trial.term(Networks(faded, faded).passes(trial.batch, trial.needs))
    return " and ".join(found) or None


def _all_values(trial: Trial) -> Iterator[tuple[str, Tensor]]:
    batch = trial.batch
    translations: dict[str, Translation] = {
        "the output is the input, faded": faded,
        "the output is the input": unchanged,
        "the output is white": torch.ones_like,
        "the output is black": lambda images: -torch.ones_like(images),
    }
    for name, translation in translations.items():
        yield name, trial.values(Networks(translation, translation), batch)
    yield "the output is the truth", trial.values(Networks(exactly(batch, batch.y), exactly(batch, batch.x)), batch)
    yield "input, output and truth are equal", trial.values(Networks(unchanged, unchanged), replace(batch, x=batch.y))


def _compares(trial: Trial) -> Tensor:
    """Which items are compared with y, ``[N]`` (bool)."""
    networks, batch = Networks(unchanged, unchanged), trial.batch
    values = trial.values(networks, batch)
    others = trial.values(networks, replace(batch, y=batch.y.roll(1, dims=0)))
    if networks.asked_critics:
        return torch.zeros_like(batch.paired)
    same, follows_y = (
        torch.isclose(others, expected, rtol=RELATIVE, atol=NOTHING) for expected in (values, values.roll(1))
    )
    return ~(same | follows_y)  # a value that equals that of another y comes only from y


def _gradients(trial: Trial, translation: Translation, batch: Batch) -> list[Tensor]:
    """The gradients of the loss with respect to outputs or weights of its role's networks, where it depends on them."""
    networks = Networks(translation, translation)
    values = trial.values(networks, batch)
    if not values.requires_grad:
        return []
    gradients = torch.autograd.grad(values.sum(), networks.learning(trial.role), allow_unused=True)
    return [gradient for gradient in gradients if gradient is not None]


def _kinds_of_items(tasks: Sequence[DefectType], applies: Applies) -> tuple[tuple[DefectType, bool], ...]:
    """Tasks and whether their items are pairs, one for each kind of supervision."""
    found: dict[tuple[str, bool], tuple[DefectType, bool]] = {}
    for task, paired in product(tasks, (True, False)):
        can_be = task.supervision == "semi_paired" or paired == (task.supervision == "paired")
        if can_be and PREDICATES[applies](task, paired, has_transforms(task)):
            found.setdefault((task.supervision, paired), (task, paired))
    return tuple(found.values())


def _marked(image: Image, row: int) -> Image:
    """The image with a bar over it, at a different height in each row."""
    marked, top = image.copy(), (row + 2) * SIZE // 8
    cv2.rectangle(marked, (SIZE // 8, top), (SIZE - SIZE // 8, top + SIZE // 16), (120, 120, 200), -1)
    return marked


def _then(translation: Translation, distort: Translation) -> Translation:
    return lambda images: distort(translation(images))


def _blurred(images: Tensor) -> Tensor:
    return F.avg_pool2d(images, BLUR, stride=1, padding=BLUR // 2, count_include_pad=False)


def _inverted(images: Tensor) -> Tensor:
    return -images


def _short(values: Tensor) -> str:
    return ", ".join(f"{value:.3g}" for value in values.tolist())


CHECKS: tuple[Check[Trial], ...] = (
    Check(
        "gives a finite value for each item",
        gives_finite_values,
        "return a float tensor [N], such as mendkit.contracts.passes.per_item(error); keep arguments of log, root and "
        "division away from zero",
    ),
    Check("is never negative", is_never_negative, "measure an error: add the bound, as in 1 - similarity"),
    Check(
        "takes each item by itself",
        takes_each_item_by_itself,
        "use no mean or other statistic over the batch: a batch mixes tasks",
    ),
    Check(
        "teaches the networks", teaches, "compute with torch on passes.fake_y.image or another pass, without detach()"
    ),
    Check(
        "has finite gradients",
        has_finite_gradients,
        "add a small number below a root or to a norm: its gradient at zero is infinite",
    ),
    Check(
        "is least where the output is the truth", is_least_at_the_truth, "compare the output with passes.y of its row"
    ),
    Check(
        "leaves out items without a partner",
        leaves_out_what_has_no_partner,
        "multiply by passes.batch.paired, or use LossSpec(applies='pairs'): in other items, y shows another product",
    ),
    Check(
        "takes outputs of either head",
        takes_either_head,
        "expect None as mask, mask_logits, flow and tone of a pass, and return zeros then",
    ),
    Check("has no side effects", has_no_effects, effects.REMEDY),
)
