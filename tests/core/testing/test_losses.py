"""Each way to be a bad loss term is found, by the check that is for it; all kinds of good ones pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from mendkit.contracts.passes import per_item
from mendkit.learners.translation.losses import term
from mendkit.learners.translation.passes import TranslationPasses
from mendkit.plugin import mendkit_losses
from mendkit.testing.losses import CHECKS, Trial
from mendkit_registry import DefectType, LossSpec
from mendkit_registry.specs import Applies

Problems = Callable[..., dict[str, str]]

PAIRED = DefectType(name="stain.ink", title="", supervision="paired")
SEMI = DefectType(name="stain.dust", title="", supervision="semi_paired")
UNPAIRED = DefectType(name="stain.rust", title="", supervision="unpaired")


def core_term(of: str) -> Any:
    return term(of)


def l1(passes: TranslationPasses) -> Tensor:
    return per_item((passes.fake_y.image - passes.y).abs())


def l1_of_pairs(passes: TranslationPasses) -> Tensor:
    return l1(passes) * passes.batch.paired


def total_variation(passes: TranslationPasses) -> Tensor:
    return per_item(passes.fake_y.image.diff(dim=3).abs())


def drops_columns(passes: TranslationPasses) -> Tensor:
    """The error of random columns: training seeds torch's generator in each step."""
    error = (passes.fake_y.image - passes.y).abs() * (torch.rand(passes.x.shape[-1]) > 0.5)
    return per_item(error) * passes.batch.paired


def structural(passes: TranslationPasses) -> Tensor:
    """``1 - cos(y_hat - mean, y - mean)`` of pairs: blind to brightness and contrast, and still least at y."""
    output, truth = (
        image.flatten(1) - image.flatten(1).mean(1, keepdim=True) for image in (passes.fake_y.image, passes.y)
    )
    return (1 - F.cosine_similarity(output, truth)).clamp(min=0) * passes.batch.paired


def mean_of_the_batch(passes: TranslationPasses) -> Tensor:
    return l1(passes).mean()


def keeps_dimensions(passes: TranslationPasses) -> Tensor:
    return l1(passes)[:, None]


def counts_pixels(passes: TranslationPasses) -> Tensor:
    return (passes.fake_y.image != passes.y).flatten(1).sum(dim=1)


def is_a_number(passes: TranslationPasses) -> Any:
    return 3.0


def divides_by_zero(passes: TranslationPasses) -> Tensor:
    return l1_of_pairs(passes) / per_item((passes.x - passes.y).abs())


def is_minus_similarity(passes: TranslationPasses) -> Tensor:
    return -F.cosine_similarity(passes.fake_y.image.flatten(1), passes.x.flatten(1))


def compares_with_the_batch(passes: TranslationPasses) -> Tensor:
    image = passes.fake_y.image
    return per_item((image - image.mean(dim=0, keepdim=True)).abs())


def is_detached(passes: TranslationPasses) -> Tensor:
    return l1_of_pairs(passes).detach()


def has_a_root(passes: TranslationPasses) -> Tensor:
    return per_item((passes.fake_y.image - passes.y).square()).sqrt() * passes.batch.paired


def wants_grey(passes: TranslationPasses) -> Tensor:
    return (per_item(passes.fake_y.image.square()) + 0.01 * l1(passes)) * passes.batch.paired


def needs_a_mask(passes: TranslationPasses) -> Tensor:
    return per_item(passes.fake_y.mask)  # type: ignore[arg-type]


def seeds_torch(passes: TranslationPasses) -> Tensor:
    torch.manual_seed(0)
    return l1_of_pairs(passes)


