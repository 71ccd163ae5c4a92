"""A data root whose pairs are bad at a known rate, with good ones to score by: does the semi-paired design protect?

Li et al. cut products out of real photos to make pairs, and as their cut-outs are often wrong, they train with unpaired
images as well. Here products on white are pasted into scenes, so the truth is known: half of the training products are
photos with a mask beside them, of which a chosen share is damaged; the other half are clean images without a partner.
Validation and test pairs are good.

Run: python benchmarks/bad_pairs.py --clean PRODUCTS --backgrounds BACKGROUNDS --rate 0.5 --out data/bad50
Then: mendkit bench ablation --data data/bad50 --tasks background.non_white --models full,without_cycle ...
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import cv2
import numpy as np

from mendkit.config import DataConfig
from mendkit.contracts import Image, Mask, Photo
from mendkit.data.catalogue import SPLITS, Split, SplitFiles
from mendkit.data.images import foreground_beside, write_image
from mendkit.data.manifest import write_manifest
from mendkit.data.opening import MANIFESTS, open_catalogue
from mendkit.data.store import ImageStore, StoredResources
from mendkit.errors import UnreadableImageError
from mendkit_background.matte import matte_on_white
from mendkit_background.non_white import NonWhiteSynthesizer

TASK = "background.non_white"
BLOBS = 3
"""At most so many parts of a bad mask are wrong."""
SHARPNESS = 12
"""Blobs are noise that was blurred by this part of the side, so that they have the size of a product's parts."""


def blob(rng: np.random.Generator, near: Mask) -> Mask:
    """A random blob ``[H, W]`` (bool) about some place where ``near`` is not zero."""
    side = min(near.shape)
    row, column = rng.choice(np.argwhere(near)) if near.any() else np.array(near.shape) // 2
    rows, columns = np.ogrid[: near.shape[0], : near.shape[1]]
    reach = rng.uniform(0.12, 0.3) * side
    noise = cv2.GaussianBlur(rng.standard_normal(near.shape), (0, 0), side / SHARPNESS)
    edge = reach * (1 + 0.4 * noise / noise.std())
    return np.asarray(np.hypot(rows - row, columns - column) < edge)


def damaged(mask: Mask, rng: np.random.Generator) -> Mask:
    """The mask with up to ``BLOBS`` errors: product that is lost or half transparent, scene that is kept."""
    mask = mask.copy()
    for _ in range(rng.integers(1, BLOBS + 1)):
        kept, value = ((False, 0), (False, 128), (True, 255))[rng.integers(3)]
        mask[blob(rng, 255 - mask if kept else mask)] = value
    return mask


def write_split(
    out: Path, split: Split, files: SplitFiles, *, size: int, rate: float, seed: int
) -> Iterator[dict[str, str]]:
    """Write the images of one split. Yields the lines of the manifest."""
    store, paste = ImageStore(size), NonWhiteSynthesizer()
    resources = StoredResources(store, files.resources)
    for index, ref in enumerate(files.clean):
        rng = np.random.default_rng([seed, SPLITS.index(split), index])
        line = {"task": TASK, "split": split}
        try:
            photo = store.photo(ref)
        except UnreadableImageError:
            continue
        name = f"images/{split}/{index:06}.png"
        if split == "train" and index % 2:
            write_image(out / name, photo.pixels)
            yield line | {"target": name}
            continue
        pair = paste(Photo(photo.pixels, photo.name), rng, resources)
        source, target = (name.replace(".png", f".{side}.png") for side in ("source", "target"))
        write_image(out / source, pair.source)
        if split == "train":
            write_image(foreground_beside(out / source), mask_of(pair.target, rng, rate))
            yield line | {"source": source}
        else:
            write_image(out / target, pair.target)
            yield line | {"source": source, "target": target}


def mask_of(target: Image, rng: np.random.Generator, rate: float) -> Mask:
    """The product's mask, damaged at the given rate."""
    mask = np.asarray(np.rint(255 * matte_on_white(target)), np.uint8)
    return damaged(mask, rng) if rng.random() < rate else mask


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clean", type=Path, required=True, help="folder of products on white")
    parser.add_argument("--backgrounds", type=Path, required=True, help="folder of scenes")
    parser.add_argument("--rate", type=float, required=True, help="share of bad training pairs, 0 to 1")
    parser.add_argument("--out", type=Path, required=True, help="the new data root")
    parser.add_argument("--size", type=int, default=96, help="side of the images, px")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    catalogue = open_catalogue(DataConfig(clean=options.clean, resources={"backgrounds": options.backgrounds}), [])
    options.out.mkdir(parents=True)
    given = {"size": options.size, "rate": options.rate, "seed": options.seed}
    lines = chain.from_iterable(write_split(options.out, split, catalogue[split], **given) for split in SPLITS)
    write_manifest(options.out / MANIFESTS[0], lines)


if __name__ == "__main__":
    main()
