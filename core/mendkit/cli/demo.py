"""``mendkit demo``: the main job from end to end on drawn products, in about three minutes on two CPU cores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from .console import stdout
from .options import seed_option

if TYPE_CHECKING:
    from ..data.sampling import Item

PRODUCTS = 480
PRODUCT_SIZE = 192
MENDED_PER_TASK = 3
TASKS = ("background.non_white", "background.watermark", "viewpoint.wrong_angle")
"""What drawn products can show, of each of which there is one photo only."""


def demo(
    *,
    out: Annotated[Path, typer.Option(help="Folder of the demo. Run it again to continue.")] = Path("runs/demo"),
    images: Annotated[int, typer.Option(min=8, help="Budget of training, in images.")] = 6000,
    minutes: Annotated[float, typer.Option(help="End training after this many minutes at the latest.")] = 3.0,
    products: Annotated[int, typer.Option(min=20, help="How many products to draw.")] = PRODUCTS,
    size: Annotated[int, typer.Option(help="Side of the model's image, px.")] = 64,
    width: Annotated[int, typer.Option(help="Channels of the model's first convolution.")] = 16,
    seed: Annotated[int, seed_option("Seed of everything.")] = 0,
) -> None:
    """Train one model on backgrounds, watermarks and angles of drawn products, score it, mend some photos."""
    from ..config import read_config
    from . import correct, data, evaluate, tasks, train

    _say("1. The tasks that the installed plugins bring")
    tasks.list_tasks(None, False)
    _say("2. Clean products, drawn; synthesizers invent the defects")
    root, run = out / "data", out / "run"
    data.draw(out=root, count=products, size=PRODUCT_SIZE, seed=seed, source="samples.products")
    _say("3. One model for all tasks")
    settings = {
        "tasks": TASKS,
        "data": {"root": root},
        "model": {"width": width},
        "training": {"size": size, "images": images, "minutes": minutes, "seed": seed},
    }
    train.train_or_resume(read_config(None, settings), run)
    _say_if_cut_short(run, images, minutes)
    _say("4. Defective photos, mended at full size")
    photos = _defective_photos(out, root, seed)
    for task in photos:
        correct.correct([out / "defective" / task], task=task, model=run, out=out / "mended" / task)
    stdout.print(f"before, mended and truth in one picture: {_draw_sheet(out, photos)}")
    _say("5. Scores on test images: the input's error beside the output's")
    evaluate.evaluate(run, split=evaluate.SplitName.test)


def _say_if_cut_short(run: Path, images: int, minutes: float) -> None:
    """A slow or busy machine sees few images in its minutes, and what it then shows is not what mendkit can do."""
    from ..training.checkpoint import read_index

    if (seen := read_index(run).images) < images:
        stdout.print(
            f"only {seen:,} of {images:,} images were seen in {minutes:g} minutes, so what follows is rough; "
            "for all of them: another --out, with more --minutes",
            style="yellow",
        )


def _say(title: str) -> None:
    stdout.print(Text(f"\n{title}", "bold"))


def _defective_photos(out: Path, root: Path, seed: int) -> dict[str, list[Item]]:
    """Write a few test photos of each task with its defect, at full size; the pairs of each task."""
    from mendkit_registry import load

    from ..config import DataConfig
    from ..data.images import write_image
    from ..data.opening import open_catalogue
    from ..data.testsets import test_pairs

    registry = load(strict=True)
    catalogue = open_catalogue(DataConfig(root=root), registry.tasks)
    photos = {}
    for task in TASKS:
        pairs = test_pairs(catalogue, registry, task, "test", size=PRODUCT_SIZE, seed=seed, limit=MENDED_PER_TASK)
        photos[task] = list(pairs)
        for pair in photos[task]:
            write_image(out / "defective" / task / f"{pair.name}.png", pair.source)
    return photos


def _draw_sheet(out: Path, photos: dict[str, list[Item]]) -> Path:
    """Draw all photos with what was made of them, a row each; the path of the picture."""
    from ..data.images import read_image, write_image
    from ..data.sheet import contact_sheet

    rows = [
        [
            image
            for pair in pairs
            for image in (pair.source, read_image(out / "mended" / task / f"{pair.name}.png"), pair.target)
        ]
        for task, pairs in photos.items()
    ]
    path = out / "before-mended-truth.png"
    titles = ["before", "mended", "truth"] * (len(rows[0]) // 3)
    write_image(path, contact_sheet(rows, titles=titles, row_titles=list(photos)))
    return path
