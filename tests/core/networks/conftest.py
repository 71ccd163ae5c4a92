from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch

from mendkit.config import ModelConfig
from mendkit.contracts.guidance import LabelTable
from mendkit.networks.generator import Generator
from mendkit.networks.heads import CompositeHead, RegenerateHead
from mendkit.networks.resnet import ResNetGenerator
from mendkit.networks.transforms.chain import Part
from mendkit.networks.transforms.flow import Flow
from mendkit.networks.transforms.tone import Tone

HEADS = {"composite": CompositeHead, "regenerate": RegenerateHead}
MakeGenerator = Callable[..., Generator]


@pytest.fixture
def make_generator() -> MakeGenerator:
    """Makes a generator of width 4, whose weights are always the same."""

    def make(
        tasks: Sequence[str],
        head: str = "composite",
        *,
        geometric: Sequence[str] = (),
        tonal: Sequence[str] = (),
        **settings: bool,
    ) -> Generator:
        rows = LabelTable(tasks).rows
        parts = [
            Part(f"transform.{name}", frozenset(rows(own).tolist()), transform)
            for name, own, transform in (("flow", geometric, Flow()), ("tone", tonal, Tone()))
            if own and head == "composite"
        ]
        config = ModelConfig.model_validate({"head": head, "width": 4, **settings})
        with torch.random.fork_rng():
            torch.manual_seed(0)
            return ResNetGenerator(config, 2, tasks, HEADS[head](4), composes=head == "composite", transforms=parts)

    return make
