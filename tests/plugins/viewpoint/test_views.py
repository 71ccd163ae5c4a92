from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mendkit.data.images import write_image
from mendkit.data.manifest import read_manifest
from mendkit.errors import DataError
from mendkit_viewpoint.views import pair_views, write_views

MakeViews = Callable[..., Path]


@pytest.fixture
def make_views(tmp_path: Path) -> MakeViews:
    """A folder of tiny images with the given names."""

    def make(*names: str) -> Path:
        for name in names:
            write_image(tmp_path / "views" / name, np.full((4, 4, 3), 255, np.uint8))
        return tmp_path / "views"

    return make


def test_each_other_view_is_paired_with_the_main_view_of_its_product(make_views: MakeViews) -> None:
    folder = make_views(
        "luma_b2_main.jpg", "luma_b2_back.jpg", "luma_b2_alt1.jpg", "luma_a1_back.jpg", "luma_a1_main.jpg"
    )
    pairs = pair_views(folder).pairs
    assert [(pair.product, pair.source.name, pair.target.name) for pair in pairs] == [
        ("luma_a1", "luma_a1_back.jpg", "luma_a1_main.jpg"),
        ("luma_b2", "luma_b2_alt1.jpg", "luma_b2_main.jpg"),
        ("luma_b2", "luma_b2_back.jpg", "luma_b2_main.jpg"),
    ]


def test_the_pattern_and_the_name_of_the_main_view_are_free(make_views: MakeViews) -> None:
    folder = make_views("0-bag.png", "1-bag.png", "2-bag.png")
    pairs = pair_views(folder, main="0", names=r"(?P<view>\d)-(?P<product>.+)").pairs
    assert [(pair.product, pair.source.name) for pair in pairs] == [("bag", "1-bag.png"), ("bag", "2-bag.png")]


def test_what_cannot_be_paired_is_told(make_views: MakeViews) -> None:
    folder = make_views("a_main.png", "a_back.png", "b_back.png", "readme.png")
    views = pair_views(folder)
    assert views.without_main == ("b",)
    assert [path.name for path in views.unmatched] == ["readme.png"]


def test_a_manifest_has_the_agreed_columns_and_paths_relative_to_itself(make_views: MakeViews, tmp_path: Path) -> None:
    folder = make_views("a,1_main.png", "a,1_back.png")
    manifest = tmp_path / "lists" / "manifest.csv"
    write_views(manifest, pair_views(folder).pairs, split="test")
    with manifest.open(newline="") as lines:
        assert list(csv.reader(lines)) == [
            ["source", "target", "task", "split", "group"],
            ["../views/a,1_back.png", "../views/a,1_main.png", "viewpoint.wrong_angle", "test", "a,1"],
        ]
    assert [path.name for path in manifest.parent.iterdir()] == ["manifest.csv"]


def test_core_reads_the_manifest_and_keeps_all_views_of_a_product_in_one_split(
    make_views: MakeViews, tmp_path: Path
) -> None:
    folder = make_views("a_main.png", "a_back.png", "a_alt1.png")
    write_views(tmp_path / "manifest.csv", pair_views(folder).pairs)
    divided = read_manifest(tmp_path / "manifest.csv", ["viewpoint.wrong_angle"])["viewpoint.wrong_angle"]
    assert sorted(len(rows) for rows in divided.values()) == [0, 0, 2]


def test_two_main_views_of_a_product_are_an_error_that_names_both(make_views: MakeViews) -> None:
    folder = make_views("train/a_main.png", "test/a_main.png", "a_back.png")
    with pytest.raises(DataError, match=r"test/a_main\.png and .*train/a_main\.png"):
        pair_views(folder)


def test_a_folder_without_pairs_is_an_error_that_shows_the_names(make_views: MakeViews) -> None:
    with pytest.raises(DataError, match="no product has both a view 'front'"):
        pair_views(make_views("a_main.png", "a_back.png"), main="front")


@pytest.mark.parametrize(
    ("names", "fault"), [("(", "not a regular expression"), (r"(?P<product>.+)", "lacks the named group view")]
)
def test_a_bad_pattern_is_named(names: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=fault):
        pair_views(tmp_path, names=names)
