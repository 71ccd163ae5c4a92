"""Which split an image belongs to: the one its folder or manifest states, else one by a hash of its key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic, TypeVar

from .catalogue import SPLITS, Split

T = TypeVar("T")
Divided = dict[Split, tuple[T, ...]]
"""Items by their split; all three splits are there."""


@dataclass(frozen=True, slots=True)
class Keyed(Generic[T]):
    """An item of a data root before it has a split: ``key`` is hashed, unless a split is ``stated``."""

    key: str
    item: T
    stated: Split | None = None


def stable_hash(text: str) -> int:
    """A 64-bit hash that is the same in every process. File names that are not UTF-8 hash as well."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "big")


def split_of(key: str) -> Split:
    """The split of a key: train, val and test get 80, 10 and 10 % of all keys.

    It depends on nothing but the key, so images that are added never move others.

    >>> [split_of(name) for name in ("shoe_1", "shoe_2", "shoe_4")]
    ['train', 'train', 'train']
    """
    tenth = stable_hash(key) % 10
    return "train" if tenth < 8 else SPLITS[tenth - 7]


def into_splits(found: Iterable[Keyed[T]]) -> Divided[T]:
    """Divide what one place holds among the splits.

    If train is stated and val is not, the tenth of train whose hash says val becomes val: test stays what it was.
    """
    found = tuple(found)
    stated = {keyed.stated for keyed in found}
    lacks_val = "train" in stated and "val" not in stated
    divided: dict[Split, list[T]] = {split: [] for split in SPLITS}
    for keyed in found:
        divided[_split(keyed, lacks_val)].append(keyed.item)
    return {split: tuple(items) for split, items in divided.items()}


def _split(keyed: Keyed[T], lacks_val: bool) -> Split:
    hashed = split_of(keyed.key)
    if keyed.stated == "train" and lacks_val and hashed == "val":
        return "val"
    return keyed.stated or hashed
