"""Makes the data from which the model ``base`` has learnt: all of it may be used by anyone, for anything.

    python benchmarks/open_data.py --photos PHOTOS --views VIEWS --shelves SHELVES --drawn 4600 --out data/open

``PHOTOS`` are photos of clothes at home (alexeygrigorev/clothing-dataset-small, CC0), each with a rough mask of what
is in front as ``NAME.mask.png``. Where GrabCut, started from the mask, agrees with it, the product is cut out: onto
white as a clean product, and in its place as the partner of its photo. What is beside the products becomes scenery.
``VIEWS`` are products on white, whose file names say which belong together, as PRODUCT_VIEW (the ``luma_*`` files of
magento/magento2-sample-data, OSL 3.0 and AFL 3.0). ``SHELVES`` are photos of shops (marcusklasson/GroceryStoreDataset,
MIT). The rest is drawn. Twentieths are kept for validation, by product.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit.contracts import Image, Mask, SampleSource
from mendkit.data.images import read_image, write_image
from mendkit.data.splits import stable_hash
from mendkit_background.foreground import grabcut, large_parts
from mendkit_registry import SamplesSpec, build, load

Floats = NDArray[np.float32]

SIZE = 272
"""Side of drawn products, px."""
COPIES = {"cut": 4, "view": 6}
"""Photos are drawn more often than products that are drawn, of which there are more."""
EVERY_SHELF = 3
MARGIN = 0.06
"""Around a cut product, as a share of the longer side."""
AREA = (0.08, 0.75)
"""Least and greatest share of a photo that a product covers."""
ITERATIONS = 4
"""Of GrabCut."""
LEAST_AGREEMENT, MOST_DOUBT, MOST_CUT_OFF = 0.95, 0.12, 0.12
"""IoU of mask and GrabCut, share of the mask that is unsure, and share of the border that the product covers."""
LEAST_CONTRAST, MOST_RAGGED = 14, 2.2
"""Difference in Lab of product and surround along nine tenths of the outline, and its length by that of its hull."""
LEAST_SCENE = 48
"""The shorter side of what is beside a product, px."""
SCENE = 1.5
"""Narrow strips are mirrored until their sides differ by less than this factor."""


class Cut(NamedTuple):
    """A photo, and where its product is: 1 or 0."""

    pixels: Image
    product: Mask


def cut_out(pixels: Image, mask: Mask) -> Mask | None:
    """Where the product is, 1 or 0; None if the mask cannot be trusted."""
    rough = (mask >= 128).astype(np.uint8)
    doubt = ((mask > 64) & (mask < 192)).sum() / max(rough.sum(), 1)
    if not AREA[0] < rough.mean() < AREA[1] or doubt >= MOST_DOUBT:
        return None
    product = _grabcut(pixels, rough)
    border = np.concatenate([product[0], product[-1], product[:, 0], product[:, -1]]).mean()
    agreement = (rough & product).sum() / max((rough | product).sum(), 1)
    sound = agreement > LEAST_AGREEMENT and border < MOST_CUT_OFF
    return product if sound and _contrast(pixels, product) > LEAST_CONTRAST and _is_smooth(product) else None


def _grabcut(pixels: Image, rough: Mask) -> Mask:
    reach = max(3, round(min(rough.shape) * 0.03)) | 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    labels = np.where(rough > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[cv2.erode(rough, disc) > 0] = cv2.GC_FGD
    labels[cv2.dilate(rough, disc) == 0] = cv2.GC_BGD
    found = grabcut(pixels, labels, ITERATIONS)
    return large_parts(cv2.morphologyEx(found, cv2.MORPH_OPEN, _square(3)).astype(np.uint8)) // 255


def _contrast(pixels: Image, product: Mask) -> float:
    """How far the colours on both sides of the outline are apart, in Lab: exceeded along nine tenths of it."""
    inside = (product - cv2.erode(product, _square(7))).astype(np.uint8)
    outside = (cv2.dilate(product, _square(7)) - product).astype(np.uint8)
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB).astype(np.float32)
    apart = np.linalg.norm(_mean_near(lab, inside, 4) - _mean_near(lab, outside, 4), axis=-1)
    return float(np.percentile(apart[inside > 0], 20)) if inside.any() else 0.0


def _is_smooth(product: Mask) -> bool:
    contours, _ = cv2.findContours(product, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    length = sum(cv2.arcLength(contour, True) for contour in contours)
    return bool(length < MOST_RAGGED * sum(cv2.arcLength(cv2.convexHull(contour), True) for contour in contours))


def _mean_near(values: Floats, where: Mask, sigma: float) -> Floats:
    """The mean of the values at the places ``where``, weighted by nearness, ``[H, W, 3]``."""
    weight = cv2.GaussianBlur(where.astype(np.float32), (0, 0), sigma)[..., None]
    total = cv2.GaussianBlur(values * where[..., None].astype(np.float32), (0, 0), sigma)
    return np.asarray(total / np.maximum(weight, 1e-3), np.float32)


def on_white(cut: Cut) -> Image:
    """The product on white. Along its edge it has the colours from further inside, not those of what was behind it."""
    alpha = cv2.GaussianBlur(cv2.erode(cut.product, _square(3)).astype(np.float32), (0, 0), 0.8)[..., None]
    inner = cv2.erode(cut.product, _square(5)).astype(np.uint8)
    pixels = cut.pixels.astype(np.float32)
    colours = np.where(inner[..., None] > 0, pixels, _mean_near(pixels, inner, 2))
    return np.asarray((255 - alpha * (255 - colours)).round().clip(0, 255), np.uint8)


def beside(pixels: Image, mask: Mask) -> Image | None:
    """The largest strip of the photo beside what is in front, mirrored if it is narrow; None if it is too small."""
    front = cv2.dilate((mask > 40).astype(np.uint8), _square(9))
    rows, columns = np.flatnonzero(front.any(axis=1)), np.flatnonzero(front.any(axis=0))
    if not len(rows):
        return None
    strips = (pixels[: rows[0]], pixels[rows[-1] + 1 :], pixels[:, : columns[0]], pixels[:, columns[-1] + 1 :])
    strip = max(strips, key=lambda each: min(each.shape[:2]))
    if min(strip.shape[:2]) < LEAST_SCENE:
        return None
    while strip.shape[0] * SCENE < strip.shape[1]:
        strip = np.concatenate([strip, strip[::-1]])
    while strip.shape[1] * SCENE < strip.shape[0]:
        strip = np.concatenate([strip, strip[:, ::-1]], axis=1)
    return strip


def _square(side: int) -> Mask:
    return np.ones((side, side), np.uint8)


def split_of(product: str) -> str:
    """Train or val."""
    return "val" if stable_hash(product) % 20 == 7 else "train"


def padded(image: Image) -> Image:
    """With a white margin."""
    margin = round(MARGIN * max(image.shape[:2]))
    return np.pad(image, ((margin, margin), (margin, margin), (0, 0)), constant_values=255)


def write_copies(image: Image, kind: str, name: str, product: str, out: Path) -> None:
    """Write a clean product; in train as often as ``COPIES`` says."""
    split = split_of(product)
    for copy in range(COPIES[kind] if split == "train" else 1):
        write_image(out / "clean" / split / f"{kind}{copy}_{name}.png", image)


def masked_photos(folder: Path) -> Iterator[tuple[str, Image, Mask]]:
    """Name, pixels and mask of each photo that has one."""
    for file in sorted(folder.rglob("*.jpg")):
        mask = cv2.imread(str(file.with_suffix(".mask.png")), cv2.IMREAD_GRAYSCALE)
        if mask is not None:
            pixels = read_image(file)
            name = f"{file.parent.name}_{file.stem}"
            yield name, pixels, cv2.resize(mask, pixels.shape[1::-1]).astype(np.uint8)


def write_cuts(photos: Path, out: Path) -> None:
    """Products that are cut out, as clean ones and as partners of their photos, and what is beside them."""
    for name, pixels, mask in masked_photos(photos):
        if (product := cut_out(pixels, mask)) is not None:
            clean, pairs = on_white(Cut(pixels, product)), out / "background" / "non_white" / split_of(name)
            write_copies(padded(clean), "cut", name, name, out)
            write_image(pairs / "source" / f"{name}.png", pixels)
            write_image(pairs / "target" / f"{name}.png", clean)
        if (scene := beside(pixels, mask)) is not None:
            write_image(out / "backgrounds" / split_of(name) / f"{name}.png", scene)


def write_drawn(count: int, out: Path) -> None:
    """Products that are drawn."""
    draw = build(load()[SamplesSpec]["samples.products"], SampleSource)
    for number in range(count):
        name = f"drawn_{number:05d}"
        write_image(out / "clean" / split_of(name) / f"{name}.png", draw(np.random.default_rng([13, number]), SIZE))


def main() -> None:
    """Write all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("photos", "views", "shelves", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--drawn", type=int, default=4600)
    given = parser.parse_args()
    write_cuts(given.photos, given.out)
    for file in sorted(given.views.glob("luma_*.jpg")):
        write_copies(read_image(file), "view", file.stem, file.stem.rpartition("_")[0], given.out)
    for file in sorted(given.shelves.rglob("*.jpg"))[::EVERY_SHELF]:
        write_image(
            given.out / "backgrounds" / split_of(file.stem) / f"{file.parent.name}_{file.name}", read_image(file)
        )
    write_drawn(given.drawn, given.out)


if __name__ == "__main__":
    main()
