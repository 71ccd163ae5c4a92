from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile

from mendkit.data.images import open_image, read_image
from mendkit.data.intact import IncompleteError, decodable, require_checksums
from mendkit.errors import UnreadableImageError

KINDS = [
    {},
    {"subsampling": 2},
    {"optimize": True},
    {"restart_marker_rows": 1},
    {"restart_marker_blocks": 3},
    {"progressive": True},
    {"progressive": True, "restart_marker_rows": 1},
]
LOSSLESS = ["png", "tiff", "bmp", "gif", "webp", "avif", "jpeg2000"]


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def encoded(pixels: np.ndarray, kind: str = "jpeg", **how: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **how)  # type: ignore[arg-type]
    return buffer.getvalue()


def decoded(content: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def interrupted(content: bytes, share: float, marker: bytes) -> bytes:
    """With 40 bytes of the image data replaced by markers."""
    at = content.rindex(b"\xff\xda") + 20
    at += int(share * (len(content) - at))
    return content[:at] + marker * 20 + content[at + 40 :]


@pytest.mark.parametrize("how", KINDS)
@pytest.mark.parametrize("shape", [(96, 96, 3), (33, 65, 3), (1, 1, 3), (16, 16), (7, 90)])
def test_a_whole_jpeg_is_read_with_whatever_follows_it(shape: tuple[int, ...], how: dict[str, object]) -> None:
    for pixels in (noise(*shape), np.full(shape, 255, np.uint8)):
        content = encoded(pixels, **how)
        for follows in (b"", b"\0" * 40, b"\xff\xd9", b"a trailer \xff\xd9 of a phone", content):
            np.testing.assert_array_equal(open_image(content + follows).pixels, decoded(content))


@pytest.mark.parametrize("how", KINDS)
@pytest.mark.parametrize("marker", [b"\xff\xd9", b"\xff\x3a"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_jpeg_that_a_marker_interrupts_is_unreadable(share: float, marker: bytes, how: dict[str, object]) -> None:
    content = encoded(noise(200, 200, 3), **how)
    assert decoded(content).shape == decoded(interrupted(content, share, b"\xff\xd9")).shape  # Pillow does not mind
    with pytest.raises(UnreadableImageError):
        open_image(interrupted(content, share, marker))


@pytest.mark.parametrize("how", KINDS)
def test_restart_markers_that_are_missing_or_stray_make_a_jpeg_unreadable(how: dict[str, object]) -> None:
    content = encoded(noise(200, 200, 3), **how)
    middle = content.rindex(b"\xff\xda") + 300
    found = content.find(b"\xff\xd3", middle)
    damaged = (
        content[:found] + content[content.index(b"\xff\xd4", found) :]
        if found > 0
        else content[:middle] + b"\xff\xd3" + content[middle:]
    )
    with pytest.raises(IncompleteError, match="part of the image data is missing"):
        decodable(damaged)


def test_a_progressive_jpeg_without_its_last_scans_is_unreadable() -> None:
    content = encoded(noise(64, 64, 3), progressive=True)
    with pytest.raises(IncompleteError, match="the image data ends early"):
        decodable(content[: content.rindex(b"\xff\xda")] + b"\xff\xd9")


def test_a_preview_within_a_jpeg_does_not_end_it() -> None:
    content = encoded(noise(64, 64, 3))
    preview = b"Exif\0\0" + encoded(noise(8, 8, 3))
    content = content[:2] + b"\xff\xe1" + struct.pack(">H", len(preview) + 2) + preview + content[2:]
    np.testing.assert_array_equal(open_image(content).pixels, decoded(content))


def test_a_jpeg_that_lacks_only_its_end_marker_is_read() -> None:
    content = encoded(noise(64, 64, 3))
    np.testing.assert_array_equal(open_image(content[:-2]).pixels, decoded(content))


def test_a_png_with_a_wrong_checksum_is_unreadable() -> None:
    content = bytearray(encoded(noise(64, 64, 3), "png"))
    require_checksums(bytes(content))
    content[len(content) // 2] ^= 1
    with pytest.raises(UnreadableImageError, match="a checksum is wrong"):
        open_image(bytes(content))


@pytest.mark.parametrize("kind", ["jpeg", *LOSSLESS])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.98])
def test_a_plugin_that_wants_half_images_does_not_change_what_is_read(
    tmp_path: Path, kind: str, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    content = encoded(noise(90, 90, 3), kind)
    (tmp_path / "a.png").write_bytes(content[: int(len(content) * share)])
    with pytest.raises(UnreadableImageError):
        read_image(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64, "HEIC is not supported; convert it to JPEG or PNG"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + b"\0" * 64, "HEIC is not supported; convert it to JPEG or PNG"),
        (b"<!doctype html><title>404</title>", "damaged, or not in a supported format: AVIF, BMP"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 40 40\n%%EndComments\n", "not in a supported format"),
    ],
)
def test_what_is_not_an_image_that_is_read_says_so_in_words(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableImageError, match=reason):
        open_image(content)


def test_the_content_decides_and_not_the_suffix(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(encoded(np.full((8, 8, 3), 200, np.uint8), "avif"))
    assert abs(int(read_image(tmp_path / "a.jpg")[0, 0, 0]) - 200) <= 2
