"""Pairs of views of one product, from file names to the rows of a manifest.

Shops photograph a product from several sides. The catalogue should show one of these, the main view: each
other view is the source of a pair whose target is the main view.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mendkit.data.images import find_images
from mendkit.data.manifest import write_manifest
from mendkit.data.products import compile_names
from mendkit.errors import DataError

TASK = "viewpoint.wrong_angle"
NAMES = r"(?P<product>.+)_(?P<view>[^_]+)"
"""How view files are named by default: ``bag17_main.jpg``, ``bag17_back.jpg``."""


@dataclass(frozen=True, slots=True)
class ViewPair:
    """Another view of a product, and its main view."""

    product: str
    source: Path
    target: Path


@dataclass(frozen=True, slots=True)
class Views:
    """The views in a folder: pairs, and files that could not be paired.

    Args:
        pairs: sorted by product, then by file.
        without_main: products without a main view.
        unmatched: images whose name does not match.
    """

    pairs: tuple[ViewPair, ...]
    without_main: tuple[str, ...]
    unmatched: tuple[Path, ...]


def pair_views(folder: Path, *, main: str = "main", names: str = NAMES) -> Views:
    """Pair each view in ``folder`` (and below) with the main view of its product.

    Args:
        folder: the folder of the images.
        main: the name of the main view.
        names: regular expression for file names without suffix, with the groups ``product`` and ``view``.

    Raises:
        DataError: a bad expression, two main views of one product, or no pairs.
    """
    pattern = compile_names(names, ("product", "view"), NAMES)
    products: dict[str, list[tuple[str, Path]]] = defaultdict(list)
    unmatched = []
    for path in find_images(folder):
        if match := pattern.fullmatch(path.stem):
            products[match["product"]].append((match["view"], path))
        else:
            unmatched.append(path)
    pairs = tuple(_pairs(products, main))
    if not pairs:
        raise DataError(f"{folder}: no product has both a view {main!r} and another view, named like {names}")
    without_main = sorted(product for product, views in products.items() if main not in dict(views))
    return Views(pairs, tuple(without_main), tuple(unmatched))


def write_views(file: Path, pairs: Iterable[ViewPair], *, split: str = "") -> None:
    """Write pairs as a CSV manifest, atomically; its paths are relative to its folder.

    Each product is a group, so that all its views stay in one split. With an empty ``split``, the hash of the group
    decides.
    """
    write_manifest(file, (_line(pair, file.parent, split) for pair in pairs))


def _line(pair: ViewPair, folder: Path, split: str) -> dict[str, str]:
    source, target = (_relative(path, folder) for path in (pair.source, pair.target))
    return {"source": source, "target": target, "task": TASK, "split": split, "group": pair.product}


def _pairs(products: Mapping[str, Sequence[tuple[str, Path]]], main: str) -> Iterator[ViewPair]:
    for product, views in sorted(products.items()):
        targets = [path for view, path in views if view == main]
        if len(targets) > 1:
            raise DataError(f"{product}: {targets[0]} and {targets[1]} are both its view {main!r}; remove one")
        for target in targets:
            yield from (ViewPair(product, path, target) for _, path in views if path != target)


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix()
