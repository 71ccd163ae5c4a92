from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from mendkit.contracts import Image
from mendkit.contracts.layer import Layer
from mendkit.contracts.mended import Mended
from mendkit.correction import fullsize
from mendkit.correction.corrector import Corrector
from mendkit.correction.fullsize import FullSizeModel, mend_full_size
from mendkit.data.images import fit_square
from mendkit.data.tensors import to_images, to_tensor
from mendkit.errors import FailingPluginError, MendkitError
from mendkit.networks.transforms import flow as flow_module
from mendkit.networks.transforms.flow import Flow
from mendkit.networks.transforms.tone import Tone

Maker = Callable[..., Mended]
Noise = Callable[[int, int], Image]

SIZES = [(64, 64), (37, 101), (101, 37), (20, 12), (32, 32), (1, 50)]
ZEROS = np.zeros((32, 32), np.float32)


TRANSFORMS = {"transform.flow": Flow(), "transform.tone": Tone()}


def at_full_size(photo: Image, mended: Mended) -> Image:
    kept = to_tensor([fit_square(photo, 32)])
    for name, parameters in mended.transforms.items():
        kept = TRANSFORMS[name].apply(kept, parameters)
    return mend_full_size(photo, mended._replace(kept=kept), TRANSFORMS)


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_what_the_mask_leaves_out_passes_byte_for_byte(height: int, width: int, mended: Maker, noise: Noise) -> None:
    photo = noise(height, width)
    np.testing.assert_array_equal(at_full_size(photo, mended(ZEROS)), photo)
    still = torch.zeros(1, 2, 32, 32)
    np.testing.assert_array_equal(at_full_size(photo, mended(ZEROS, flow=still)), photo)


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_under_a_full_mask_only_the_drawn_image_is_seen(height: int, width: int, mended: Maker, noise: Noise) -> None:
    output = at_full_size(noise(height, width), mended(ZEROS + 1, drawn=0.2))
    np.testing.assert_array_equal(output, np.full((height, width, 3), 153))


def test_a_half_mask_is_half_the_photo_and_half_the_drawn_image(mended: Maker, noise: Noise) -> None:
    photo = noise(70, 90)
    output = at_full_size(photo, mended(ZEROS + 0.5, drawn=1.0))
    np.testing.assert_allclose(output, (photo.astype(float) + 255) / 2, atol=1)


def test_only_the_neighbourhood_of_the_mask_changes(mended: Maker, noise: Noise) -> None:
    photo, mask = noise(320, 320), ZEROS.copy()
    mask[10:12, 20:22] = 1  # pixels 100 to 120 and 200 to 220 of the photo
    changed = (at_full_size(photo, mended(mask)) != photo).any(axis=-1)
    changed[100 - 20 : 120 + 20, 200 - 20 : 220 + 20] = False
    assert not changed.any()


def test_the_photo_is_not_changed_in_place(mended: Maker, noise: Noise) -> None:
    photo = noise(64, 64)
    photo.flags.writeable = False
    at_full_size(photo, mended(ZEROS + 1))


def scene(edge: int) -> Image:
    """A blue product, left of ``edge``, before an orange background with some grain."""
    photo = np.full((512, 512, 3), (30, 60, 160), np.uint8)
    photo[:, edge:] = (220, 140, 40)
    return photo + np.random.default_rng(0).integers(0, 6, photo.shape, np.uint8)


def share_of_background(edge: int, size: int = 32) -> np.ndarray:
    """The mask of ``scene`` as a perfect model would see it: columns of 512 / size px, one of them mixed."""
    columns = (np.arange(size) + 1) * (512 / size)
    return np.tile(((columns - edge) / (512 / size)).clip(0, 1).astype(np.float32), (size, 1))


@pytest.mark.parametrize("edge", [256, 250, 259, 245])
def test_the_mask_follows_an_edge_within_one_of_its_pixels(edge: int, mended: Maker) -> None:
    photo = scene(edge)
    output = at_full_size(photo, mended(share_of_background(edge)))
    np.testing.assert_allclose(output[:, :edge], photo[:, :edge], atol=12)
    assert output[:, edge:].min() >= 255 - 12


def test_what_was_drawn_outside_the_mask_does_not_bleed_into_it(mended: Maker) -> None:
    mask = share_of_background(256)
    image = torch.where(torch.from_numpy(mask) > 0, 1.0, -1.0).expand(1, 3, -1, -1)  # black where nobody looked
    output = at_full_size(scene(256), mended(mask)._replace(drawn=image))
    assert output[:, 256:].min() >= 255 - 12


def test_an_offset_is_in_halves_of_the_longer_side(mended: Maker, noise: Noise) -> None:
    photo = noise(120, 200)
    right = torch.tensor([0.1, 0.0]).view(1, 2, 1, 1).expand(1, 2, 32, 32)  # 10 px of 200
    output = at_full_size(photo, mended(ZEROS, flow=right))
    np.testing.assert_array_equal(output[:, :-10], photo[:, 10:])
    np.testing.assert_array_equal(output[:, -10:], np.repeat(photo[:, -1:], 10, axis=1))
    down = right.flip(1)
    np.testing.assert_array_equal(at_full_size(photo, mended(ZEROS, flow=down))[:-10], photo[10:])


def test_the_mask_lies_where_the_photo_was_moved_to(mended: Maker) -> None:
    shift = torch.tensor([64 / 256, 0.0]).view(1, 2, 1, 1).expand(1, 2, 32, 32)
    output = at_full_size(scene(320), mended(share_of_background(256), flow=shift))  # the edge moves from 320 to 256
    np.testing.assert_allclose(output[:, :256], scene(320)[:, 64:320], atol=12)
    assert output[:, 256:].min() >= 255 - 12


