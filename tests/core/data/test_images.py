from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mendkit.data import images
from mendkit.data.images import (
    SUFFIXES,
    find_images,
    fit_square,
    foreground_beside,
    is_image,
    left_out_in_words,
    open_image,
    read_image,
    read_mask,
    resize,
    scan_images,
    unfit_square,
    write_image,
)
from mendkit.errors import DataError, UnreadableImageError

FORMATS = ("png", "jpeg", "webp", "bmp", "tiff", "gif")


def noise(height: int = 24, width: int = 32) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def smooth(height: int, width: int) -> np.ndarray:
    """A colour ramp, which survives resampling."""
    rows, columns = np.mgrid[0:height, 0:width]
    ramps = [rows * 200 // height, columns * 200 // width, np.full_like(rows, 90)]
    return np.stack(ramps, axis=-1).astype(np.uint8)


def encoded(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(noise()).save(buffer, kind)
    return buffer.getvalue()


def forged_png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".tiff", ".PNG"])
def test_lossless_formats_give_back_what_was_written(tmp_path: Path, suffix: str) -> None:
    write_image(tmp_path / f"a{suffix}", noise())
    np.testing.assert_array_equal(read_image(tmp_path / f"a{suffix}"), noise())


@pytest.mark.parametrize("suffix", [".jpg", ".jfif", ".avif"])
def test_a_written_file_keeps_the_colour_of_single_pixels(tmp_path: Path, suffix: str) -> None:
    image = np.full((16, 16, 3), 255, np.uint8)
    image[8, 8] = (255, 0, 0)
    write_image(tmp_path / f"a{suffix}", image)
    assert np.abs(read_image(tmp_path / f"a{suffix}").astype(int) - image).max() < 25


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_each_known_suffix_can_be_written_and_read(tmp_path: Path, suffix: str) -> None:
    write_image(tmp_path / f"a{suffix}", smooth(24, 32))
    assert np.abs(read_image(tmp_path / f"a{suffix}").astype(int) - smooth(24, 32)).mean() < 16


def test_of_an_animation_the_first_frame_is_read(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (2, 2), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert read_image(tmp_path / "a.gif")[0, 0].tolist() == [255, 0, 0]


def test_a_preview_behind_a_jpeg_is_not_a_frame() -> None:
    buffer = io.BytesIO()
    image = Image.fromarray(noise())
    image.save(buffer, "mpo", save_all=True, append_images=[image, image])
    content = bytearray(buffer.getvalue())
    second = content.index(b"MPF\0") + 4 + 50 + 16  # after the magic, the directory, and the first entry
    content[second : second + 4] = struct.pack("<L", 0x010001)  # large thumbnail, VGA equivalent
    assert open_image(bytes(content)).frames == 2


def test_what_was_read_may_be_written_to(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", noise())
    image = read_image(tmp_path / "a.png")
    image[0, 0] = 1
    assert image.dtype == np.uint8 and image.flags.c_contiguous


def test_a_16_bit_png_is_scaled_to_8_bits(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 257, 65535]], np.uint16)).save(tmp_path / "a.png")
    assert read_image(tmp_path / "a.png")[0, :, 0].tolist() == [0, 1, 255]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("share", [0.0, 0.02, 0.5, 0.9])
def test_a_truncated_file_is_unreadable(tmp_path: Path, kind: str, share: float) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_bytes(encoded(kind)[: int(len(encoded(kind)) * share)])
    with pytest.raises(UnreadableImageError, match=r"a\.\w+: cannot be read") as caught:
        read_image(path)
    assert caught.value.path == path


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(100_000, 100_000), (20_000, 8_000), (70_000, 1), (2**31 - 1, 1)])
def test_a_forged_size_is_refused_before_anything_is_decoded(tmp_path: Path, size: tuple[int, int]) -> None:
    (tmp_path / "a.png").write_bytes(forged_png(*size))
    with (
        patch("PIL.Image.core.new", side_effect=AssertionError("memory was taken")),
        pytest.raises(UnreadableImageError, match="pixels"),
    ):
        read_image(tmp_path / "a.png")


