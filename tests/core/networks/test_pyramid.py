"""The generator on a pretrained encoder, with a network of timm that is small enough for tests."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from mendkit.config import ModelConfig
from mendkit.contracts.guidance import Guidance, LabelTable
from mendkit.errors import ConfigError
from mendkit.networks.encoders import FRESH, TimmEncoder
from mendkit.networks.heads import CompositeHead
from mendkit.networks.pretrained import FeatureWeights
from mendkit.networks.pyramid import PyramidGenerator
from mendkit.networks.transforms.chain import Part
from mendkit.networks.transforms.flow import Flow
from mendkit.networks.transforms.tone import Tone

TASKS = ("a.moves", "a.stays", "b.toned")


def guidance(*tasks: str) -> Guidance:
    return LabelTable(TASKS).guidance(tasks)


def generator(network: str = "test_efficientnet", *, gates: bool = False) -> PyramidGenerator:
    weights = FeatureWeights(network=network, digest=FRESH, padding="symmetric")
    parts = [Part("transform.flow", frozenset({0}), Flow()), Part("transform.tone", frozenset({2}), Tone())]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return PyramidGenerator(
            ModelConfig(width=4, encoder=network, gates=gates),
            TimmEncoder(weights),
            TASKS,
            CompositeHead(4),
            composes=True,
            transforms=parts,
        )


def images(count: int, height: int = 64, width: int = 64) -> torch.Tensor:
    return torch.rand(count, 3, height, width, generator=torch.Generator().manual_seed(1)) * 2 - 1


@pytest.mark.parametrize("network", ["test_efficientnet", "test_resnet", "test_convnext"])
@pytest.mark.parametrize(("height", "width"), [(64, 64), (68, 100)])
def test_the_output_has_the_size_of_the_input_whatever_the_encoder(network: str, height: int, width: int) -> None:
    mended = generator(network)(images(3, height, width), guidance(*TASKS))
    assert mended.image.shape == (3, 3, height, width)
    assert mended.image.isfinite().all()


def test_the_layout_is_that_of_the_features() -> None:
    network = generator().eval()
    seen = {}

    class Looking(nn.Module):
        def forward(self, features: torch.Tensor, site: str, view: object) -> torch.Tensor:
            seen[site] = features.shape[1:]
            return features

    from mendkit.networks.conditioning import ConditionerPart, Conditioners

    sites = tuple(network.layout.sites)
    network.conditioners = Conditioners([ConditionerPart("a.look", frozenset(sites), frozenset({1}), Looking())])
    network(images(1), guidance("a.stays"))
    assert seen == {
        site: (info.channels, 64 // info.reduction, 64 // info.reduction) for site, info in network.layout.sites.items()
    }
    assert [features.shape[1] for features in network.encode(images(1))] == [
        each.channels for each in network.layout.encoder
    ]


@pytest.mark.parametrize("learning", [True, False])
def test_an_item_does_not_depend_on_the_batch_that_it_is_in(learning: bool) -> None:
    network, batch = generator().train(learning), images(3)
    together = network(batch, guidance(*TASKS)).image
    for row, task in enumerate(TASKS):
        alone = network(batch[row : row + 1], guidance(task)).image
        torch.testing.assert_close(together[row : row + 1], alone, atol=1e-4, rtol=1e-3)


def test_the_statistics_of_the_encoder_stay_while_it_learns() -> None:
    network = generator()
    norms = [module for module in network.encoder.modules() if isinstance(module, nn.BatchNorm2d)]
    before = [norm.running_mean.clone() for norm in norms if norm.running_mean is not None]
    network(images(2), guidance(*TASKS[:2])).image.sum().backward()
    assert before and all(torch.equal(norm.running_mean, was) for norm, was in zip(norms, before, strict=True))  # type: ignore[arg-type]
    assert any(weight.grad is not None and weight.grad.any() for weight in network.encoder.parameters())


def test_gates_tell_the_type_at_each_level() -> None:
    gated, plain = generator(gates=True), generator()
    assert [name for name in gated.attentions() if name.startswith("gates.")] == ["gates.4", "gates.2", "gates.1"]
    assert not any(name.startswith("gates.") for name in plain.attentions())
    gated.type_attention = None
    batch = images(1)
    one, other = (gated(batch, guidance(task)).drawn for task in TASKS[:2])
    assert not torch.equal(one, other)


def test_an_encoder_without_features_at_the_coarsest_scale_is_refused() -> None:
    weights = FeatureWeights(network="test_efficientnet", digest=FRESH, padding="symmetric")
    encoder = TimmEncoder(weights)
    encoder.info = encoder.info[:-1]
    with pytest.raises(ConfigError, match=r"model\.encoder: .* has features at the reductions 2, 4, 8, 16; choose"):
        PyramidGenerator(ModelConfig(width=4), encoder, TASKS, CompositeHead(4), composes=True)
