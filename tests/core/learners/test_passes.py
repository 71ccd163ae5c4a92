from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import torch

from mendkit.contracts.batch import Batch
from mendkit.contracts.guidance import Guidance
from mendkit.contracts.mended import Mended
from mendkit.learners.translation.passes import Players, TranslationPasses


def counting(calls: Counter[str]) -> Players:
    """Players that count the images that go through them."""

    def translate(name: str) -> Callable[..., Mended]:
        def call(images: torch.Tensor, guidance: Guidance) -> Mended:
            assert len(images) == len(guidance)
            calls[name] += len(images)
            return Mended(images * 0.5, images)

        return call

    return Players(translate("mend"), translate("spoil"), torch.nn.Identity(), torch.nn.Identity())


def test_a_pass_is_computed_once_however_many_terms_ask(make_batch: Callable[..., Batch]) -> None:
    calls: Counter[str] = Counter()
    passes = TranslationPasses(make_batch(("a.b",) * 3), counting(calls))
    assert passes.fake_y is passes.fake_y
    assert calls == {"mend": 3}


def test_a_part_shares_what_the_whole_has_computed(make_batch: Callable[..., Batch]) -> None:
    calls: Counter[str] = Counter()
    passes = TranslationPasses(make_batch(("a.b",) * 4), counting(calls))
    whole = passes.fake_y.image
    part = passes.select(torch.tensor([False, True, False, True]))
    assert torch.equal(part.fake_y.image, whole[[1, 3]])
    assert calls == {"mend": 4}


def test_a_part_computes_only_its_own_samples(make_batch: Callable[..., Batch]) -> None:
    calls: Counter[str] = Counter()
    passes = TranslationPasses(make_batch(("a.b",) * 4), counting(calls))
    part = passes.select(torch.tensor([True, False, False, False]))
    _ = part.cycled_x
    assert calls == {"mend": 1, "spoil": 1}


def test_equal_masks_give_the_same_part(make_batch: Callable[..., Batch]) -> None:
    passes = TranslationPasses(make_batch(("a.b",) * 4), counting(Counter()))
    mask = torch.tensor([True, False, True, False])
    assert passes.select(mask) is passes.select(mask.clone())
    assert passes.select(torch.ones(4, dtype=torch.bool)) is passes
