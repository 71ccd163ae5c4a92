from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms

from mendkit.data.color import to_srgb
from mendkit.data.icc import SRGB_PRIMARIES, matrix_profile


def pixels(image: Image.Image) -> list[list[int]]:
    """The first row."""
    return [[int(value) for value in pixel] for pixel in np.asarray(to_srgb(image))[0]]


def in_palette(**info: object) -> Image.Image:
    """One pixel of colour 0, red, and one of colour 1, green."""
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.putpixel((1, 0), 1)
    image.info.update(info)
    return image


@pytest.mark.parametrize(
    ("mode", "colour", "expected"),
    [
        ("1", 1, [255, 255, 255]),
        ("L", 70, [70, 70, 70]),
        ("LA", (0, 128), [127, 127, 127]),
        ("RGB", (1, 2, 3), [1, 2, 3]),
        ("La", (64, 128), [191, 191, 191]),
        ("RGBA", (255, 0, 0, 0), [255, 255, 255]),
        ("RGBA", (255, 0, 0, 51), [255, 204, 204]),
        ("RGBa", (51, 0, 0, 51), [255, 204, 204]),
        ("CMYK", (0, 255, 255, 0), [255, 0, 0]),
        ("YCbCr", (90, 128, 128), [90, 90, 90]),
        ("HSV", (0, 255, 255), [255, 0, 0]),
        ("I;16", 65535, [255, 255, 255]),
        ("I;16", 32896, [128, 128, 128]),
        ("I;16", 200, [1, 1, 1]),
    ],
)
def test_every_mode_becomes_rgb_with_transparency_on_white(mode: str, colour: object, expected: list[int]) -> None:
    assert pixels(Image.new(mode, (1, 1), colour)) == [expected]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("dtype", "values", "expected"),
    [
        (np.float32, [0.0, 0.2, 1.0], [0, 51, 255]),
        (np.float32, [0.0, 1.0, 1.5], [0, 255, 255]),
        (np.float32, [0.0, 51.4, 255.0], [0, 51, 255]),
        (np.float32, [0.0, 13107.0, 65535.0], [0, 51, 255]),
        (np.float32, [np.nan, -np.inf, np.inf], [0, 0, 255]),
        (np.int32, [-5, 51, 255], [0, 51, 255]),
        (np.int32, [0, 13107, 99999], [0, 51, 255]),
    ],
)
def test_deep_images_are_scaled_from_the_range_that_their_values_suggest(
    dtype: type[np.generic], values: list[float], expected: list[int]
) -> None:
    image = Image.fromarray(np.array([values], dtype))
    assert pixels(image) == [[grey] * 3 for grey in expected]


def test_a_palette_is_looked_up() -> None:
    assert pixels(in_palette()) == [[255, 0, 0], [0, 255, 0]]


@pytest.mark.parametrize("transparency", [1, b"\xff\x00"])
def test_a_transparent_colour_of_a_palette_is_white(transparency: object) -> None:
    assert pixels(in_palette(transparency=transparency)) == [[255, 0, 0], [255, 255, 255]]


@pytest.mark.parametrize(
    ("orientation", "upright"),
    [
        (1, "ab/cd/ef"),
        (2, "ba/dc/fe"),
        (3, "fe/dc/ba"),
        (4, "ef/cd/ab"),
        (5, "ace/bdf"),
        (6, "eca/fdb"),
        (7, "fdb/eca"),
        (8, "bdf/ace"),
        (9, "ab/cd/ef"),
    ],
)
def test_an_image_is_turned_as_its_exif_orientation_says(orientation: int, upright: str) -> None:
    image = Image.fromarray(np.array([[ord(letter) for letter in row] for row in ("ab", "cd", "ef")], np.uint8))
    image.getexif()[0x0112] = orientation
    turned = np.asarray(to_srgb(image))[..., 0]
    assert "/".join("".join(map(chr, row)) for row in turned) == upright


def test_the_colour_profile_is_applied() -> None:
    image = Image.new("RGB", (1, 1), (255, 0, 0))
    image.info["icc_profile"] = profile_with_red_and_green_swapped()
    assert np.abs(np.array(pixels(image)) - [0, 255, 0]).max() <= 2


def test_transparency_survives_the_colour_profile() -> None:
    image = Image.new("RGBA", (1, 1), (255, 0, 0, 51))
    image.info["icc_profile"] = profile_with_red_and_green_swapped()
    assert np.abs(np.array(pixels(image)) - [204, 255, 204]).max() <= 2


@pytest.mark.parametrize("damaged", [b"damaged", b"\0" * 200])
def test_a_damaged_colour_profile_is_passed_over(damaged: bytes) -> None:
    image = Image.new("RGB", (1, 1), (10, 20, 30))
    image.info["icc_profile"] = damaged
    assert pixels(image) == [[10, 20, 30]]


