from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageCms

from mendkit.data.colour import to_srgb


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
        ("RGBA", (255, 0, 0, 0), [255, 255, 255]),
        ("RGBA", (255, 0, 0, 51), [255, 204, 204]),
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


def profile_with_red_and_green_swapped() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace("sRGB".encode("utf-16-be"), "Swap".encode("utf-16-be"))
    return profile.replace(b"rXYZ", b"?XYZ").replace(b"gXYZ", b"rXYZ").replace(b"?XYZ", b"gXYZ")
