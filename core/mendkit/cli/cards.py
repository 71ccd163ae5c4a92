"""A model's card for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from ..card import Card, Figure, Score
from .console import facts, table


def card_report(card: Card) -> RenderableType:
    """The whole card: what the model is for, its terms, what it has learnt from, how well it does, and its limits."""
    figures = ["", _figures(card.figures)] if card.figures else []
    return Group(Text(card.title, "bold"), facts(_rows(card)), *figures)


def _rows(card: Card) -> Iterator[tuple[str, str]]:
    yield "tasks", "\n".join(f"{name}: {line}" for name, line in card.tasks.items())
    yield "terms", "\n".join(filter(None, [card.terms, card.terms_in_full]))
    yield "learnt from", "\n".join(f"{data.name}: {data.what} ({data.terms})" for data in card.data)
    yield "trained", f"{card.images:,} images, {card.minutes:,.0f} minutes"
    yield "size", f"{card.size} px"
    if card.encoder:
        yield "encoder", f"{card.encoder.network}, which started from {card.encoder.weights} ({card.encoder.terms})"
    if card.limits:
        yield "limits", "\n".join(card.limits)
    yield "date", f"{card.date}, mendkit {card.mendkit}"


def _figures(figures: tuple[Figure, ...]) -> RenderableType:
    """A row for each number, with that of the inputs beside it."""
    rows = table("Task", "Number", "Output", "Input", "Split", "N", "Seed", "Photos, px")
    for figure in figures:
        for name, score in figure.metrics.items():
            conditions = (figure.split, f"{figure.count:,}", str(figure.seed), figure.pixels)
            rows.add_row(*map(Text, (figure.task, name, *_values(score), *conditions)))
    return rows


def _values(score: Score) -> tuple[str, str]:
    return f"{score.output:.4g}", "" if score.input is None else f"{score.input:.4g}"
