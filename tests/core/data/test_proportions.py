"""Proportions of the sides of a pair, and sizes from headers."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from mendkit.data.catalogue import ImageRef, PairRef
from mendkit.data.proportions import Size, differ, misfits, size_in_header


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((30, 20), (60, 40), False),
        ((1200, 800), (100, 67), False),  # rounded to whole pixels
        ((1000, 667), (13, 9), False),
        ((480, 480), (480, 474), False),  # 1.3 % of the side
        ((480, 480), (480, 468), True),  # 2.5 % of it
        ((30, 20), (20, 30), True),
        ((100, 100), (100, 1), True),
        ((1, 1), (1, 1), False),
    ],
)
def test_proportions_differ_if_borders_of_fitted_images_lie_apart(first: Size, second: Size, expected: bool) -> None:
    assert differ(first, second) is expected is differ(second, first)


def test_halves_of_a_file_and_what_cannot_be_read_are_no_misfits() -> None:
    files = [ImageRef(Path(name)) for name in ("wide.png", "high.png", "gone.png")]
    halves = PairRef(ImageRef(Path("both.png"), "left"), ImageRef(Path("both.png"), "right"))
    pairs = [PairRef(files[0], files[1]), PairRef(files[0], files[2]), halves]
    sizes = {Path("wide.png"): (3, 2), Path("high.png"): (2, 3), Path("both.png"): (6, 2)}
    (misfit,) = misfits("a.b", pairs, sizes.get)
    assert str(misfit) == "a.b: wide.png (3 x 2) and high.png (2 x 3)"


@pytest.mark.parametrize(("orientation", "expected"), [(1, (6, 4)), (3, (6, 4)), (6, (4, 6)), (8, (4, 6))])
def test_sizes_in_headers_are_those_of_upright_images(tmp_path: Path, orientation: int, expected: Size) -> None:
    exif = Image.Exif()
    exif[274] = orientation
    Image.new("RGB", (6, 4)).save(tmp_path / "a.jpg", exif=exif)
    assert size_in_header(tmp_path / "a.jpg") == expected


def test_what_is_not_an_image_has_no_size(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8nothing")
    assert size_in_header(tmp_path / "a.jpg") is None
    assert size_in_header(tmp_path / "gone.jpg") is None
