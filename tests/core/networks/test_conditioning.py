from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from mendkit.contracts.guidance import Guidance, LabelTable
from mendkit.contracts.view import View
from mendkit.errors import FailingPluginError, MendkitError
from mendkit.networks.conditioning import ConditionerPart, Conditioners, GatedAttention, HierarchicalAttention
from mendkit.networks.generator import Generator
from mendkit_registry.specs import Site

MakeGenerator = Callable[..., Generator]
TASKS = ("a.b", "c.d")


def test_attention_equals_the_equations_computed_by_hand() -> None:
    attention = HierarchicalAttention(labels=2, channels=2)
    with torch.no_grad():
        attention.label.weight.copy_(torch.tensor([[9.0, 9.0], [1.0, -2.0]]))
        attention.mix.weight.copy_(torch.tensor([[0.5, 0.0], [1.0, 1.0]])[:, :, None, None])
        attention.mix.bias.copy_(torch.tensor([0.1, 0.0]))
    features = torch.tensor([3.0, 4.0]).view(1, 2, 1, 1)

    attended, attention_map = attention(features, torch.tensor([1]))

    first, second = 3 * math.tanh(1.0), 4 * math.tanh(-2.0)  # I * H
    expected = math.tanh(0.5 * first + 0.1) + math.tanh(first + second)  # M' sums M over channels
    assert attention_map.item() == pytest.approx(expected, rel=1e-5)
    assert attended.flatten().tolist() == pytest.approx([3 * expected, 4 * expected], rel=1e-5)


def test_gated_attention_equals_its_equation_computed_by_hand() -> None:
    attention = GatedAttention(labels=1, channels=2)
    with torch.no_grad():
        attention.label.weight.copy_(torch.tensor([[1.0, -2.0]]))
        attention.mix.weight.copy_(torch.eye(2)[:, :, None, None])
        attention.mix.bias.zero_()
    attended, attention_map = attention(torch.tensor([3.0, 4.0]).view(1, 2, 1, 1), torch.tensor([0]))

    gates = [math.tanh(1.0), math.tanh(-2.0)]
    summed = math.tanh(3 * gates[0]) + math.tanh(4 * gates[1])
    expected = [value * (1 + gate) * (1 + summed / math.sqrt(2)) for value, gate in zip((3, 4), gates, strict=True)]
    assert attention_map.item() == pytest.approx(summed, rel=1e-5)
    assert attended.flatten().tolist() == pytest.approx(expected, rel=1e-5)


def test_each_sample_attends_by_its_own_label() -> None:
    attention = HierarchicalAttention(labels=3, channels=4)
    features = torch.randn(2, 4, 5, 5, generator=torch.Generator().manual_seed(0))
    together, _ = attention(features, torch.tensor([0, 2]))
    alone, _ = attention(features[1:], torch.tensor([2]))
    torch.testing.assert_close(together[1:], alone)
    assert not torch.allclose(attention(features[:1], torch.tensor([1]))[0], together[:1])


def test_a_label_table_knows_its_rows_and_no_others() -> None:
    table = LabelTable(["b", "a"])
    assert table.rows(["a", "b", "a"]).tolist() == [1, 0, 1]
    with pytest.raises(MendkitError, match=r"not trained for 'c'; it knows b, a"):
        table.rows(["c"])


def steering(name: str, module: nn.Module, sites: tuple[Site, ...] = ("middle",)) -> Conditioners:
    """A conditioner for the first task."""
    return Conditioners([ConditionerPart(name, frozenset(sites), frozenset({0}), module)])


def at_site(conditioners: Conditioners, features: Tensor, guidance: Guidance) -> Tensor:
    view = View(torch.zeros(len(features), 3, 16, 16), (), extras=guidance.extras)
    steered: Tensor = conditioners(features, "middle", view, guidance)
    return steered


class Doubling(nn.Module):
    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        return features * 2


def test_a_conditioner_touches_the_samples_of_its_own_tasks_only() -> None:
    site = steering("colour.double", Doubling())
    features = torch.randn(3, 2, 4, 4)
    steered = at_site(site, features, LabelTable(TASKS).guidance(["a.b", "c.d", "a.b"]))
    assert torch.equal(steered[1], features[1])
    assert torch.equal(steered[[0, 2]], features[[0, 2]] * 2)


class Pasting(nn.Module):
    """Adds the sum of the exemplars that are present."""

    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        images, present = view.extras["colour.spots"]
        assert len(features) == len(images) == len(present)
        return features + (images.mean(dim=(2, 3, 4)) * present).sum(dim=1)[:, None, None, None]