BAD = {
    mean_of_the_batch: ("gives a finite value for each item", "gave torch.float32 [] for 4 items"),
    keeps_dimensions: ("gives a finite value for each item", "gave torch.float32 [4, 1] for 4 items"),
    counts_pixels: ("gives a finite value for each item", "gave torch.int64 [4]"),
    is_a_number: ("gives a finite value for each item", "gave a float for 4 items"),
    divides_by_zero: ("gives a finite value for each item", "nan where input, output and truth are equal"),
    is_minus_similarity: ("is never negative", " where the output is the input, faded"),
    compares_with_the_batch: ("takes each item by itself", "together, but"),
    is_detached: ("teaches the networks", "no output that was tried has a gradient"),
    has_a_root: ("has finite gradients", "not finite where the output equals x and y"),
    wants_grey: ("is least where the output is the truth", "where it is the input"),
    l1: ("leaves out items without a partner", "2 items without a partner were compared with y"),
    needs_a_mask: ("takes outputs of either head", "raised"),
    seeds_torch: ("has no side effects", "changed the global state of torch"),
}


@pytest.mark.parametrize("term", BAD, ids=lambda term: term.__name__)
def test_a_bad_term_fails_the_check_that_is_for_it_and_no_other(term: Any, problems: Problems) -> None:
    check, problem = BAD[term]
    found = problems(Trial(term, (SEMI,)), CHECKS)
    assert list(found) == [check]
    assert problem in found[check]


@pytest.mark.parametrize(
    "term", [l1_of_pairs, total_variation, structural, drops_columns], ids=lambda term: term.__name__
)
@pytest.mark.parametrize("tasks", [(SEMI,), (PAIRED,), (PAIRED, SEMI, UNPAIRED)])
def test_a_good_term_passes(term: Any, tasks: tuple[DefectType, ...], problems: Problems) -> None:
    assert problems(Trial(term, tasks), CHECKS) == {}


def test_a_term_whose_tasks_have_pairs_alone_need_not_ask(problems: Problems) -> None:
    assert problems(Trial(l1, (PAIRED,)), CHECKS) == {}
    assert list(problems(Trial(l1, (PAIRED, UNPAIRED)), CHECKS)) == ["leaves out items without a partner"]


@pytest.mark.parametrize("spec", list(mendkit_losses()), ids=lambda spec: spec.name)
def test_mendkits_own_terms_pass_on_the_items_that_they_apply_to(spec: LossSpec, problems: Problems) -> None:
    own = core_term(**spec.options)
    trial = Trial(own, (SEMI, UNPAIRED), needs=spec.needs, role=spec.role, applies=spec.applies)
    assert problems(trial, CHECKS) == {}


@pytest.mark.parametrize(
    ("applies", "kinds"),
    [
        ("all", [("stain.ink", True), ("stain.dust", True), ("stain.dust", False), ("stain.rust", False)]),
        ("pairs", [("stain.ink", True), ("stain.dust", True)]),
        ("unpaired samples", [("stain.dust", False), ("stain.rust", False)]),
        ("pairs to transform", [("any.moved", True)]),
    ],
)
def test_a_term_is_tried_on_each_kind_of_item_that_it_applies_to(applies: Applies, kinds: list[Any]) -> None:
    trial = Trial(l1, (PAIRED, SEMI, UNPAIRED), applies=applies)
    assert [(task.name, paired) for task, paired in trial.items] == kinds
    paired = [paired for _, paired in kinds]
    assert trial.batch.paired.tolist() == (4 * paired)[:4]


def test_a_term_for_pairs_need_not_leave_out_others(problems: Problems) -> None:
    assert problems(Trial(l1, (SEMI,), applies="pairs"), CHECKS) == {}


def test_a_term_that_asks_for_more_than_it_needs_is_found(problems: Problems) -> None:
    (problem,) = problems(Trial(core_term("cycle_x"), (SEMI,)), CHECKS).values()
    assert "the pass 'cycled_x' was not asked for; add it to `needs`" in problem


def test_a_term_must_teach_the_networks_of_its_own_role(problems: Problems) -> None:
    of_generators = Trial(core_term("l1_y"), (PAIRED,), role="critics")
    assert list(problems(of_generators, CHECKS)) == ["teaches the networks"]
    of_critics = core_term("relativistic_critic_y")
    assert list(problems(Trial(of_critics, (PAIRED,)), CHECKS)) == ["teaches the networks"]
