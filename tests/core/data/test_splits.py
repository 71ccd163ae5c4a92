from __future__ import annotations

from collections import Counter

import pytest

from mendkit.data.splits import Keyed, into_splits, split_of, stable_hash


def test_a_split_never_changes_from_one_release_to_the_next() -> None:
    assert [split_of(f"shoe_{i}") for i in range(8, 13)] == ["train", "test", "train", "train", "test"]
    assert stable_hash("shoe") == 13433513654718455840


def test_keys_are_divided_80_to_10_to_10() -> None:
    counts = Counter(split_of(f"product_{i}") for i in range(5000))
    assert counts["train"] == pytest.approx(4000, abs=100)
    assert counts["val"] == pytest.approx(500, abs=80)
    assert counts["test"] == pytest.approx(500, abs=80)


def test_images_that_are_added_move_no_others() -> None:
    few = into_splits(Keyed(f"shoe_{i}", i) for i in range(20))
    many = into_splits(Keyed(f"shoe_{i}", i) for i in range(200))
    assert all(set(few[split]) <= set(many[split]) for split in few)


def test_file_names_that_are_not_utf8_have_a_split() -> None:
    assert split_of("caf\udce9") in ("train", "val", "test")


def test_a_stated_split_wins_over_the_hash() -> None:
    divided = into_splits([Keyed("shoe_9", "a", "train"), Keyed("shoe_1", "b", "val"), Keyed("shoe_2", "c", "test")])
    assert divided == {"train": ("a",), "val": ("b",), "test": ("c",)}


def test_without_a_stated_val_a_tenth_of_train_becomes_val_and_test_stays() -> None:
    stated = [Keyed(f"p{i}", i, "train") for i in range(1000)] + [Keyed(f"t{i}", -i, "test") for i in range(1, 101)]
    divided = into_splits(stated)
    assert len(divided["val"]) == pytest.approx(100, abs=30)
    assert {*divided["val"], *divided["train"]} == set(range(1000))
    assert all(split_of(f"p{i}") == "val" for i in divided["val"])
    assert len(divided["test"]) == 100


def test_with_a_stated_val_nothing_is_cut_out_of_train() -> None:
    stated = [Keyed(f"p{i}", i, "train") for i in range(100)] + [Keyed("v", -1, "val")]
    assert into_splits(stated) == {"train": tuple(range(100)), "val": (-1,), "test": ()}
