"""The images of an evaluation as one folder that any browser opens, without a server and without a network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template

import cv2
import numpy as np
from torch import Tensor

from ..contracts import Image
from ..data.images import write_image
from ..errors import MendkitError
from ..evaluation.evaluate import Evaluation
from ..evaluation.metrics import WORSE_MARGIN, ImageScores
from ..evaluation.outcome import Outcome
from ..files import write_text
from ..networks.mended import Mended
from .table import PlainTable, conditions_line, notes, plain_tables

INDEX = "index.html"
DIFFERENCE_GAIN = 4
"""How much differences are amplified: one quarter of the full scale is shown as the brightest colour."""

LOSSLESS_SIZE = 128
"""Images up to this side are PNG, where JPEG would show its own defects; larger ones are JPEG, to save space."""


@dataclass(frozen=True, slots=True)
class _Card:
    """One test pair: its scores, and its images as (title, path below the folder)."""

    task: str
    name: str
    l1_in: float
    l1_out: float
    worse: bool
    panes: tuple[tuple[str, str], ...]


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
        self._cards: list[_Card] = []

    def add(self, task: str, outcome: Outcome, mended: Mended, scores: ImageScores) -> None:
        """Write the images of a batch of one task."""
        suffix = ".png" if outcome.source.shape[-1] <= LOSSLESS_SIZE else ".jpg"
        for row, name in enumerate(outcome.names):
            stem = f"images/{task}/{len(self._cards):05d}"
            panes = [
                (title, f"{stem}.{title.replace(' ', '-')}{suffix}", image)
                for title, image in _panes(outcome, mended, row)
            ]
            for _, path, image in panes:
                write_image(self._fresh / path, image)
            self._cards.append(
                _Card(
                    task=task,
                    name=name,
                    l1_in=float(scores.l1_in[row]),
                    l1_out=float(scores.l1_out[row]),
                    worse=bool(scores.worse[row]),
                    panes=tuple((title, path) for title, path, _ in panes),
                )
            )

    def finish(self, evaluation: Evaluation) -> Path:
        """Write the page, put the folder in its place, and return the path of ``index.html``."""
        write_text(self._fresh / INDEX, _page(evaluation, self._cards))
        old = self._folder.with_name(f".{self._folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if self._folder.exists():
            self._folder.rename(old)
        self._fresh.rename(self._folder)
        shutil.rmtree(old, ignore_errors=True)
        return self._folder / INDEX


def _panes(outcome: Outcome, mended: Mended, row: int) -> Iterator[tuple[str, Image]]:
    """The images of one pair with their titles. The first three are what the overview shows."""
    yield "before", _rgb(outcome.source[row])
    yield "output", _rgb(outcome.output[row])
    yield "truth", _rgb(outcome.target[row])
    yield "difference", _heat((outcome.output[row] - outcome.target[row]).abs().amax(dim=0) * DIFFERENCE_GAIN)
    yield "clean passed through", _rgb(outcome.clean_output[row])
    if outcome.mask is not None:
        yield "true mask", _grey(outcome.mask[row, 0])
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


def _page(evaluation: Evaluation, cards: list[_Card]) -> str:
    parts = files(__package__) / "page"
    filled = {
        "title": escape(f"{evaluation.conditions.model}: {evaluation.conditions.split}"),
        "conditions": escape(conditions_line(evaluation.conditions)),
        "style": (parts / "gallery.css").read_text(encoding="utf-8"),
        "script": (parts / "gallery.js").read_text(encoding="utf-8"),
        "gain": str(DIFFERENCE_GAIN),
        "tables": "\n".join(map(_table, plain_tables(evaluation))),
        "notes": "\n".join(f"<li>{escape(note)}</li>" for note in notes(evaluation)),
        "tasks": "\n".join(f'<option value="{escape(task)}">{escape(task)}</option>' for task in evaluation.tasks),
        "cards": "\n".join(map(_article, cards)),
    }
    return Template((parts / "gallery.html").read_text(encoding="utf-8")).substitute(filled)


def _table(table: PlainTable) -> str:
    rows = "\n".join(_row("td", row, table.texts) for row in table.rows)
    return (
        f'<div class="wide"><table><caption>{escape(table.title)}</caption>'
        f"<thead>{_row('th', table.columns, table.texts)}</thead>\n<tbody>{rows}</tbody></table></div>"
    )


def _row(tag: str, cells: tuple[str, ...], texts: int) -> str:
    kinds = (' class="text"' if index < texts else "" for index in range(len(cells)))
    return "<tr>" + "".join(f"<{tag}{kind}>{escape(c)}</{tag}>" for kind, c in zip(kinds, cells, strict=True)) + "</tr>"


def _article(card: _Card) -> str:
    ratio = card.l1_out / max(card.l1_in, WORSE_MARGIN)
    figures = "".join(
        f'<figure><img loading="lazy" src="{escape(path)}" alt="{escape(f"{title}: {card.name}")}">'
        f"<figcaption>{escape(title)}</figcaption></figure>"
        for title, path in card.panes
    )
    return (
        f'<article tabindex="0" data-task="{escape(card.task)}" data-name="{escape(card.name)}" '
        f'data-error="{card.l1_out:.6f}" data-ratio="{ratio:.6f}" data-worse="{int(card.worse)}">'
        f"<h2>{escape(card.name)}</h2>"
        f"<p>{escape(card.task)}<b>L1 {card.l1_in:.4f} → {card.l1_out:.4f} ({ratio:.0%})</b></p>"
        f'<div class="panes">{figures}</div></article>'
    )
