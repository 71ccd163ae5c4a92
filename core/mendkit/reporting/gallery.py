"""The images of an evaluation as one folder that any browser opens, without a server and without a network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from torch import Tensor

from ..contracts.mended import Mended
from ..contracts.outcome import Outcome, UnpairedOutcome
from ..contracts.photo import Image
from ..data.images import write_image
from ..errors import MendkitError
from ..evaluation.metrics import is_worse, l1
from ..evaluation.report import Evaluation
from ..files import write_text
from .page.render import Card, render_page

INDEX = "index.html"
DIFFERENCE_GAIN = 4
"""How much differences are amplified: one quarter of the full scale is shown as the brightest colour."""

LOSSLESS_SIZE = 128
"""Images up to this side are PNG, where JPEG would show its own defects; larger ones are JPEG, to save space."""


class Gallery:
    """Writes ``folder/index.html`` and its images; a gallery that is there already is replaced when all is written.

    Give ``add`` every batch, then call ``finish``. Until then everything lies in a hidden folder beside it.

    Raises:
        MendkitError: ``folder`` holds something else than a gallery.
    """

    def __init__(self, folder: Path) -> None:
        if folder.exists() and any(folder.iterdir()) and not (folder / INDEX).is_file():
            raise MendkitError(f"{folder}: holds something else than a gallery; move it away, or write elsewhere")
        self._folder = folder
        self._fresh = folder.with_name(f".{folder.name}.new")
        shutil.rmtree(self._fresh, ignore_errors=True)
        self._cards: list[Card] = []

    def add(self, task: str, outcome: Outcome, mended: Mended) -> None:
        """Write the images of a batch of one task."""
        before, after = l1(outcome.source, outcome.target), l1(outcome.output, outcome.target)
        worse = is_worse(after, before)
        for row, name in enumerate(outcome.names):
            images = {**dict(_pair_panes(outcome, row)), **dict(_model_panes(mended, row))}
            errors = before[row].item(), after[row].item()
            self._cards.append(Card(task, name, errors, worse[row].item(), self._write(task, images)))

    def add_unpaired(self, task: str, outcome: UnpairedOutcome, mended: Mended) -> None:
        """Write the images of a batch of one task that has no pairs."""
        for row, name in enumerate(outcome.names):
            images = {"before": _rgb(outcome.source[row]), "output": _rgb(outcome.output[row])}
            paths = self._write(task, {**images, **dict(_model_panes(mended, row))})
            self._cards.append(Card(task, name, None, False, paths))

    def _write(self, task: str, images: dict[str, Image]) -> dict[str, str]:
        """Write the images of the next card; their paths by title."""
        # Numbers name the files: what a pair is called need not be a sound path.
        stem = f"images/{task}/{len(self._cards):05d}"
        suffix = ".png" if images["output"].shape[0] <= LOSSLESS_SIZE else ".jpg"
        paths = {title: f"{stem}.{title.replace(' ', '-')}{suffix}" for title in images}
        for title, image in images.items():
            write_image(self._fresh / paths[title], image)
        return paths

    def finish(self, evaluation: Evaluation) -> Path:
        """Write the page, put the folder in its place, and return the path of ``index.html``."""
        write_text(self._fresh / INDEX, render_page(evaluation, self._cards, difference_gain=DIFFERENCE_GAIN))
        old = self._folder.with_name(f".{self._folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if self._folder.exists():
            self._folder.rename(old)
        self._fresh.rename(self._folder)
        shutil.rmtree(old, ignore_errors=True)
        return self._folder / INDEX


def _pair_panes(outcome: Outcome, row: int) -> Iterator[tuple[str, Image]]:
    """The images of one pair with their titles. The first three are what the overview shows."""
    yield "before", _rgb(outcome.source[row])
    yield "output", _rgb(outcome.output[row])
    yield "truth", _rgb(outcome.target[row])
    yield "difference", _heat((outcome.output[row] - outcome.target[row]).abs().amax(dim=0) * DIFFERENCE_GAIN)
    yield "clean passed through", _rgb(outcome.clean_output[row])
    if outcome.mask is not None:
        yield "true mask", _grey(outcome.mask[row, 0])


def _model_panes(mended: Mended, row: int) -> Iterator[tuple[str, Image]]:
    """What the output was composed of, as far as the model has it."""
    if mended.mask is not None:
        yield "mask", _grey(mended.mask[row, 0])
    for title, attention in (("group attention", mended.group_attention), ("type attention", mended.type_attention)):
        if attention is not None:
            yield title, _heat(_stretched(attention[row, 0]))


def _rgb(image: Tensor) -> Image:
    return np.ascontiguousarray(_levels(image).transpose(1, 2, 0))


def _grey(mask: Tensor) -> Image:
    return np.repeat(_levels(mask)[..., None], 3, axis=2)


def _heat(values: Tensor) -> Image:
    """From 0, black, over violet and orange to 1, nearly white."""
    coloured = cv2.applyColorMap(_levels(values), cv2.COLORMAP_INFERNO)
    return np.ascontiguousarray(coloured[..., ::-1], dtype=np.uint8)


def _stretched(values: Tensor) -> Tensor:
    """Scaled so that the smallest is 0 and the largest 1; all 0 if they are equal."""
    low, high = values.min(), values.max()
    return (values - low) / (high - low).clamp(min=1e-12)


def _levels(values: Tensor) -> Image:
    levels: Image = values.float().clamp(0, 1).mul(255).round().byte().numpy()
    return levels