def test_damaged_exif_is_passed_over() -> None:
    image = Image.new("RGB", (1, 1), (10, 20, 30))
    image.info["exif"] = b"Exif\0\0MM\0*\0\0\0\x08\xff\xff\x01"
    assert pixels(image) == [[10, 20, 30]]


P3 = (0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060)
"""The primaries of Display P3, in which (200, 60, 40) is (218, 41, 23) of sRGB."""


def with_profile(mode: str, colour: object, profile: bytes | None) -> Image.Image:
    image = Image.new(mode, (1, 1), colour)  # type: ignore[arg-type]
    image.info["icc_profile"] = profile
    return image


def described(profile: bytes, name: str) -> bytes:
    """The profile with a description (ICC.1:2001, 6.5.17) as its last tag."""
    words = name.encode() + b"\0"
    description = b"desc\0\0\0\0" + struct.pack(">I", len(words)) + words + b"\0" * 79
    (count,) = struct.unpack(">I", profile[128:132])
    moved = profile[132 : 132 + 12 * count]
    tags = [struct.unpack(">4sII", moved[at : at + 12]) for at in range(0, len(moved), 12)]
    table = b"".join(struct.pack(">4sII", tag, at + 12, size) for tag, at, size in tags)
    table += struct.pack(">4sII", b"desc", len(profile) + 12, len(description))
    whole = profile[4:128] + struct.pack(">I", count + 1) + table + profile[132 + 12 * count :] + description
    return struct.pack(">I", len(whole) + 4) + whole


def grey_profile(gamma: float) -> bytes:
    """A profile for grey images (ICC.1:2001): white point and curve."""
    white = b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in (0.9642, 1, 0.8249))
    curve = b"curv\0\0\0\0" + struct.pack(">IHxx", 1, round(gamma * 256))
    table = struct.pack(">I4sII4sII", 2, b"wtpt", 156, 20, b"kTRC", 176, 16)
    header = struct.pack(">I4xI4s4s4s12x4s28x", 192, 0x02200000, b"mntr", b"GRAY", b"XYZ ", b"acsp")
    return (header + white[8:]).ljust(128, b"\0") + table + white + curve


