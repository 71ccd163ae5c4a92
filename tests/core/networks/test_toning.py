"""Changes of colour: by hand, by place, by brightness, and how a tonal sample of a generator gets them."""

from __future__ import annotations

import pytest
import torch

from mendkit.config import ModelConfig
from mendkit.contracts.guidance import Guidance, LabelTable
from mendkit.contracts.mended import Mended
from mendkit.networks.generator import Generator
from mendkit.networks.heads import CompositeHead
from mendkit.networks.toning import CHANGE, GRID, LEVELS, ToneHead
from mendkit.networks.transforms import tone, transform, warp

TASKS = ("light.cast", "light.moved", "other.kind")


def guidance(*tasks: str) -> Guidance:
    return LabelTable(TASKS).guidance(tasks)


def grid(count: int = 1) -> torch.Tensor:
    return torch.zeros(count, CHANGE, LEVELS, GRID, GRID)


def images(count: int, size: int = 32) -> torch.Tensor:
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(1)) * 1.6 - 0.8


@pytest.fixture
def generator() -> Generator:
    torch.manual_seed(0)
    return Generator(ModelConfig(width=4), 2, TASKS, geometric=["light.moved"], tonal=["light.cast", "light.moved"])


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


def test_the_head_starts_without_a_change_and_learns_one() -> None:
    torch.manual_seed(0)
    head, image = ToneHead(4), images(4)
    target = (image * 0.8).clamp(-1, 1)
    decoded = torch.zeros(4, 4, 32, 32)
    assert not head(decoded, image).any()
    adam = torch.optim.Adam(head.parameters(), lr=1e-2)
    before = (image - target).abs().mean().item()
    for _ in range(60):
        error = (tone(image, head(decoded, image)) - target).abs().mean()
        adam.zero_grad()
        error.backward()
        adam.step()
    assert error.item() < 0.3 * before


def test_only_a_model_with_tonal_tasks_has_the_head(generator: Generator) -> None:
    assert isinstance(generator.head, CompositeHead) and generator.head.tone is not None
    others = Generator(ModelConfig(width=4), 2, TASKS)
    assert isinstance(others.head, CompositeHead) and others.head.tone is None
    drawing = Generator(ModelConfig(width=4, head="regenerate"), 2, TASKS, tonal=TASKS[:1])
    assert drawing(images(1), guidance(*TASKS[:1])).tone is None


def test_tonal_samples_alone_are_toned(generator: Generator) -> None:
    before = generator(images(3), guidance(*TASKS))
    with torch.no_grad():
        generator.head.tone.change.bias += 0.1  # type: ignore[union-attr, operator, index]
    after = generator(images(3), guidance(*TASKS))
    assert before.tone is not None and not before.tone.any()
    assert after.tone is not None and after.tone[0].any() and not after.tone[2].any()
    assert not torch.equal(after.image[0], before.image[0])
    assert torch.equal(after.image[2], before.image[2])
    assert not generator(images(1), guidance(*TASKS[2:])).tone.any()  # type: ignore[union-attr]


def test_what_is_moved_and_toned_is_moved_first() -> None:
    image, flow, changes = images(1), torch.full((1, 2, 32, 32), 0.1), grid()
    changes[:, 9] = torch.linspace(-0.3, 0.3, GRID)
    mended = Mended(image, image, flow=flow, tone=changes)
    assert torch.equal(transform(image, mended), tone(warp(image, flow), changes))
    assert torch.equal(transform(image, Mended(image, image)), image)
