from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch

from mendkit.config import ModelConfig
from mendkit.contracts.guidance import Guidance, LabelTable
from mendkit.contracts.mended import Mended
from mendkit.contracts.view import Layout
from mendkit.errors import FailingPluginError
from mendkit.networks.conditioning import key_of
from mendkit.networks.discriminator import Discriminator
from mendkit.networks.generator import Generator
from mendkit.networks.heads import CompositeHead
from mendkit.networks.resnet import ResNetGenerator, default_blocks
from mendkit.networks.transforms.chain import Part
from mendkit.networks.transforms.flow import Flow, FlowPredictor, warp

MakeGenerator = Callable[..., Generator]
FLOW = "transform.flow"
TASKS = ("a.moves", "a.stays", "b.other")


def guidance(*tasks: str) -> Guidance:
    return LabelTable(TASKS).guidance(tasks)


EACH = guidance(*TASKS)


@pytest.fixture
def generator(make_generator: MakeGenerator) -> MakeGenerator:
    return partial(make_generator, TASKS, geometric=["a.moves"])


def images(count: int, size: int = 32) -> torch.Tensor:
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(1)) * 2 - 1


@pytest.mark.parametrize("head", ["composite", "regenerate"])
@pytest.mark.parametrize("size", [32, 40])
def test_the_output_has_the_size_and_range_of_the_input(generator: MakeGenerator, head: str, size: int) -> None:
    mended = generator(head)(images(3, size), EACH)
    assert mended.image.shape == (3, 3, size, size)
    assert mended.image.abs().max() <= 1
    assert mended.group_attention is not None and mended.group_attention.shape == (3, 1, size // 4, size // 4)


def test_a_sample_does_not_depend_on_the_batch_that_it_is_in(generator: MakeGenerator) -> None:
    network, batch = generator(), images(3)
    together = network(batch, EACH).image
    for row, task in enumerate(TASKS):
        alone = network(batch[row : row + 1], guidance(task)).image
        torch.testing.assert_close(together[row : row + 1], alone, atol=1e-5, rtol=1e-4)


def test_training_and_evaluation_agree_on_all_but_how_decided_the_mask_is(generator: MakeGenerator) -> None:
    network, batch = generator(), images(2)
    learning, mending = network.train()(batch, guidance(*TASKS[:2])), network.eval()(batch, guidance(*TASKS[:2]))
    torch.testing.assert_close(learning.drawn, mending.drawn)
    torch.testing.assert_close(learning.mask_logits, mending.mask_logits)


def test_a_mask_hesitates_while_it_learns_and_decides_when_it_mends(generator: MakeGenerator) -> None:
    network = generator()
    assert isinstance(network.head, CompositeHead)
    torch.nn.init.zeros_(network.head.draw.weight)
    for sigmoid, learning, mending in ((0.25, 0.2, 0.0), (0.5, 0.5, 0.5), (0.75, 0.8, 1.0)):
        with torch.no_grad():
            network.head.draw.bias[3] = torch.logit(torch.tensor(sigmoid))  # type: ignore[index]
        for is_learning, expected in ((True, learning), (False, mending)):
            mask = network.train(is_learning)(images(1), guidance(*TASKS[:1])).mask
            torch.testing.assert_close(mask, torch.full_like(mask, expected))


def test_the_composite_image_is_the_equation_of_its_parts(generator: MakeGenerator) -> None:
    network, batch = generator(), images(3)
    _let_it_move(network)
    mended = network(batch, EACH)
    assert mended.mask is not None and mended.kept is not None
    torch.testing.assert_close(mended.kept, warp(batch, mended.transforms[FLOW]))
    expected = (1 - mended.mask) * mended.kept + mended.mask * mended.drawn
    torch.testing.assert_close(mended.image, expected, atol=2e-5, rtol=1e-4)


def test_only_geometric_tasks_have_a_flow(generator: MakeGenerator) -> None:
    network = generator()
    _let_it_move(network)
    flow = network(images(3), EACH).transforms[FLOW]
    assert flow[0].abs().max() > 0
    assert flow[1:].abs().max() == 0
    still = generator(geometric=())
    assert still(images(1), guidance("a.stays")).transforms == {}


def test_where_the_mask_is_closed_the_input_passes_bit_for_bit(generator: MakeGenerator) -> None:
    network, batch = generator(), images(2)
    with torch.no_grad():
        network.head.draw.bias[3] = -1e4
    assert torch.equal(network(batch, guidance("a.stays", "b.other")).image, batch)


def test_the_flow_is_zero_at_the_start(generator: MakeGenerator) -> None:
    assert generator()(images(1), guidance("a.moves")).transforms[FLOW].abs().max() < 1e-6


def test_labels_can_be_switched_off_and_then_do_not_matter(generator: MakeGenerator) -> None:
    network = generator("regenerate", group_label=False, type_label=False)
    batch = images(1)
    one, other = guidance("a.stays"), guidance("b.other")
    assert torch.equal(network(batch, one).image, network(batch, other).image)
    assert network(batch, one).type_attention is None
    steered = generator("regenerate")
    assert not torch.equal(steered(batch, one).image, steered(batch, other).image)


def test_blocks_follow_the_size() -> None:
    assert [default_blocks(size) for size in (64, 128, 256, 512)] == [6, 6, 9, 9]


def test_a_critic_judges_patches_of_70_pixels() -> None:
    critic = Discriminator(width=4)
    image = images(1, 256).requires_grad_()
    scores = critic(image)
    assert scores.shape == (1, 1, 30, 30)
    # With instance norm every pixel matters a little, so the receptive field is measured on the convolutions alone.
    convolutions = torch.nn.Sequential(*(m for m in critic.patches if isinstance(m, torch.nn.Conv2d)))
    (gradient,) = torch.autograd.grad(convolutions(image)[0, 0, 15, 15], image)
    rows = gradient.abs().sum(dim=(0, 1, 3)).nonzero().flatten()
    assert int(rows.max() - rows.min()) + 1 == 70


def _let_it_move(network: Generator) -> None:
    predictor = network.transforms.predictors[key_of(FLOW)]
    assert isinstance(predictor, FlowPredictor)
    torch.nn.init.normal_(predictor.homography.bias, 0, 0.2)  # type: ignore[arg-type]


class Failing:
    """A flow that fails in one of its parts."""

    def __init__(self, part: str, gives: object) -> None:
        self.part, self.gives, self.flow = part, gives, Flow()

    def predictor(self, layout: Layout) -> torch.nn.Module:
        predictor = self.flow.predictor(layout)
        if self.part == "predictor":
            predictor.forward = self._fail  # type: ignore[method-assign]
        return predictor

    def apply(self, image: torch.Tensor, parameters: torch.Tensor) -> torch.Tensor:
        moved: torch.Tensor = self._fail() if self.part == "apply" else self.flow.apply(image, parameters)
        return moved

    def _fail(self, *given: object) -> Any:
        if isinstance(self.gives, Exception):
            raise self.gives
        return self.gives


@pytest.mark.parametrize(
    ("part", "gives", "said"),
    [
        ("predictor", ValueError("oops"), r"predictor of the transform own\.move raised ValueError: oops"),
        ("predictor", torch.zeros(2, 3), r"predictor of the transform own\.move returned .* \[2, 3\] for images"),
        ("apply", ValueError("oops"), r"transform own\.move raised ValueError: oops"),
        ("apply", None, r"transform own\.move returned a NoneType for images .*; keep their shape"),
    ],
)
def test_a_transform_that_fails_is_named(part: str, gives: object, said: str) -> None:
    parts = [Part("own.move", frozenset({0}), Failing(part, gives))]  # type: ignore[arg-type]
    network = ResNetGenerator(ModelConfig(width=4), 2, TASKS, CompositeHead(4), composes=True, transforms=parts)
    with pytest.raises(FailingPluginError, match=said):
        network(images(3), EACH)


@pytest.mark.parametrize(
    ("gives", "said"),
    [
        (ValueError("oops"), "head Giving raised ValueError: oops"),
        (torch.zeros(3, 3, 32, 32), r"head Giving returned torch\.float32 \[3, 3, 32, 32\] for images"),
        (Mended(torch.zeros(3, 3, 16, 16), torch.zeros(3, 3, 16, 16)), r"returned torch\.float32 \[3, 3, 16, 16\]"),
        (Mended(torch.zeros(3, 3, 32, 32), torch.zeros(3, 3, 32, 32)), "no mask or no kept image"),
    ],
)
def test_a_head_that_fails_is_named(gives: object, said: str) -> None:
    class Giving(torch.nn.Module):
        def forward(self, trunk: object) -> object:
            if isinstance(gives, Exception):
                raise gives
            return gives

    network = ResNetGenerator(ModelConfig(width=4), 2, TASKS, Giving(), composes=True)
    with pytest.raises(FailingPluginError, match=said):
        network(images(3), EACH)