def test_what_is_no_file_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    for name, reason in (
        ("folder.png", "it is a folder"),
        ("pipe.png", "no such file"),
        ("missing.png", "no such file"),
    ):
        with pytest.raises(UnreadableImageError, match=reason):
            read_image(tmp_path / name)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(FORMATS),
    changes=st.lists(st.tuples(st.integers(0, 400), st.binary(min_size=1, max_size=6)), max_size=8),
    end=st.integers(0, 4000),
)
def test_damaged_bytes_are_read_or_unreadable_and_nothing_else(
    tmp_path: Path, kind: str, changes: list[tuple[int, bytes]], end: int
) -> None:
    damaged = bytearray(encoded(kind))
    for at, piece in changes:
        damaged[at : at + len(piece)] = piece
    (tmp_path / "a.png").write_bytes(damaged[:end])
    with patch.object(images, "MAX_PIXELS", 1_000_000):
        try:
            image = read_image(tmp_path / "a.png")
        except UnreadableImageError:
            return
    assert image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=200))
def test_random_bytes_are_unreadable(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(UnreadableImageError):
        read_image(tmp_path / "a.jpg")


def test_a_mask_has_one_channel(tmp_path: Path) -> None:
    mask = np.array([[0, 17], [128, 255]], np.uint8)
    write_image(tmp_path / "a.mask.png", mask)
    np.testing.assert_array_equal(read_mask(tmp_path / "a.mask.png"), mask)


def test_masks_and_hidden_files_are_no_images() -> None:
    names = ["a.jpg", "a.JPEG", "x.y.webp", "a.mask.png", "A.MASK.PNG", ".a.png", "a.txt", "png", "a.png.part"]
    assert [name for name in names if is_image(Path(name))] == ["a.jpg", "a.JPEG", "x.y.webp"]
    assert foreground_beside(Path("d/x.y.jpg")) == Path("d/x.y.mask.png")


def test_images_are_found_in_every_depth_in_order_and_through_links(tmp_path: Path) -> None:
    for name in ("b.png", "a/c.png", "a/d/e.png", ".hidden/f.png", "a/notes.txt", "elsewhere.d/g.png"):
        write_image(tmp_path / name, noise()) if name.endswith("png") else (tmp_path / name).touch()
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "back").symlink_to(tmp_path / "a")
    (tmp_path / "broken.png").symlink_to(tmp_path / "gone.png")
    found = [path.relative_to(tmp_path).as_posix() for path in find_images(tmp_path)]
    assert found == ["a/c.png", "a/d/e.png", "b.png", "broken.png", "elsewhere.d/g.png"]


def test_what_a_scan_leaves_out_is_counted_by_its_kind(tmp_path: Path) -> None:
    for name in ("a.png", "b/c.JPG", "b/d.avif", "shoe.jpg", "e.jfif"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    for name in (
        "x.HEIC",
        "b/y.heic",
        "notes.txt",
        "README",
        "b/odd.a b",
        "shoe.mask.png",
        "lone.mask.png",
        ".hidden.png",
    ):
        (tmp_path / name).touch()
    os.mkfifo(tmp_path / "pipe.png")
    found = scan_images(tmp_path)
    assert [path.name for path in found.images] == ["a.png", "c.JPG", "d.avif", "e.jfif", "shoe.jpg"]
    assert found.left_out == {".heic": 2, ".txt": 1, "no suffix": 2, "*.mask.png": 1, "not a file": 1}


def test_an_odd_entry_of_a_folder_costs_itself_only(tmp_path: Path) -> None:
    (tmp_path / "good.png").touch()
    (tmp_path / "loopy.png").symlink_to("loopy.png")
    (tmp_path / "loopy").symlink_to("loopy")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    found = scan_images(tmp_path)
    assert [path.name for path in found.images] == ["good.png", "loopy.png"]
    assert found.left_out == {"no suffix": 1}
    with pytest.raises(UnreadableImageError, match=r"loopy\.png: cannot be read"):
        read_image(tmp_path / "loopy.png")


def test_a_folder_below_that_cannot_be_listed_is_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "good.png").touch()
    (tmp_path / "locked").mkdir()
    listing = os.scandir

    def refuse(folder: str) -> object:
        if folder.endswith("locked"):
            raise PermissionError(13, "Permission denied", folder)
        return listing(folder)

    with patch("os.scandir", refuse):
        found = scan_images(tmp_path)
    assert "locked: the folder cannot be listed: Permission denied" in caplog.text
    assert [path.name for path in found.images] == ["good.png"]
    assert found.left_out == {"unlisted folder": 1}


