"""Draws products that no model has seen, spoils them, mends them with an installed model, and shows all of them.

    python benchmarks/gallery.py --model base --out docs/gallery.jpg

The seed draws the photos; none is chosen. Prints what is left of each photo's error, and the sum for each task.
"""

from __future__ import annotations

import argparse
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

from mendkit import Corrector
from mendkit.config import DataConfig
from mendkit.contracts import Image, SampleSource
from mendkit.data.images import write_image
from mendkit.data.making import MadePairs, made_pairs
from mendkit.data.opening import open_catalogue
from mendkit.data.sheet import contact_sheet
from mendkit_registry import Registry, SamplesSpec, build, load

PHOTOS, SIZE, BESIDE = 24, 256, 2
UNSEEN = 10**6
"""Products drawn with seeds from this one on are in no training data."""


def draw_products(registry: Registry, folder: Path, seed: int) -> None:
    """Products on white."""
    draw = build(registry[SamplesSpec]["samples.products"], SampleSource)
    for number in range(PHOTOS):
        image = draw(np.random.default_rng([UNSEEN + seed, number]), SIZE)
        write_image(folder / "test" / f"product_{number:02d}.png", image)


def error(image: Image, truth: Image) -> float:
    """Mean absolute error, in levels of 255."""
    return float(np.abs(image.astype(np.float32) - truth).mean())


class Shown(NamedTuple):
    """Before, mended and truth; and the errors of the first two."""

    images: list[Image]
    before: float
    after: float


def show(corrector: Corrector, task: str, pairs: MadePairs, number: int) -> Shown:
    """Mend one photo."""
    pair = pairs.make(number)
    output = corrector.correct(pair.source, task)
    return Shown([pair.source, output, pair.target], error(pair.source, pair.target), error(output, pair.target))


def main() -> None:
    """Draw, mend, show."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="base", help="installed model, or a run")
    parser.add_argument("--out", type=Path, required=True, help="the picture")
    parser.add_argument("--data", type=Path, default=Path("runs/gallery"), help="folder for the drawn products")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    registry, corrector = load(), Corrector.load(given.model)
    draw_products(registry, given.data, given.seed)
    catalogue = open_catalogue(DataConfig(clean=given.data), registry.tasks)
    per_task, cells = PHOTOS // len(corrector.tasks), list[list[Image]]()
    for place, task in enumerate(corrector.tasks):
        pairs = made_pairs(catalogue, registry, task, size=SIZE, seed=given.seed)
        found = [show(corrector, task, pairs, place * per_task + number) for number in range(per_task)]
        before, after = (sum(each.before for each in found), sum(each.after for each in found))
        shares = ", ".join(f"{each.after / each.before:.0%}" for each in found)
        print(f"| `{task}` | {before / per_task:.1f} | {after / per_task:.1f} | {after / before:.1%} | {shares} |")
        cells += [each.images for each in found]
    rows = [list(chain(*cells[first : first + BESIDE])) for first in range(0, len(cells), BESIDE)]
    titles = [task for task in corrector.tasks for _ in range(per_task // BESIDE)]
    write_image(given.out, contact_sheet(rows, titles=["before", "mended", "truth"] * BESIDE, row_titles=titles))


if __name__ == "__main__":
    main()
