"""A table for terminals, whose words stay whole where the terminal is wide enough."""

from __future__ import annotations

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement, measure_renderables
from rich.table import Column, Table

WIDEST = 100_000
"""No line is wider: tables are measured as if they had all the room that they need."""


class WordTable(Table):
    """Breaks lines at the ends of words. Words are folded only if the columns could not be narrow enough otherwise.

    As in rich's own tables, the widest columns become narrower first; there, even if their words no longer fit.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render the table, in at most the columns of ``options`` if that is possible."""
        least, most = Measurement.get(console, options.update(max_width=WIDEST), self)
        if least <= options.max_width < most:
            self._narrow(most - options.max_width, [_measured(column, console, options) for column in self.columns])
        return super().__rich_console__(console, options)

    def _narrow(self, excess: int, columns: list[Measurement]) -> None:
        widths = [column.maximum for column in columns]
        for _ in range(excess):
            wider = (place for place, column in enumerate(columns) if widths[place] > column.minimum)
            widths[max(wider, key=widths.__getitem__)] -= 1
        for column, width in zip(self.columns, widths, strict=True):
            column.width = width


def _measured(column: Column, console: Console, options: ConsoleOptions) -> Measurement:
    """The widths of the longest word and of the longest line of a column."""
    cells = [console.render_str(column.header) if isinstance(column.header, str) else column.header, *column.cells]
    return measure_renderables(console, options.update(max_width=WIDEST), cells)