def test_samples_of_other_tasks_pass_bit_for_bit_with_extras_in_the_batch() -> None:
    site = steering("colour.paste", Pasting())
    stacks = [{"colour.spots": np.full((number, 2, 2, 1), 255, np.uint8)} for number in (2, 3, 0)]
    guidance = LabelTable(TASKS).guidance(["a.b", "c.d", "a.b"], stacks)
    features = torch.randn(3, 2, 4, 4)
    steered = at_site(site, features, guidance)
    assert torch.equal(steered[1:], features[1:]), "another task's sample, and one that has no exemplar"
    torch.testing.assert_close(steered[0], features[0] + 2)


@pytest.mark.parametrize("sites", [("encoded",), ("middle",), ("decoded",), ("encoded", "decoded")])
def test_a_generator_gives_its_conditioner_the_extras_at_each_of_its_sites_and_others_pass(
    make_generator: MakeGenerator, sites: tuple[Site, ...]
) -> None:
    network = make_generator(TASKS).eval()
    images, plain = torch.rand(2, 3, 32, 32) * 2 - 1, LabelTable(TASKS).guidance(["a.b", "c.d"])
    before = network(images, plain).image
    fading = Fading()
    network.conditioners = steering("colour.fade", fading, sites)
    stacks = [{"colour.spots": np.zeros((1, 2, 2, 1), np.uint8)}] * 2
    after = network(images, LabelTable(TASKS).guidance(["a.b", "c.d"], stacks)).image
    assert tuple(fading.seen) == sites
    assert torch.equal(after[1], before[1])
    assert not torch.equal(after[0], before[0])


def test_a_conditioner_sees_the_image_the_encoder_and_the_sites_before_it(make_generator: MakeGenerator) -> None:
    network, fading = make_generator(TASKS).eval(), Fading()
    network.conditioners = steering("colour.fade", fading, ("encoded", "middle", "decoded"))
    images = torch.rand(3, 3, 32, 32) * 2 - 1
    stacks = [{"colour.spots": np.zeros((1, 2, 2, 1), np.uint8)}] * 3
    network(images, LabelTable(TASKS).guidance(["a.b", "c.d", "a.b"], stacks))
    for number, (site, view) in enumerate(fading.seen.items()):
        assert torch.equal(view.image, images[[0, 2]]), "its own items alone"
        shapes = [(info.channels, 32 // info.reduction) for info in network.layout.encoder]
        assert [(each.shape[1], each.shape[2]) for each in view.encoder] == shapes
        assert list(view.sites) == ["encoded", "middle", "decoded"][:number], site
    assert fading.seen["middle"].bottleneck is None and fading.seen["decoded"].bottleneck is not None


class Fading(nn.Module):
    """Makes features weaker from left to right, as often as there are exemplars; no norm undoes that."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[Site, View] = {}

    def forward(self, features: Tensor, site: Site, view: View) -> Tensor:
        self.seen[site] = view
        number = view.extras["colour.spots"].present.sum(dim=1)
        return features * torch.linspace(1, 0, features.shape[-1]) ** number[:, None, None, None]


class Giving(nn.Module):
    """Gives what it was made with, or raises it."""

    def __init__(self, gives: object) -> None:
        super().__init__()
        self.gives = gives

    def forward(self, features: Tensor, site: Site, view: View) -> object:
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives


def test_features_of_another_float_type_are_taken_in_that_of_the_others() -> None:
    site = steering("colour.halve", Giving(torch.ones(1, 2, 4, 4, dtype=torch.bfloat16)))
    steered = at_site(site, torch.zeros(2, 2, 4, 4), LabelTable(TASKS).guidance(["a.b", "c.d"]))
    assert steered.dtype == torch.float32 and steered[0].eq(1).all() and steered[1].eq(0).all()


@pytest.mark.parametrize(
    ("gives", "said"),
    [
        (torch.zeros(1, 2, 3, 3), r"returned torch\.float32 \[1, 2, 3, 3\] for features torch\.float32 \[1, 2, 4, 4\]"),
        (torch.zeros(1, 2, 4, 4, dtype=torch.int64), r"torch\.int64"),
        (None, "returned a NoneType"),
        (ValueError("too dark"), "raised ValueError: too dark"),
    ],
)
def test_a_conditioner_that_breaks_the_contract_is_named(gives: object, said: str) -> None:
    site = steering("colour.paste_in", Giving(gives))
    with pytest.raises(FailingPluginError, match=rf"conditioner colour\.paste_in .*{said}"):
        at_site(site, torch.randn(2, 2, 4, 4), LabelTable(TASKS).guidance(["a.b", "c.d"]))
