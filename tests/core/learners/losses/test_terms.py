from __future__ import annotations

import math
from dataclasses import replace

import pytest
import torch

from mendkit.contracts.batch import Batch, Truths
from mendkit.contracts.guidance import Guidance, LabelTable
from mendkit.contracts.mended import Mended
from mendkit.learners.translation.losses import term as loss
from mendkit.learners.translation.losses.adversarial import relativistic
from mendkit.learners.translation.passes import Players, TranslationPasses
from mendkit.networks.transforms.homography import homography


def guidance(count: int) -> Guidance:
    return LabelTable(["a.b"]).guidance(["a.b"] * count)


def flat(*values: float) -> torch.Tensor:
    """Images of one value each."""
    return torch.tensor(values).view(-1, 1, 1, 1).expand(-1, 3, 4, 4).clone()


def passes(x: torch.Tensor, y: torch.Tensor) -> TranslationPasses:
    """Players of which all outputs are known: mend adds 0.25, spoil takes 0.5 away, critics score the mean."""
    players = Players(
        mend=lambda images, tasks: Mended(images + 0.25, images),
        spoil=lambda images, tasks: Mended(images - 0.5, images),
        critic_x=lambda images: images.mean(dim=(1, 2, 3), keepdim=True)[:, :1],
        critic_y=lambda images: images.mean(dim=(1, 2, 3), keepdim=True)[:, :1],
    )
    return TranslationPasses(Batch(x, y, guidance(len(x)), torch.ones(len(x), dtype=torch.bool)), players)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("l1_y", [0.75, 0.25]),  # |x + 0.25 - y|
        ("l1_x", [0.5, 0.5]),  # |y - 0.5 - x|
        ("cycle_x", [0.25, 0.25]),  # |x + 0.25 - 0.5 - x|
        ("cycle_y", [0.25, 0.25]),
        ("identity_x", [0.5, 0.5]),  # |x - 0.5 - x|
        ("identity_y", [0.25, 0.25]),
        ("harm_y", [0.0, 0.25]),  # |x + 0.25 - y| is 0.75 where it was 1, and 0.25 where it was 0
        # x = (0, 0), y = (1, 0) and y_hat = x + 0.25: -log sigmoid(C(y_hat) - C(y))
        ("adversarial_y", [math.log1p(math.exp(0.75)), math.log1p(math.exp(-0.25))]),
        ("adversarial_x", [math.log1p(math.exp(-0.5)), math.log1p(math.exp(0.5))]),
        ("least_squares_y", [0.75**2, 0.75**2]),  # (C(y_hat) - 1)^2
        ("least_squares_x", [0.5**2, 1.5**2]),  # (C(y - 0.5) - 1)^2
    ],
)
def test_each_term_by_hand(term: str, expected: list[float]) -> None:
    values = loss(term)(passes(flat(0.0, 0.0), flat(1.0, 0.0)))
    assert values.tolist() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        # x = (0, 0), y = (1, 0) and y_hat = x + 0.25: -log sigmoid(C(y) - C(y_hat))
        ("relativistic_critic_y", [math.log1p(math.exp(-0.75)), math.log1p(math.exp(0.25))]),
        ("relativistic_critic_x", [math.log1p(math.exp(0.5)), math.log1p(math.exp(-0.5))]),
        ("least_squares_critic_y", [0.25**2 / 2, (1 + 0.25**2) / 2]),  # ((C(y) - 1)^2 + C(y_hat)^2) / 2
        ("least_squares_critic_x", [(1 + 0.5**2) / 2, (1 + 0.5**2) / 2]),  # ((C(x) - 1)^2 + C(y - 0.5)^2) / 2
    ],
)
def test_each_critic_by_hand(term: str, expected: list[float]) -> None:
    assert loss(term)(passes(flat(0.0, 0.0), flat(1.0, 0.0))).tolist() == pytest.approx(expected, rel=1e-5)


def test_a_conditional_critic_sees_the_input_beside_the_output() -> None:
    seen: list[torch.Tensor] = []

    def critic(images: torch.Tensor) -> torch.Tensor:
        seen.append(images)
        return images[:, 3:4] - images[:, :1]  # by how much the second image is lighter than the first

    players = replace(passes(flat(0.0), flat(1.0)).players, critic_y=critic)
    both = TranslationPasses(Batch(flat(0.0), flat(1.0), guidance(1), torch.ones(1, dtype=torch.bool)), players)
    assert loss("conditional_y")(both).tolist() == pytest.approx([math.log1p(math.exp(-0.25))], rel=1e-5)
    expected = (math.log1p(math.exp(-1)) + math.log1p(math.exp(0.25))) / 2
    assert loss("conditional_critic_y")(both).tolist() == pytest.approx([expected], rel=1e-5)
    assert [images.shape[1] for images in seen] == [6, 6]


def test_the_relativistic_loss_is_log_two_when_nothing_tells_the_images_apart() -> None:
    image = torch.rand(2, 3, 8, 8)
    values = relativistic(lambda images: images.mean(dim=1, keepdim=True), better=image, worse=image)
    assert values.tolist() == pytest.approx([math.log(2)] * 2)


