"""Photos of one product share a split, by the names of their files and by the groups of a manifest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mendkit.config import DataConfig
from mendkit.data.catalogue import SPLITS, Catalogue
from mendkit.data.opening import open_catalogue
from mendkit.data.products import ProductNames
from mendkit.errors import DataError

Put = Callable[..., list[Path]]
NAMES = r"(?P<product>.+)_[^_]+"
TASK = "background.watermark"

# By their hash, p3 is test and p5 val; p1, p2 and p4 are train.


def opened(root: Path, **settings: Any) -> Catalogue:
    return open_catalogue(DataConfig(root=root, **{"product": NAMES, **settings}), [TASK])


def clean_products(catalogue: Catalogue) -> dict[str, list[tuple[str, str | None]]]:
    return {split: [(ref.name, ref.product) for ref in catalogue[split].clean] for split in SPLITS}


def test_the_whole_name_must_fit() -> None:
    names = ProductNames(NAMES)
    found = [names.of(Path(name)) for name in ("x/bag_blue_front.jpg", "bag.jpg", "bag_.jpg")]
    assert found == ["bag_blue", None, None]
    assert ProductNames().of(Path("bag_front.jpg")) is None


def test_photos_of_one_product_share_the_split_of_its_name(root: Path, put: Put) -> None:
    put("clean/p3_back.png", "clean/more/p3_front.png", "clean/p5_main.png", "clean/p1_main.png", "clean/p2.png")
    assert clean_products(opened(root)) == {
        "train": [("p1_main", "p1"), ("p2", None)],
        "val": [("p5_main", "p5")],
        "test": [("p3_front", "p3"), ("p3_back", "p3")],
    }


def test_without_an_expression_each_file_is_a_product_of_its_own(root: Path, put: Put) -> None:
    put(*(f"clean/p3_{view}.png" for view in range(20)))
    catalogue = opened(root, product=None)
    assert catalogue["train"].clean and catalogue["test"].clean
    assert not any(product for found in clean_products(catalogue).values() for _, product in found)


def test_a_folder_states_the_split_for_all_photos_of_a_product(root: Path, put: Put) -> None:
    put("clean/test/p1_front.png", "clean/p1_back.png", "clean/p2_back.png")
    assert [ref.name for ref in opened(root)["test"].clean] == ["p1_back", "p1_front"]


def test_val_is_cut_out_of_train_by_products(root: Path, put: Put) -> None:
    put("clean/train/p5_a.png", "clean/train/p5_b.png", "clean/train/p3_a.png")
    assert [ref.name for ref in opened(root)["val"].clean] == ["p5_a", "p5_b"]


def test_a_product_in_two_split_folders_is_an_error_that_names_both_photos(root: Path, put: Put) -> None:
    put("clean/train/bag_a.png", "clean/test/bag_b.png")
    with pytest.raises(DataError, match="product 'bag' is in two splits, in test as bag_b and in train as bag_a"):
        opened(root)


def test_pairs_know_their_product_and_are_paired_by_their_whole_name(root: Path, put: Put) -> None:
    put(*(f"background/watermark/{side}/p3_{view}.png" for side in ("source", "target") for view in "ab"))
    put("background/watermark/side_by_side/p3_c.png")
    pairs = opened(root)["test"].of(TASK).pairs
    assert [pair.name for pair in pairs] == ["p3_a", "p3_b", "p3_c"]
    assert {ref.product for pair in pairs for ref in (pair.source, pair.target)} == {"p3"}


def test_the_group_of_a_manifest_is_the_product(root: Path, put: Put) -> None:
    put("a.png", "b.png", "clean/p3_front.png")
    (root / "manifest.csv").write_text(f"source,target,task,group\na.png,b.png,{TASK},p3\na.png,,{TASK},\n")
    catalogue = opened(root)
    assert [ref.product for ref in catalogue["test"].clean] == ["p3"]
    assert [pair.target.product for pair in catalogue["test"].of(TASK).pairs] == ["p3"]
    sources = [ref for split in SPLITS for ref in catalogue[split].of(TASK).sources]
    assert [ref.product for ref in sources] == [None]


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("(?P<product>", "is not a regular expression"),
        (".+_.+", "lacks the named group product, as in"),
        (r"(?P<product>\d+)", "matches no file name here"),
    ],
)
def test_an_expression_of_no_use_is_an_error(root: Path, put: Put, expression: str, fault: str) -> None:
    put("clean/bag_a.png")
    with pytest.raises(DataError, match=fault):
        opened(root, product=expression)
