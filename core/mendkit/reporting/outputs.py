"""The outputs of all models of a table side by side, on the same test images, like the figures of papers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ..bench.comparison import CELLS, Comparison
from ..bench.examples import EXAMPLES
from ..contracts.photo import Image
from ..data.images import read_image
from ..data.sheet import contact_sheet
from ..errors import UnreadableImageError


def outputs_sheet(comparison: Comparison, out: Path) -> Image | None:
    """A row for each test image: the input, each model's output, the truth. None as long as no cell is done.

    A model shows its first seed that is done; what is not there leaves a gap.
    """
    folders = _example_folders(comparison, out)
    done = {model for model, _ in folders}
    models = [model for model in comparison.plan.models if model in done]
    rows = {
        f"{task}, test image {number}": images
        for task in comparison.plan.tasks
        for number, images in _rows({model: folders.get((model, task)) for model in models})
    }
    titles = ["input", *(comparison.titles[model] for model in models), "truth"]
    if all(row[-1] is None for row in rows.values()):  # images without partners have no truth
        rows, titles = {title: row[:-1] for title, row in rows.items()}, titles[:-1]
    return contact_sheet(list(rows.values()), titles=titles, row_titles=list(rows)) if rows else None


def _example_folders(comparison: Comparison, out: Path) -> dict[tuple[str, str], Path]:
    """Where the examples of a model and a task lie."""
    folders: dict[tuple[str, str], Path] = {}
    for cell in comparison.cells:
        for task in cell.result.tasks if cell.result else ():
            folders.setdefault((cell.name.split("/")[0], task), out / CELLS / cell.name / EXAMPLES / task)
    return folders


def _rows(folders: Mapping[str, Path | None]) -> Iterator[tuple[int, list[Image | None]]]:
    """The number of each test image, and its row."""
    places = [folder for folder in folders.values() if folder]
    for number in sorted({file.name.split(".")[0] for place in places for file in place.glob("*.input.png")}):
        source, truth = (_first(places, f"{number}.{kind}.png") for kind in ("input", "truth"))
        yield int(number), [source, *(_read(folder, f"{number}.output.png") for folder in folders.values()), truth]


def _first(folders: Iterable[Path], name: str) -> Image | None:
    return next((image for folder in folders if (image := _read(folder, name)) is not None), None)


def _read(folder: Path | None, name: str) -> Image | None:
    try:
        return read_image(folder / name) if folder else None
    except UnreadableImageError:
        return None
