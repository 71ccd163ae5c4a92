import torch

from mendkit_price_stickers.region import differs, step_error


def test_images_differ_where_one_channel_does() -> None:
    image = torch.zeros(1, 3, 2, 2)
    other = image.clone()
    other[0, 1, 0, 1] = 0.5
    assert differs(image, other, by=0.4).tolist() == [[[[False, True], [False, False]]]]
    assert not differs(image, other, by=0.5).any()


def test_the_error_of_a_flat_patch_is_steep_at_its_rim_alone() -> None:
    error, inside = torch.zeros(1, 3, 4, 5), torch.zeros(1, 1, 4, 5, dtype=torch.bool)
    error[..., 1:3, 1:4] = 0.6
    inside[..., 1:3, 1:4] = True
    # Downwards 3 columns of 3 steps, of which 2 are 0.6 high; across 2 rows of 4 steps, of which 2 are.
    assert torch.allclose(step_error(error, inside), torch.tensor([0.6 * 2 / 3 + 0.6 * 2 / 4]))


def test_an_error_that_is_the_same_everywhere_has_no_steps() -> None:
    assert step_error(torch.ones(2, 3, 4, 4), torch.ones(2, 1, 4, 4, dtype=torch.bool)).tolist() == [0, 0]


def test_what_is_far_from_the_region_does_not_count() -> None:
    error, inside = torch.zeros(1, 3, 6, 6), torch.zeros(1, 1, 6, 6, dtype=torch.bool)
    error[..., 5, :] = 1
    inside[..., :3, :] = True
    assert step_error(error, inside).item() == 0


def test_without_a_region_there_is_no_error() -> None:
    assert step_error(torch.rand(1, 3, 4, 4), torch.zeros(1, 1, 4, 4, dtype=torch.bool)).item() == 0
