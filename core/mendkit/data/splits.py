"""The split of an image: set by its folder or manifest, or else by a hash of its key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Generic, TypeVar

from ..errors import DataError
from .catalogue import SPLITS, Split

T = TypeVar("T")
Divided = dict[Split, tuple[T, ...]]
"""Items by split; all three splits are present."""


@dataclass(frozen=True, slots=True)
class Keyed(Generic[T]):
    """An item of a data root before it has a split: ``product``, or else ``key``, is hashed if no split is ``stated``.

    Items of one product share a split, which any of them can state.
    """

    key: str
    item: T
    stated: Split | None = None
    product: str | None = None


def stable_hash(text: str) -> int:
    """A 64-bit hash that is the same in every process. File names that are not UTF-8 hash as well."""
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).digest(), "big")


def split_of(key: str) -> Split:
    """The split of a key: train, val and test get 80, 10 and 10 % of all keys.

    It depends only on the key, so adding images never moves others.

    >>> [split_of(name) for name in ("shoe_1", "shoe_2", "shoe_4")]
    ['train', 'train', 'train']
    """
    tenth = stable_hash(key) % 10
    return "train" if tenth < 8 else SPLITS[tenth - 7]


def into_splits(found: Iterable[Keyed[T]]) -> Divided[T]:
    """Divide the items of one place among the splits.

    If train is stated and val is not, a tenth of train, chosen by hash, becomes val; test stays unchanged.

    Raises:
        DataError: two splits are stated for items of one product.
    """
    found = tuple(found)
    stated = {keyed.stated for keyed in found}
    lacks_val = "train" in stated and "val" not in stated
    of_products = _stated_for_products(found)
    divided: dict[Split, list[T]] = {split: [] for split in SPLITS}
    for keyed in found:
        own = keyed.stated or of_products.get(keyed.product)
        divided[_split(keyed.product or keyed.key, own, lacks_val)].append(keyed.item)
    return {split: tuple(items) for split, items in divided.items()}


def _split(key: str, stated: Split | None, lacks_val: bool) -> Split:
    hashed = split_of(key)
    if stated == "train" and lacks_val and hashed == "val":
        return "val"
    return stated or hashed


def _stated_for_products(found: Iterable[Keyed[T]]) -> dict[str | None, Split]:
    first: dict[str | None, tuple[Split, str]] = {}
    for keyed in found:
        if keyed.product is None or keyed.stated is None:
            continue
        split, key = first.setdefault(keyed.product, (keyed.stated, keyed.key))
        if split != keyed.stated:
            raise DataError(
                f"product {keyed.product!r} is in two splits, in {split} as {key} and in {keyed.stated} as "
                f"{keyed.key}; put all its images in one of them"
            )
    return {product: split for product, (split, _) in first.items()}
