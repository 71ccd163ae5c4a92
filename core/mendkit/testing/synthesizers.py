"""Rules for synthesizers: pairs of the photo's size, reproducible from the seed, and masks that cover the defect."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from mendkit_registry import SynthesizerSpec

from ..contracts import Synthesizer
from ..contracts.pair import Pair, Truth
from ..contracts.photo import Image, Photo
from ..data.synthesis import fault_of
from ..errors import reason_of
from . import effects
from .checks import Check, CheckError
from .products import blank_photos, clean_photos, real_photos

SEEDS = range(4)
MOST_WITHOUT_DEFECT = 0.1
"""The share of pairs that may have equal sides: a mark can miss the photo, but a model learns nothing from that."""
ROUNDING = 2
"""Levels of 255 by which pixels may differ outside the mask."""


class NoResources:
    """Data without resources."""

    def draw(self, kind: str, rng: np.random.Generator, height: int, width: int) -> Image | None:
        """None, whatever the kind."""
        return None


@dataclass
class Scenery:
    """Data with resources of every kind: noise. Records which kinds were drawn."""

    drawn: set[str] = field(default_factory=set)

    def draw(self, kind: str, rng: np.random.Generator, height: int, width: int) -> Image | None:
        """Noise ``[height, width, 3]``."""
        self.drawn.add(kind)
        return rng.integers(0, 256, (height, width, 3), np.uint8)


@dataclass(frozen=True)
class Trial:
    """A synthesizer and the photos that it is tested on."""

    spec: SynthesizerSpec
    synthesizer: Synthesizer

    @cached_property
    def photos(self) -> tuple[Photo, ...]:
        """Photos that have a defect, or on which one would be visible."""
        return tuple(clean_photos() if self.spec.starts_from == "clean" else real_photos())

    @cached_property
    def plain_photos(self) -> tuple[Photo, ...]:
        """Photos that it must also make pairs from, although these may be without a defect."""
        without_masks = (replace(photo, foreground=None) for photo in self.photos[:3])
        return tuple(blank_photos() if self.spec.starts_from == "clean" else without_masks)

    def make(self, photo: Photo, seed: int = 0, resources: Scenery | NoResources | None = None) -> Pair:
        """A pair made from a copy of ``photo``. Raises CheckError."""
        try:
            return self.synthesizer(deepcopy(photo), np.random.default_rng(seed), resources or NoResources())
        except Exception as error:
            raise CheckError(f"raised {reason_of(error)}, for a {photo.name}") from error

    def pairs(self) -> Iterator[tuple[Photo, Pair]]:
        """Pairs made from all photos, several from each."""
        return ((photo, self.make(photo, seed)) for photo in self.photos for seed in SEEDS)


def makes_pairs(trial: Trial) -> str | None:
    """From any photo, with and without resources."""
    for photo in trial.photos + trial.plain_photos:
        for resources in (NoResources(), Scenery()):
            if fault := fault_of(trial.make(photo, resources=resources), photo):
                return f"{fault}, of a {photo.name}"
    return None


def repeats_itself(trial: Trial) -> str | None:
    """Even if other pairs are made in between."""
    for photo in trial.photos[:3]:
        first = trial.make(photo, seed=7)
        for other in trial.photos[-2:]:
            trial.make(other, seed=8)
        if _bytes(first) != _bytes(trial.make(photo, seed=7)):
            return f"made two different pairs from one {photo.name} with the same seed"
    return None


def varies(trial: Trial) -> str | None:
    """A synthesizer that draws from the generator must depend on it."""
    photo, rng = trial.photos[0], np.random.default_rng(0)
    before = str(rng.bit_generator.state)
    trial.synthesizer(deepcopy(photo), rng, NoResources())
    if str(rng.bit_generator.state) == before:
        return None
    pairs = {_bytes(trial.make(photo, seed)) for seed in range(8)}
    return "draws from `rng`, but made the same pair with 8 seeds" if len(pairs) == 1 else None


def has_a_defect(trial: Trial) -> str | None:
    """One that starts from defective photos may find nothing to mend in some drawn ones, but not in all."""
    same = [photo for photo, pair in trial.pairs() if np.array_equal(pair.source, pair.target)]
    count = len(trial.photos) * len(SEEDS)
    most = MOST_WITHOUT_DEFECT * count if trial.spec.starts_from == "clean" else count - 1
    if len(same) <= most:
        return None
    return f"{len(same)} of {count} pairs have equal sides, such as one of a {same[0].name}"


def covers(trial: Trial) -> str | None:
    """All differences are inside the mask."""
    for photo, pair in trial.pairs():
        if pair.mask is not None and (missed := int((_difference(pair)[pair.mask == 0] > ROUNDING).sum())):
            return f"{missed} pixels differ where the mask is 0, in a pair of a {photo.name}"
    return None


def says_where(trial: Trial) -> str | None:
    """A mask of everything says nothing if most pixels are unchanged."""
    masked = [(pair.mask > 0, _difference(pair) > 0) for _, pair in trial.pairs() if pair.mask is not None]
    if masked and all(mask.all() and differs.mean() < 0.5 for mask, differs in masked):
        return "the mask covers the whole photo in each pair, but less than half of the pixels differ"
    return None


def keeps_the_shapes_of_truths(trial: Trial) -> str | None:
    """Batches stack them."""
    shapes: dict[tuple[str, tuple[int, ...]], tuple[int, ...]] = {}
    for photo, pair in trial.pairs():
        for name, truth in pair.truths.items():
            first = shapes.setdefault((name, photo.pixels.shape), truth.shape)
            if truth.shape != first:
                return f"returned {name!r} as {list(first)} and as {list(truth.shape)}, for photos of one size"
    return None


def gives_true_inks(trial: Trial) -> str | None:
    """``source = (1 - alpha) * target + alpha * ink``."""
    for photo, pair in trial.pairs():
        if not {"alpha", "ink"} <= set(pair.truths):
            continue
        alpha, ink = pair.truths["alpha"][..., None], pair.truths["ink"] * 255
        if wrong := int((np.abs((1 - alpha) * pair.target + alpha * ink - pair.source) > ROUNDING).any(axis=2).sum()):
            return f"{wrong} pixels differ from what alpha and ink give, in a pair of a {photo.name}"
    return None


def gives_true_homographies(trial: Trial) -> str | None:
    """The source, warped by the homography, must be closer to the target than the source itself."""
    for photo, pair in trial.pairs():
        if (homography := pair.truths.get("homography")) is None:
            continue
        straight, inside = _straightened(pair.source, homography)
        before, after = (_difference_of(image, pair.target)[inside].mean() for image in (pair.source, straight))
        if after > max(before, ROUNDING):
            return f"the homography moves the source away from the target, in a pair of a {photo.name}"
    return None


def keeps_the_photo(trial: Trial) -> str | None:
    """Photos are cached and used again."""
    for photo in trial.photos:
        given = deepcopy(photo)
        trial.synthesizer(given, np.random.default_rng(0), NoResources())
        for name in ("pixels", "foreground"):
            if not np.array_equal(getattr(given, name), getattr(photo, name)):
                return f"changed `photo.{name}` of a {photo.name} in place"
    return None


def declares_resources(trial: Trial) -> str | None:
    """A plan shows the resources in the spec."""
    scenery = Scenery()
    for photo in trial.photos[:3]:
        for seed in range(8):
            trial.make(photo, seed, scenery)
    undeclared = sorted(scenery.drawn - set(trial.spec.resources))
    return f"draws resources of the kind {undeclared[0]!r}, which its spec does not name" if undeclared else None


def has_no_effects(trial: Trial) -> str | None:
    """With or without resources."""
    with effects.watched() as found:
        for photo in trial.photos[:3] + trial.plain_photos[:1]:
            trial.make(photo)
            trial.make(photo, resources=Scenery())
    return " and ".join(found) or None


def _bytes(pair: Pair) -> bytes:
    truths = [truth for _, truth in sorted(pair.known.items())]
    return b"".join(array.tobytes() for array in (pair.source, pair.target, *truths))


def _difference(pair: Pair) -> NDArray[np.uint8]:
    return _difference_of(pair.source, pair.target)


def _difference_of(one: Image, other: Image) -> NDArray[np.uint8]:
    """The largest of the channels' absolute differences, ``[H, W]``."""
    return np.asarray(cv2.absdiff(one, other).max(axis=2), np.uint8)


