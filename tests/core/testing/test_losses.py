"""Each way to be a bad loss term is found, by the check that is for it; all kinds of good ones pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from mendkit.contracts.passes import per_item
from mendkit.learners.translation.losses import CORE_TERMS
from mendkit.learners.translation.passes import TranslationPasses
from mendkit.testing.losses import CHECKS, Trial
from mendkit_registry import DefectType

Problems = Callable[..., dict[str, str]]

PAIRED = DefectType(name="stain.ink", title="", supervision="paired")
SEMI = DefectType(name="stain.dust", title="", supervision="semi_paired")
UNPAIRED = DefectType(name="stain.rust", title="", supervision="unpaired")


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
    mean_of_the_batch: ("gives a finite value for each sample", "gave torch.float32 [] for 4 samples"),
    keeps_dimensions: ("gives a finite value for each sample", "gave torch.float32 [4, 1] for 4 samples"),
    counts_pixels: ("gives a finite value for each sample", "gave torch.int64 [4]"),
    is_a_number: ("gives a finite value for each sample", "gave a float for 4 samples"),
    divides_by_zero: ("gives a finite value for each sample", "nan where input, output and truth are equal"),
    is_minus_similarity: ("is never negative", " where the output is the input, faded"),
    compares_with_the_batch: ("takes each sample by itself", "together, but"),
    is_detached: ("teaches the networks", "no output that was tried has a gradient"),
    has_a_root: ("has finite gradients", "not finite where the output equals x and y"),
    wants_grey: ("is least where the output is the truth", "where it is the input"),
    l1: ("leaves out samples without a partner", "2 samples without a partner were compared with y"),
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
    assert list(problems(Trial(l1, (PAIRED, UNPAIRED)), CHECKS)) == ["leaves out samples without a partner"]


BY_THEMSELVES = [term for term in CORE_TERMS if not (term.projects or term.perceives)]  # no further network
FOR_PAIRS = [term for term in BY_THEMSELVES if term.applies.startswith("pairs")]
FOR_ALL = [term for term in BY_THEMSELVES if not term.applies.startswith("pairs")]


@pytest.mark.parametrize("term", FOR_PAIRS, ids=lambda term: term.name)
def test_mendkits_own_terms_for_pairs_pass(term: Any, problems: Problems) -> None:
    assert problems(Trial(term.loss, (PAIRED,)), CHECKS) == {}


@pytest.mark.parametrize("term", FOR_ALL, ids=lambda term: term.name)
def test_mendkits_own_terms_for_all_samples_pass(term: Any, problems: Problems) -> None:
    assert problems(Trial(term.loss, (SEMI,)), CHECKS) == {}
