"""``mendkit demo``: the main job from end to end on drawn products, in about three minutes on two CPU cores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from .console import stdout
from .options import seed_option

if TYPE_CHECKING:
    from mendkit_registry import Registry

    from ..data.catalogue import Catalogue
    from ..data.sampling import Item

PRODUCTS = 480
PRODUCT_SIZE = 192
MENDED_PER_TASK = 3
PLAIN_WIDTH = 16
FIRST_SIZE, FIRST_PER_TASK, FIRST_PRODUCTS = 320, 2, 12
TASKS = ("background.non_white", "background.watermark", "viewpoint.wrong_angle")
"""What drawn products can show, of each of which there is one photo only."""


def demo(
    *,
    out: Annotated[Path, typer.Option(help="Folder of the demo. Run it again to continue.")] = Path("runs/demo"),
    images: Annotated[int, typer.Option(min=8, help="Budget of training, in images.")] = 6000,
    minutes: Annotated[float, typer.Option(help="End training after this many minutes at the latest.")] = 3.0,
    products: Annotated[int, typer.Option(min=20, help="How many products to draw.")] = PRODUCTS,
    size: Annotated[int, typer.Option(help="Side of the model's image, px.")] = 64,
    width: Annotated[
        int | None,
        typer.Option(
            help="Train a plain model from random weights, of this width. Default: start from the installed one."
        ),
    ] = None,
    seed: Annotated[int, seed_option("Seed of everything.")] = 0,
) -> None:
    """Mend some drawn photos at once; then train one model on their defects, score it, and mend photos with it."""
    from . import data, evaluate, tasks

    _say("1. Defective photos, mended by the installed model")
    start = _mend_at_once(out / "first", seed)
    _say("2. The tasks that the installed plugins bring")
    tasks.list_tasks(None, False)
    _say("3. Clean products, drawn; synthesizers invent the defects")
    root, run = out / "data", out / "run"
    data.draw(out=root, count=products, size=PRODUCT_SIZE, seed=seed, source="samples.products")
    _say("4. One model of your own for all tasks")
    settings = {
        "tasks": TASKS,
        "data": {"root": root},
        "training": {"size": size, "images": images, "minutes": minutes, "seed": seed},
    }
    _train(settings, run, width, start)
    _say_if_cut_short(run, images, minutes)
    _say("5. Defective photos, mended by it at full size")
    _mend(out, _defective_photos(root, seed), run)
    _say("6. Its scores on test images: the input's error beside the output's")
    evaluate.evaluate(run, split=evaluate.SplitName.test)


def _mend_at_once(out: Path, seed: int) -> Path | None:
    """Mend a few photos of products that were just drawn with the default model, if one is installed; its folder."""
    from ..errors import MendkitError
    from ..shipped import default_model
    from . import data

    try:
        model = default_model(TASKS[0])
    except MendkitError as error:
        stdout.print(Text(str(error), "yellow"))
        return None
    data.draw(out=out / "data", count=FIRST_PRODUCTS, size=FIRST_SIZE, seed=seed, source="samples.products")
    _mend(out, _first_photos(out / "data", seed), model.folder)
    return model.folder


def _train(settings: dict[str, Any], run: Path, width: int | None, start: Path | None) -> None:
    """Train from the installed model, or a plain model from random weights."""
    from ..config import read_config
    from ..training.start import settings_of
    from .train import train_or_resume

    if width is not None or start is None:
        plain = {"model": {"width": width or PLAIN_WIDTH}}
        return train_or_resume(read_config(None, {**settings, **plain}), run)
    from_model = {"training": {**settings["training"], "start": start}}
    return train_or_resume(read_config(None, {**settings, **from_model}, settings_of(start)), run)


def _mend(out: Path, photos: dict[str, list[Item]], model: Path) -> None:
    """Write the photos, mend them, and draw what was made of them."""
    from ..data.images import write_image
    from . import correct

    for task, items in photos.items():
        for item in items:
            write_image(out / "defective" / task / f"{item.name}.png", item.source)
        correct.correct([out / "defective" / task], task=task, model=model, out=out / "mended" / task)
    stdout.print(f"before, mended and truth in one picture: {_draw_sheet(out, photos)}")


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


def _defective_photos(root: Path, seed: int) -> dict[str, list[Item]]:
    """A few test photos of each task with its defect, at full size."""
    from ..data.testsets import test_pairs

    registry, catalogue = _opened(root)
    return {
        task: list(test_pairs(catalogue, registry, task, "test", size=PRODUCT_SIZE, seed=seed, limit=MENDED_PER_TASK))
        for task in TASKS
    }


def _first_photos(root: Path, seed: int) -> dict[str, list[Item]]:
    """Photos of each task, each of another product, whatever its split."""
    from ..data.making import made_pairs
    from ..data.sampling import Item

    registry, catalogue = _opened(root)
    photos = {}
    for place, task in enumerate(TASKS):
        pairs = made_pairs(catalogue, registry, task, size=FIRST_SIZE, seed=seed)
        numbers = range(place * FIRST_PER_TASK, (place + 1) * FIRST_PER_TASK)
        photos[task] = [Item(task, pairs.make(number), name=f"{number:02d}") for number in numbers]
    return photos


def _opened(root: Path) -> tuple[Registry, Catalogue]:
    from mendkit_registry import load

    from ..config import DataConfig
    from ..data.opening import open_catalogue

    registry = load(strict=True)
    return registry, open_catalogue(DataConfig(root=root), registry.tasks)


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