def test_what_was_left_out_is_said_in_few_words() -> None:
    assert left_out_in_words({}) == ""
    assert left_out_in_words({".heic": 1}) == "1 file left out: .heic 1"
    many = {f".{letter}": 9 - at for at, letter in enumerate("abcdefgh")}
    assert left_out_in_words(many) == "44 files left out: .a 9, .b 8, .c 7, .d 6, .e 5, .f 4, others 5"


def test_an_image_is_opened_from_a_path_its_bytes_or_a_file(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", noise())
    with (tmp_path / "a.png").open("rb") as file:
        opened = [open_image(source) for source in (tmp_path / "a.png", (tmp_path / "a.png").read_bytes(), file)]
    for each in opened:
        np.testing.assert_array_equal(each.pixels, noise())
    assert [each.name for each in opened] == ["a", "<bytes>", "a"]
    with pytest.raises(UnreadableImageError, match="<bytes>: cannot be read"):
        open_image(b"no image")


@pytest.mark.parametrize("kind", ["gif", "tiff", "webp", "png", "mpo"])
def test_of_several_frames_the_first_is_read_and_their_number_is_said(kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("white", "blue", "red")]
    buffer = io.BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:])
    opened = open_image(buffer.getvalue())
    assert opened.frames == 3 and opened.pixels.min() > 250


def test_a_folder_that_is_missing_cannot_be_listed(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="gone: the folder cannot be listed"):
        find_images(tmp_path / "gone")


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    write_image(tmp_path / "a.png", noise())
    with patch.object(Image.Image, "save", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        write_image(tmp_path / "a.png", noise() // 2)
    with patch.object(Path, "replace", side_effect=OSError("disk full")), pytest.raises(OSError, match="disk full"):
        write_image(tmp_path / "a.png", noise() // 2)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), noise())


def test_a_written_file_has_the_rights_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    write_image(tmp_path / "a.png", noise())
    assert (tmp_path / "a.png").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_an_unknown_suffix_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"as '\.pdf'; use one of \.apng, \.avif, \.bmp"):
        write_image(tmp_path / "a.pdf", noise())


def test_a_square_repeats_the_border_and_keeps_proportions() -> None:
    wide = np.array([[[10, 10, 10], [20, 20, 20]]], np.uint8)
    assert fit_square(wide, 2)[..., 0].tolist() == [[10, 20], [10, 20]]
    assert fit_square(np.repeat(wide, 4, axis=1)[:, 2:6], 2)[..., 0].tolist() == [[10, 20], [10, 20]]
    tall = np.array([[10], [20], [30], [40]], np.uint8)
    assert fit_square(tall, 4).tolist() == [[10] * 4, [20] * 4, [30] * 4, [40] * 4]


@pytest.mark.parametrize(("height", "width"), [(64, 64), (40, 60), (61, 40), (33, 64), (1, 50)])
def test_unfitting_a_square_undoes_fitting_it(height: int, width: int) -> None:
    image = smooth(height, width)
    back = unfit_square(fit_square(image, 64), height, width)
    assert back.shape == image.shape and back.dtype == np.uint8
    assert np.abs(back.astype(int) - image)[:, 2:-2].max() <= 4


@pytest.mark.parametrize("channels", [(), (1,), (2,), (3,)])
def test_float_maps_fit_and_unfit_within_their_range(channels: tuple[int, ...]) -> None:
    mask = np.zeros((16, 16, *channels), np.float32)
    mask[6:10, 6:10] = 1
    full = unfit_square(mask, 50, 100)
    assert full.shape == (50, 100, *channels) and full.dtype == np.float32
    assert full.min() == 0 and full.max() == 1
    assert full[25, 50] == pytest.approx(1) and full[2, 50] == pytest.approx(0) and full[25, 20] == pytest.approx(0)
    assert fit_square(full, 16).shape == mask.shape


def test_a_very_narrow_image_takes_no_huge_square() -> None:
    line = np.full((1, 60_000, 3), 7, np.uint8)
    square = fit_square(line, 8)
    assert square.shape == (8, 8, 3) and (square == 7).all()


def test_shrinking_averages_areas() -> None:
    image = np.array([[0, 100, 10, 30], [100, 0, 30, 10]], np.uint8)
    assert resize(image, 1, 2).tolist() == [[50, 20]]