def test_without_a_mask_the_drawn_image_is_enlarged_and_its_margins_are_cut_off(mended: Maker, noise: Noise) -> None:
    drawn = torch.full((1, 3, 32, 32), -1.0)
    drawn[:, :, :, 16:] = 1  # black, white
    drawn[:, 0, :4] = drawn[:, 0, -4:] = 0  # reddish outside the middle half of the square
    output = at_full_size(noise(100, 200), mended(None)._replace(drawn=drawn))
    assert output.shape == (100, 200, 3)
    assert (output[:, :80] == 0).all() and (output[:, 120:] == 255).all()


def test_strips_leave_no_seams(mended: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = torch.linspace(-0.1, 0.1, 32).view(1, 1, 32, 1).expand(1, 2, 32, 32)
    case = scene(256), mended(share_of_background(256) * 0.9, flow=flow)
    whole = at_full_size(*case)
    monkeypatch.setattr(fullsize, "STRIP_PIXELS", 1)
    np.testing.assert_allclose(at_full_size(*case), whole, atol=1)  # sums of floats may round differently


def test_memory_does_not_grow_with_the_photo_beyond_its_own_pixels(
    mended: Maker, noise: Noise, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = noise(1500, 2000)
    monkeypatch.setattr(fullsize, "STRIP_PIXELS", 2**16)
    tracemalloc.start()
    at_full_size(photo, mended(ZEROS + 0.5))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2.5 * photo.nbytes  # as floats, the photo alone would be four times its bytes


def test_a_photo_too_long_to_be_warped_is_refused(mended: Maker, noise: Noise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_module, "LONGEST_WARPED", 63)
    photo = noise(64, 32)
    at_full_size(photo, mended(ZEROS))
    with pytest.raises(MendkitError, match="64 px"):
        at_full_size(photo, mended(ZEROS, flow=torch.ones(1, 2, 32, 32)))


@pytest.mark.parametrize("shape", [(90, 120), (120, 90), (20, 24)])
def test_a_tone_changes_colours_and_keeps_the_detail_of_the_photo(
    mended: Maker, noise: Noise, shape: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fullsize, "STRIP_PIXELS", 1000)
    photo = (60 + noise(*shape) // 4).astype(np.uint8)
    grid = torch.zeros(1, 12, 8, 8, 8)
    for colour, gain in enumerate((-0.3, 0.0, 0.3)):
        grid[:, 4 * colour] = grid[:, 9 + colour] = gain  # of values from -1, so that black stays black
    error = np.abs(at_full_size(photo, mended(ZEROS, tone=grid)) - photo * np.array([0.7, 1.0, 1.3]))
    assert error.max() < 0.6


def test_a_tone_that_changes_from_place_to_place_follows_the_photo_in_its_square(mended: Maker) -> None:
    photo = np.full((40, 80, 3), 100, np.uint8)
    grid = torch.zeros(1, 12, 8, 8, 8)
    grid[:, 9:] = torch.linspace(-0.7, 0.7, 8).reshape(1, 1, 1, 8, 1)  # from the top of the square to its bottom
    brightness = at_full_size(photo, mended(ZEROS, tone=grid)).mean(axis=(1, 2))
    # The photo is the middle half of the square: it begins at -0.5 and ends at 0.5 of its height.
    places = (np.arange(40) + 0.5) / 40 - 0.5
    np.testing.assert_allclose(brightness, 100 + places * 0.8 * 127.5, atol=1)


def test_for_an_evaluation_each_photo_is_mended_as_the_corrector_mends_it(run: Path, noise: Noise) -> None:
    corrector = Corrector.load(run)
    model = FullSizeModel(corrector.model)
    photos = [noise(40, 60), 255 - noise(40, 60)]
    for task in corrector.tasks:
        found = to_images(model.mend(to_tensor(photos), [task] * 2).image)
        for photo, mended in zip(photos, found, strict=True):
            np.testing.assert_array_equal(mended, corrector.correct(photo, task))


def test_a_transform_that_fails_at_full_size_is_named(mended: Maker, noise: Noise) -> None:
    class Failing(Tone):
        def at_full_size(self, layer: Layer, parameters: torch.Tensor) -> Layer:
            raise ValueError("too large")

    grid = torch.full((1, 12, 8, 8, 8), 0.1)
    photo = noise(32, 32)
    small = mended(ZEROS, tone=grid)._replace(kept=to_tensor([photo]))
    with pytest.raises(FailingPluginError, match=r"transform\.tone raised ValueError: too large .* at full size"):
        mend_full_size(photo, small, {"transform.tone": Failing()})


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_what_is_retouched_keeps_the_detail_of_the_photo(height: int, width: int, mended: Maker, noise: Noise) -> None:
    photo = noise(height, width) // 2
    gain, shift = torch.full((1, 3, 32, 32), 1.5), torch.full((1, 3, 32, 32), 0.5)  # of values in [-1, 1]
    output = at_full_size(photo, mended(ZEROS + 1)._replace(gain=gain, shift=shift))
    assert np.abs(output - photo * 1.5).max() <= 1


def test_local_tasks_are_mended_at_their_own_scale(run: Path, noise: Noise) -> None:
    corrector = Corrector.load(run)
    settings = corrector.model.config
    zoomed = settings.model_copy(update={"training": settings.training.model_copy(update={"zoom": 2.0})})
    local = corrector.tasks[0]
    corrector.model.blueprint = corrector.model.blueprint.model_copy(update={"config": zoomed, "local": (local,)})
    sides = {task: corrector.prepare(noise(90, 120), task).square.shape[0] for task in corrector.tasks[:2]}
    assert list(sides.values()) == [64, 32]
    assert corrector.correct(noise(90, 120), local).shape == (90, 120, 3)
