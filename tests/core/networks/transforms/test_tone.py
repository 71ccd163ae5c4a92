"""Changes of colour: by hand, by place, by brightness, and how a tonal sample of a generator gets them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from mendkit.contracts.guidance import Guidance, LabelTable
from mendkit.contracts.view import FeatureInfo, View
from mendkit.networks.conditioning import key_of
from mendkit.networks.generator import Generator
from mendkit.networks.transforms.flow import FlowPredictor, warp
from mendkit.networks.transforms.tone import CHANGE, GRID, LEVELS, TonePredictor, tone

MakeGenerator = Callable[..., Generator]
FLOW, TONE = "transform.flow", "transform.tone"
TASKS = ("light.cast", "light.moved", "other.kind")


def guidance(*tasks: str) -> Guidance:
    return LabelTable(TASKS).guidance(tasks)


def grid(count: int = 1) -> torch.Tensor:
    return torch.zeros(count, CHANGE, LEVELS, GRID, GRID)


def images(count: int, size: int = 32) -> torch.Tensor:
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(1)) * 1.6 - 0.8


@pytest.fixture
def generator(make_generator: MakeGenerator) -> Generator:
    return make_generator(TASKS, geometric=["light.moved"], tonal=["light.cast", "light.moved"])


def test_no_change_keeps_every_bit() -> None:
    assert torch.equal(tone(images(2), grid(2)), images(2))


def test_an_affine_change_by_hand() -> None:
    changes = grid()
    changes[:, 1] = 0.5  # half of green is added to red
    changes[:, 11] = -0.1  # blue gets darker
    toned = tone(images(1), changes)
    red, green, blue = images(1).unbind(dim=1)
    expected = torch.stack([(red + 0.5 * green).clamp(-1, 1), green, (blue - 0.1).clamp(-1, 1)], dim=1)
    torch.testing.assert_close(toned, expected)


def test_levels_are_told_apart_by_the_darkest_channel() -> None:
    changes = grid()
    changes[:, 9, -1] = -0.5  # red, of what is all white
    white, yellow = torch.ones(1, 3, 8, 8), torch.ones(1, 3, 8, 8)
    yellow[:, 2] = -1
    assert tone(white, changes)[:, 0].unique().tolist() == pytest.approx([0.5])
    assert torch.equal(tone(yellow, changes), yellow)


def test_places_are_told_apart_and_mixed_between() -> None:
    changes = grid()
    changes[:, 9] = torch.linspace(-0.7, 0.7, GRID)  # red, from left to right
    red = tone(torch.zeros(1, 3, 64, 64), changes)[0, 0]
    assert torch.equal(red[0], red[-1])
    assert (red[0].diff() >= 0).all()
    assert red[0, 0].item() == pytest.approx(-0.7)
    assert red[0, [11, 12]].mean() == pytest.approx(-0.5)  # the centre of the second cell is between these
    assert red[0, [31, 32]].mean() == pytest.approx(0, abs=1e-6)


def test_a_part_of_an_image_is_toned_as_in_the_whole() -> None:
    changes = torch.rand(grid().shape, generator=torch.Generator().manual_seed(0)) - 0.5
    whole = tone(images(1, 40), changes)
    part = tone(images(1, 40)[:, :, 10:20, 8:40], changes, (-0.5, 0.0), (-0.6, 1.0))
    torch.testing.assert_close(part, whole[:, :, 10:20, 8:40])


def test_what_is_clipped_still_learns() -> None:
    changes = grid().requires_grad_()
    tone(torch.ones(1, 3, 8, 8), changes + 0.5).sum().backward()
    assert changes.grad is not None and changes.grad.any()


def test_the_predictor_starts_without_a_change_and_learns_one() -> None:
    torch.manual_seed(0)
    predictor, image = TonePredictor(FeatureInfo(channels=4, reduction=1)), images(4)
    target = (image * 0.8).clamp(-1, 1)
    view = View(image, (), {"decoded": torch.zeros(4, 4, 32, 32)})
    assert not predictor(view).any()
    adam = torch.optim.Adam(predictor.parameters(), lr=1e-2)
    before = (image - target).abs().mean().item()
    for _ in range(60):
        error = (tone(image, predictor(view)) - target).abs().mean()
        adam.zero_grad()
        error.backward()
        adam.step()
    assert error.item() < 0.3 * before


def test_a_model_without_tonal_tasks_has_no_tone(generator: Generator, make_generator: MakeGenerator) -> None:
    assert list(generator(images(1), guidance(*TASKS[2:])).transforms) == [FLOW, TONE]
    assert make_generator(TASKS)(images(1), guidance(*TASKS[:1])).transforms == {}
    drawing = make_generator(TASKS, "regenerate", tonal=TASKS[:1])
    assert drawing(images(1), guidance(*TASKS[:1])).transforms == {}


def test_tonal_items_alone_are_toned(generator: Generator) -> None:
    before = generator(images(3), guidance(*TASKS))
    brighten(generator)
    after = generator(images(3), guidance(*TASKS))
    assert not before.transforms[TONE].any()
    assert after.transforms[TONE][0].any() and not after.transforms[TONE][2].any()
    assert not torch.equal(after.image[0], before.image[0])
    assert torch.equal(after.image[2], before.image[2])


def test_what_is_moved_and_toned_is_moved_first(generator: Generator) -> None:
    brighten(generator)
    predictor = generator.transforms.predictors[key_of(FLOW)]
    assert isinstance(predictor, FlowPredictor)
    torch.nn.init.constant_(predictor.homography.bias, 0.1)  # type: ignore[arg-type]
    image = images(1)
    mended = generator(image, guidance("light.moved"))
    moved = warp(image, mended.transforms[FLOW])
    assert mended.kept is not None and not torch.equal(moved, image)
    torch.testing.assert_close(mended.kept, tone(moved, mended.transforms[TONE]))


def brighten(generator: Generator) -> None:
    predictor = generator.transforms.predictors[key_of(TONE)]
    assert isinstance(predictor, TonePredictor) and predictor.change.bias is not None
    with torch.no_grad():
        predictor.change.bias += 0.1
