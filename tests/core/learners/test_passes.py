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
    part = passes.select((1, 3))
    assert torch.equal(part.fake_y.image, whole[[1, 3]])
    assert calls == {"mend": 4}


def test_a_pass_is_computed_for_the_rows_that_need_it_alone(make_batch: Callable[..., Batch]) -> None:
    calls: Counter[str] = Counter()
    passes = TranslationPasses(make_batch(("a.b",) * 4), counting(calls), asked=[((0,), ["cycled_x"])])
    _ = passes.select((0,)).cycled_x
    assert calls == {"mend": 1, "spoil": 1}


def test_equal_rows_give_the_same_part(make_batch: Callable[..., Batch]) -> None:
    passes = TranslationPasses(make_batch(("a.b",) * 4), counting(Counter()))
    assert passes.select((0, 2)) is passes.select((0, 2))
    assert passes.select((0, 1, 2, 3)) is passes