def opened_png(samples: np.ndarray, depth: int, kind: int, *chunks: tuple[bytes, bytes]) -> Image.Image:
    """A PNG of one row ``[W, C]`` with extra chunks, as Pillow opens it."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", len(samples), 1, depth, kind, 0, 0, 0)
    row = b"\0" + samples.astype(">u2" if depth == 16 else np.uint8).tobytes()
    parts = ((b"IHDR", head), *chunks, (b"IDAT", zlib.compress(row)), (b"IEND", b""))
    return Image.open(io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)))


def opened_tiff(content: bytes, width: int, **tags: int) -> Image.Image:
    """A little-endian TIFF of one row of grey, as Pillow opens it."""
    numbers = {"width": 256, "bits": 258, "photometric": 262}
    values = {257: 1, 259: 1, 277: 1, 278: 1, 273: 134, 279: len(content)} | {numbers[k]: v for k, v in tags.items()}
    values[256] = width
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(values.items()))
    start = b"II*\0\x08\0\0\0" + struct.pack("<H", len(values)) + entries
    return Image.open(io.BytesIO(start.ljust(134, b"\0") + content))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_wide_gamut_is_brought_into_srgb(mode: str) -> None:
    assert (
        np.abs(np.array(pixels(with_profile(mode, (200, 60, 40), matrix_profile(None, P3)))) - [218, 41, 23]).max() <= 3
    )


def test_the_profile_of_a_palette_is_applied_to_its_colours() -> None:
    image = with_profile("RGB", (200, 60, 40), None).quantize(2)
    image.info["icc_profile"] = matrix_profile(None, P3)
    assert np.abs(np.array(pixels(image)) - [218, 41, 23]).max() <= 3
    image.info["transparency"] = 1 - int(np.asarray(image)[0, 0])
    assert np.abs(np.array(pixels(image)) - [218, 41, 23]).max() <= 3


@pytest.mark.parametrize(("mode", "colour"), [("L", 60), ("LA", (60, 255))])
def test_the_profile_of_a_grey_image_is_applied(mode: str, colour: object) -> None:
    expected = 255 * srgb_encoded((60 / 255) ** 1.8)
    assert np.abs(np.array(pixels(with_profile(mode, colour, grey_profile(1.8)))) - expected).max() <= 1


def test_a_profile_of_colours_is_applied_to_a_grey_image() -> None:
    assert np.abs(np.array(pixels(with_profile("L", 60, matrix_profile(1.0)))) - 133).max() <= 1


def test_a_profile_of_another_kind_of_image_is_passed_over() -> None:
    assert pixels(with_profile("RGB", (10, 20, 30), grey_profile(1.0))) == [[10, 20, 30]]
    assert pixels(with_profile("CMYK", (0, 255, 255, 0), matrix_profile(1.0))) == [[255, 0, 0]]


def test_a_profile_is_srgb_by_its_colours_and_not_by_its_name() -> None:
    linear = described(matrix_profile(1.0) or b"", "sRGB with linear light")
    assert np.abs(np.array(pixels(with_profile("RGB", (200, 60, 40), linear))) - [229, 133, 110]).max() <= 2
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    ours = described(matrix_profile() or b"", "Another name")
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    for profile in (made, ours):
        image = Image.fromarray(noise)
        image.info["icc_profile"] = profile
        np.testing.assert_array_equal(np.asarray(to_srgb(image)), noise)


def test_lab_becomes_srgb() -> None:
    assert np.abs(np.array(pixels(Image.new("LAB", (1, 1), (255, 128, 128)))) - 255).max() <= 1


def test_the_gamma_of_a_png_counts_where_it_has_no_profile() -> None:
    colour, linear = np.array([[200, 60, 40]]), (b"gAMA", struct.pack(">I", 100_000))
    assert np.abs(np.array(pixels(opened_png(colour, 8, 2, linear))) - [229, 133, 110]).max() <= 2
    assert pixels(opened_png(colour, 8, 2, (b"gAMA", struct.pack(">I", 45_455)))) == colour.tolist()
    assert pixels(opened_png(colour, 8, 2, linear, (b"sRGB", b"\0"))) == colour.tolist()
    profile = (b"iCCP", b"sRGB\0\0" + zlib.compress(matrix_profile() or b""))
    assert pixels(opened_png(colour, 8, 2, profile, linear)) == colour.tolist()


def test_the_primaries_of_a_png_count() -> None:
    colour = np.array([[200, 60, 40]])
    wide, narrow, silly = (
        (b"cHRM", struct.pack(">8I", *(round(each * 100_000) for each in primaries)))
        for primaries in (P3, SRGB_PRIMARIES, (0.0,) * 8)
    )
    assert np.abs(np.array(pixels(opened_png(colour, 8, 2, wide))) - [218, 41, 23]).max() <= 3
    assert pixels(opened_png(colour, 8, 2, narrow)) == colour.tolist()
    assert pixels(opened_png(colour, 8, 2, silly)) == colour.tolist()


@pytest.mark.parametrize(("depth", "row", "key"), [(1, 0b01000000, 0), (2, 0b01100000, 1), (4, 0x89, 8)])
def test_a_transparent_level_of_few_bits_is_found_among_the_pixels(depth: int, row: int, key: int) -> None:
    two_pixels = np.array([[row], [0]])
    other = (key + 1) * 255 // (2**depth - 1)
    assert pixels(opened_png(two_pixels, depth, 0, (b"tRNS", struct.pack(">H", key)))) == [[255] * 3, [other] * 3]


def test_a_transparent_colour_of_16_bits_is_compared_in_16_bits() -> None:
    grey = opened_png(np.array([[0xC040], [0x4040]]), 16, 0, (b"tRNS", struct.pack(">H", 0xC040)))
    assert pixels(grey) == [[255] * 3, [64] * 3]
    colours = np.array([[0x1234, 0xFFFF, 0x1234], [0x8000, 0x2000, 0x2000]])
    colour = opened_png(colours, 16, 2, (b"tRNS", struct.pack(">HHH", 0x1234, 0xFFFF, 0x1234)))
    assert pixels(colour) == [[255] * 3, [128, 32, 32]]


def test_white_is_the_largest_value_of_the_bits_that_a_tiff_states() -> None:
    twelve = opened_tiff(bytes([0xFF, 0xF3, 0xE8]), 2, bits=12, photometric=1)  # 4095, 1000
    assert pixels(twelve) == [[255] * 3, [62] * 3]


def test_a_tiff_may_have_white_at_0() -> None:
    assert pixels(opened_tiff(struct.pack("<HH", 0, 65535 - 60 * 257), 2, bits=16, photometric=0)) == [
        [255] * 3,
        [60] * 3,
    ]


def test_an_orientation_that_only_xmp_states_counts() -> None:
    image = Image.new("RGB", (3, 2))
    image.info["xmp"] = b'<rdf:Description tiff:Orientation="6"/>'
    assert to_srgb(image).size == (2, 3)


def srgb_encoded(light: float) -> float:
    return float(1.055 * light ** (1 / 2.4) - 0.055)


def profile_with_red_and_green_swapped() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace("sRGB".encode("utf-16-be"), "Swap".encode("utf-16-be"))
    return profile.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")
