"""A table for terminals, whose words stay whole where the terminal is wide enough."""

from __future__ import annotations

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement, measure_renderables
from rich.table import Column, Table


class WordTable(Table):
    """Breaks lines at the ends of words. Words are folded only if the columns could not be narrow enough otherwise.

    Rich makes the widest columns narrower first, even if their words no longer fit.
    """

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render the table, in at most the columns of ``options`` if that is possible."""
        needed = Measurement.get(console, options.update(max_width=10_000), self)
        room = options.max_width - needed.minimum
        if room >= 0:
            for column in self.columns:
                own = _words(column, console, options)
                more = min(room, own.maximum - own.minimum)
                column.width, room = own.minimum + more, room - more
        return super().__rich_console__(console, options)


def _words(column: Column, console: Console, options: ConsoleOptions) -> Measurement:
    """The widths of the longest word and of the longest line of a column."""
    cells = [console.render_str(column.header), *column.cells]  # type: ignore[arg-type]
    return measure_renderables(console, options.update(max_width=10_000), cells)