def _straightened(source: Image, homography: Truth) -> tuple[Image, NDArray[np.bool_]]:
    """The source, warped by the homography, and the pixels ``[H, W]`` that come from inside it."""
    height, width = source.shape[:2]
    x, y = np.meshgrid((np.arange(width) * 2 + 1) / width - 1, (np.arange(height) * 2 + 1) / height - 1)
    u, v, w = np.moveaxis(np.stack([x, y, np.ones_like(x)], axis=-1) @ homography.T.astype(np.float64), -1, 0)
    columns, rows = (((u / w + 1) * width - 1) / 2, ((v / w + 1) * height - 1) / 2)
    inside = (columns >= 0) & (columns <= width - 1) & (rows >= 0) & (rows <= height - 1)
    straight = cv2.remap(source, columns.astype(np.float32), rows.astype(np.float32), cv2.INTER_LINEAR)
    return straight.astype(np.uint8), inside


CHECKS: tuple[Check[Trial], ...] = (
    Check(
        "makes a pair of any photo",
        makes_pairs,
        "return a mendkit.contracts.Pair of uint8 arrays as large as the photo, even for a photo that is blank, of "
        "another shape, or without a mask, and if `resources.draw` returns None",
    ),
    Check("repeats a pair with its seed", repeats_itself, "draw only from `rng`, and keep no state between calls"),
    Check("makes other pairs with other seeds", varies, "make the defect depend on `rng`"),
    Check(
        "has a defect in its pairs",
        has_a_defect,
        "make the defect visible on any product, including nearly white and dark ones, or draw again until it is",
    ),
    Check(
        "covers the defect with its mask", covers, "set the mask to 255 where source and target differ, or return None"
    ),
    Check(
        "says with its mask where the defect is", says_where, "set the mask to 0 where nothing differs, or return None"
    ),
    Check(
        "gives truths of one shape",
        keeps_the_shapes_of_truths,
        "make the shape of a truth depend only on its name and the photo's size; leave it out where it makes no sense",
    ),
    Check(
        "gives an alpha and an ink that make its source",
        gives_true_inks,
        "make (1 - alpha) * target + alpha * 255 * ink equal the source, or leave out the truth 'ink'",
    ),
    Check(
        "gives a homography from target to source",
        gives_true_homographies,
        "map points (x, y, 1) in the target to points in the source, where the image spans [-1, 1] from edge to edge",
    ),
    Check("leaves the photo as it is", keeps_the_photo, "work on `photo.pixels.copy()`"),
    Check("names its resources", declares_resources, "list the kind in SynthesizerSpec(resources=...)"),
    Check("has no side effects", has_no_effects, effects.REMEDY),
)