def test_real_and_fake_go_through_one_critic_pass() -> None:
    calls: list[int] = []

    def critic(images: torch.Tensor) -> torch.Tensor:
        calls.append(len(images))
        return images.mean(dim=1, keepdim=True)

    relativistic(critic, better=torch.rand(2, 3, 8, 8), worse=torch.rand(2, 3, 8, 8))
    assert calls == [4]


def masked(
    logits: torch.Tensor | None, kept: torch.Tensor | None, x: torch.Tensor, y: torch.Tensor
) -> TranslationPasses:
    players = passes(x, y).players
    mended = Mended(x, x, None, logits, kept)
    return TranslationPasses(
        Batch(x, y, guidance(len(x)), torch.ones(len(x), dtype=torch.bool)),
        Players(lambda images, tasks: mended, players.spoil, players.critic_x, players.critic_y),
    )


def test_the_mask_is_told_where_the_pair_differs() -> None:
    x, y = flat(0.0, 0.0), flat(0.0, 1.0)  # only the second differs
    closed, opened = torch.full((2, 1, 4, 4), -3.0), torch.full((2, 1, 4, 4), 3.0)
    right, wrong = math.log1p(math.exp(-3)), math.log1p(math.exp(3))
    assert loss("mask_y")(masked(closed, None, x, y)).tolist() == pytest.approx([right, wrong], rel=1e-4)
    assert loss("mask_y")(masked(opened, None, x, y)).tolist() == pytest.approx([wrong, right], rel=1e-4)


def test_what_is_drawn_is_judged_where_the_pair_differs_whatever_its_mask_says() -> None:
    x, y, drawn = torch.zeros(1, 3, 4, 4), torch.zeros(1, 3, 4, 4), torch.full((1, 3, 4, 4), 0.5)
    y[..., :2] = 1.0
    for mask in (0.0, 1.0):
        found = passes(x, y)
        players = replace(
            found.players, mend=lambda images, _, m=mask: Mended(images, drawn, torch.full_like(x[:, :1], m))
        )  # type: ignore[misc]
        for term in ("drawn_y", "drawn_defect_y"):
            assert loss(term)(TranslationPasses(found.batch, players)).tolist() == [0.5]
    assert loss("drawn_y")(found).tolist() == [0.5]  # right where the pair is alike
    assert loss("drawn_defect_y")(found).tolist() == [1.0]
    assert loss("drawn_defect_y")(passes(x, x)).tolist() == [0.0]


def test_terms_of_the_composite_head_are_zero_without_it() -> None:
    x = torch.rand(2, 3, 4, 4)
    assert loss("mask_y")(masked(None, None, x, x)).tolist() == [0, 0]
    assert loss("transform_y")(masked(None, None, x, x)).tolist() == [0, 0]


def test_transforms_are_judged_without_what_is_drawn_over_them() -> None:
    x, y = flat(0.0), flat(0.25)
    assert loss("transform_y")(masked(None, None, x, y)).item() == pytest.approx(0.25)
    assert loss("transform_y")(masked(None, flat(0.2), x, y)).item() == pytest.approx(0.05)


def test_the_perceptual_term_compares_what_a_network_sees_of_output_and_truth() -> None:
    x, y = flat(0.0, 0.5), flat(0.25, -0.5)  # y_hat = x + 0.25: of the first nothing is left to mend
    plain = passes(x, y)

    def perceive(images: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return (images[:, :2], torch.cat([images[:, :1], torch.ones_like(images[:, :1])], dim=1))

    seeing = TranslationPasses(plain.batch, replace(plain.players, perceive=perceive))
    apart = 2 - 2 * (1 - 0.75 * 0.5) / math.hypot(0.75, 1) / math.hypot(0.5, 1)
    expected = (4 + apart) / 2  # opposite vectors, and (0.75, 1) beside (-0.5, 1)
    assert loss("perceptual_y")(seeing).tolist() == pytest.approx([0, expected], abs=1e-5)
    with pytest.raises(TypeError, match="pretrained network"):
        loss("perceptual_y")(plain)


def test_corners_are_judged_by_the_true_homography_of_the_items_that_have_one() -> None:
    x = torch.rand(3, 3, 4, 4)
    predicted = torch.full((3, 8), 0.2)
    true = homography(torch.stack([predicted[0], torch.zeros(8), torch.zeros(8)]))
    known = Truths(true, torch.tensor([True, True, False]))
    players = passes(x, x).players
    mended = Mended(x, x, transforms={"transform.homography": predicted})
    batch = Batch(x, x, guidance(3), torch.ones(3, dtype=torch.bool), {"homography": known})
    own = Players(lambda images, tasks: mended, players.spoil, players.critic_x, players.critic_y)
    assert loss("corners_y")(TranslationPasses(batch, own)).tolist() == pytest.approx([0, 0.2, 0], abs=1e-5)
    without = replace(batch, truths={})
    assert loss("corners_y")(TranslationPasses(without, own)).tolist() == [0, 0, 0]
