from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mendkit.data.catalogue import ImageRef
from mendkit.data.images import write_image
from mendkit.data.layouts import Row, images_in, is_task_folder, task_files, task_rows
from mendkit.errors import DataError, UnreadableImageError

Put = Callable[..., list[Path]]


def named(row: Row) -> tuple[str | None, str | None]:
    source, target = (ref.path.name if ref else None for ref in (row.source, row.target))
    return source, target


def test_a_file_whose_mask_could_have_no_name_has_none(root: Path, put: Put) -> None:
    [path] = put("x" * 251 + ".png")
    assert ImageRef(path).photo().foreground is None


def test_the_key_is_the_path_below_the_folder_without_suffix_and_split(root: Path, put: Put) -> None:
    put("a.png", "shoes/a.1.jpg", "train/b.png", "val/shoes/c.png", "shoes/test/d.png")
    found = {(image.key, image.stated) for image in images_in(root)}
    assert found == {("a", None), ("shoes/a.1", None), ("b", "train"), ("shoes/c", "val"), ("shoes/test/d", None)}


def test_a_folder_that_is_not_there_has_no_images(root: Path) -> None:
    assert list(images_in(root / "gone")) == []


def test_a_mask_beside_an_image_is_read_with_it_and_is_no_image(root: Path, put: Put) -> None:
    put("a.jpg")
    write_image(root / "a.mask.png", np.full((3, 4), 9, np.uint8))
    (image,) = images_in(root)
    photo = image.item.photo()
    assert photo.name == "a" and photo.foreground is not None and photo.foreground.tolist() == [[9] * 4] * 3


def test_a_mask_of_another_size_than_its_image_is_named(root: Path, put: Put) -> None:
    put("a.png")
    write_image(root / "a.mask.png", np.zeros((5, 6), np.uint8))
    with pytest.raises(UnreadableImageError, match=r"a\.mask\.png.*have different sizes: 6 x 5 and 4 x 3"):
        ImageRef(root / "a.png").photo()


def test_equal_names_are_pairs_and_the_rest_has_no_partner(root: Path, put: Put) -> None:
    put("source/a.png", "source/x/b.png", "source/only.png", "target/a.jpg", "target/x/b.png", "target/b.png")
    rows = {row.key: named(row.item) for row in task_rows(root)}
    assert rows == {
        "a": ("a.png", "a.jpg"),
        "x/b": ("b.png", "b.png"),
        "only": ("only.png", None),
        "b": (None, "b.png"),
    }
    files = task_files(row.item for row in task_rows(root))
    assert [pair.name for pair in files.pairs] == ["a", "b"]
    assert [ref.name for ref in files.sources] == ["only"] and [ref.name for ref in files.targets] == ["b"]


def test_splits_may_be_above_or_below_the_sides(root: Path, put: Put) -> None:
    put("train/source/a.png", "train/target/a.png", "source/val/b.png", "target/val/b.png", "test/side_by_side/c.png")
    assert [(row.key, row.stated, None not in named(row.item)) for row in task_rows(root)] == [
        ("b", "val", True),
        ("a", "train", True),
        ("c", "test", True),
    ]


def test_images_of_different_splits_are_no_pair(root: Path, put: Put) -> None:
    put("source/train/a.png", "target/test/a.png")
    assert [named(row.item) for row in task_rows(root)] == [(None, "a.png"), ("a.png", None)]


@pytest.mark.parametrize(
    ("folder", "source", "target"),
    [("side_by_side", [10, 20], [40, 50]), ("side_by_side_target_left", [40, 50], [10, 20])],
)
def test_the_name_of_a_side_by_side_folder_says_which_half_is_the_source(
    root: Path, folder: str, source: list[int], target: list[int]
) -> None:
    columns = np.array([10, 20, 99, 40, 50], np.uint8)  # the middle one of an odd width is in neither half
    write_image(root / folder / "a.png", np.broadcast_to(columns[None, :, None], (2, 5, 3)).copy())
    (row,) = task_rows(root)
    assert row.item.source is not None and row.item.target is not None
    assert row.item.source.read()[0, :, 0].tolist() == source
    assert row.item.target.read()[0, :, 0].tolist() == target


def test_a_file_of_one_column_has_no_halves(root: Path, put: Put) -> None:
    put("a.png", width=1)
    with pytest.raises(UnreadableImageError, match="side by side"):
        ImageRef(root / "a.png", "right").read()


def test_two_files_of_one_name_on_one_side_are_ambiguous(root: Path, put: Put) -> None:
    put("source/a.png", "source/a.jpg", "target/a.png")
    with pytest.raises(DataError, match=r"source/a\.jpg and a\.png have the same name.*rename"):
        list(task_rows(root))


def test_a_task_folder_is_known_by_its_sides(root: Path, put: Put) -> None:
    put("a/source/x.png", "b/train/target/x.png", "c/x.png", "d/side_by_side_target_left/x.png")
    assert [is_task_folder(root / name) for name in "abcd"] == [True, True, False, True]
