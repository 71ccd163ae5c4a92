"""The page of a gallery: the numbers of an evaluation, and a card for each test pair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template

from ...evaluation.metrics import WORSE_MARGIN
from ...evaluation.report import Evaluation
from ..table import PlainTable, conditions_line, notes, plain_tables


@dataclass(frozen=True, slots=True)
class Card:
    """One test image. ``images`` maps titles to paths beside the page; the overview shows the first three.

    ``l1`` is the error of the input and of the output, None without a partner to measure them by.
    """

    task: str
    name: str
    l1: tuple[float, float] | None
    worse: bool
    images: Mapping[str, str]


def render_page(evaluation: Evaluation, cards: Sequence[Card], *, difference_gain: int) -> str:
    """The page as HTML, with style and script inside, whatever the names hold."""
    filled = {
        "title": escape(f"{evaluation.conditions.model}: {evaluation.conditions.split}"),
        "conditions": escape(conditions_line(evaluation.conditions)),
        "style": _part("gallery.css"),
        "script": _part("gallery.js"),
        "gain": str(difference_gain),
        "tables": "\n".join(map(_table, plain_tables(evaluation))),
        "notes": "\n".join(f"<li>{escape(note)}</li>" for note in notes(evaluation)),
        "tasks": "\n".join(f'<option value="{escape(task)}">{escape(task)}</option>' for task in evaluation.tasks),
        "cards": "\n".join(map(_article, cards)),
    }
    return Template(_part("gallery.html")).substitute(filled)


def _part(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


def _table(table: PlainTable) -> str:
    rows = "\n".join(_row("td", row, table.texts) for row in table.rows)
    return (
        f'<div class="wide"><table><caption>{escape(table.title)}</caption>'
        f"<thead>{_row('th', table.columns, table.texts)}</thead>\n<tbody>{rows}</tbody></table></div>"
    )


def _row(tag: str, cells: tuple[str, ...], texts: int) -> str:
    kinds = (' class="text"' if index < texts else "" for index in range(len(cells)))
    return "<tr>" + "".join(f"<{tag}{kind}>{escape(c)}</{tag}>" for kind, c in zip(kinds, cells, strict=True)) + "</tr>"


def _article(card: Card) -> str:
    before, after = card.l1 or (0.0, 0.0)
    ratio = after / max(before, WORSE_MARGIN)
    figures = "".join(
        f'<figure><img loading="lazy" src="{escape(path)}" alt="{escape(f"{title}: {card.name}")}">'
        f"<figcaption>{escape(title)}</figcaption></figure>"
        for title, path in card.images.items()
    )
    error = f"<b>L1 {before:.4f} → {after:.4f} ({ratio:.0%})</b>" if card.l1 else ""
    return (
        f'<article tabindex="0" data-task="{escape(card.task)}" data-name="{escape(card.name)}" '
        f'data-error="{after:.6f}" data-ratio="{ratio:.6f}" data-worse="{int(card.worse)}">'
        f"<h2>{escape(card.name)}</h2>"
        f"<p>{escape(card.task)}{error}</p>"
        f'<div class="panes">{figures}</div></article>'
    )
