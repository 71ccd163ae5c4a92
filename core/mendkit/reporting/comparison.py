"""A comparison of models as Markdown: a table a metric, the state of each cell, and the command that makes it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..bench.comparison import CellState, Comparison, MetricTable, Spread
from ..data.images import write_image
from ..files import write_json, write_text
from ..networks.pretrained import NO_FEATURES
from .outputs import outputs_sheet

MARKDOWN, JSON, SHEET = "table.md", "table.json", "outputs.png"
NEW_FOLDER = "NEW_FOLDER"

HOW_TO_READ = (
    "Mean ± standard deviation over seeds; N: test images. *input*: the images before they are mended. *halves*: two "
    "random halves of the true images, N/2 each: what equal sets come to. Fréchet distances are biased upward for "
    "small N, and the halves show different products; so the rows of pairs, which show the products of the truth, can "
    "lie below them."
)


def write_comparison(comparison: Comparison, out: Path) -> None:
    """Write the report into ``out`` as Markdown and JSON, and the sheet of outputs as soon as there are any."""
    write_text(out / MARKDOWN, comparison_markdown(comparison))
    write_json(out / JSON, comparison.model_dump(mode="json"))
    if (sheet := outputs_sheet(comparison, out)) is not None:
        write_image(out / SHEET, sheet)


def comparison_markdown(comparison: Comparison) -> str:
    """The whole report."""
    plan = comparison.plan
    parts = [f"# {plan.title}", _conditions(comparison)]
    for table in comparison.metrics:
        parts += [f"## {table.title}", _metric(table, comparison)]
    parts += [HOW_TO_READ if comparison.metrics else _without_numbers(comparison)]
    parts += [_list([*comparison.notes, *(f"absent: {_plain(reason)}" for reason in plan.absent.values())])]
    parts += [
        "## Cells",
        _cells(comparison.cells),
        "## Commands",
        "Each makes one cell again, in a folder of your choice:",
    ]
    parts += ["\n".join(["```bash", *(_elsewhere(cell.command) for cell in comparison.cells), "```"])]
    return "\n\n".join(filter(None, parts)) + "\n"


def _without_numbers(comparison: Comparison) -> str:
    if any(cell.state == "done" for cell in comparison.cells):
        return f"Nothing can be measured without partners and without features: distances were {NO_FEATURES}."
    return "No cell is done yet."


def _conditions(comparison: Comparison) -> str:
    plan, config = comparison.plan, comparison.plan.cells()[0].config
    said = [
        f"Budget of a row: {plan.images:,} images",
        *([f"at most {config.training.minutes:g} minutes a cell"] if config.training.minutes else []),
        f"{config.training.size} px",
        f"width {config.model.width}",
        f"seeds {', '.join(map(str, plan.seeds))}",
        *([f"at most {plan.limit} test images a task"] if plan.limit else []),
        f"features: {comparison.features or 'none'}",
    ]
    return " · ".join(said) + ". Checkpoints are chosen on `val`, numbers are from `test`."


def _metric(table: MetricTable, comparison: Comparison) -> str:
    tasks = [task for task in comparison.plan.tasks if any(task in row for row in table.scores.values())]
    several = len(comparison.plan.tasks) > 1 and tasks == list(comparison.plan.tasks)
    rows = [
        [
            f"{table.better} is better",
            *(f"`{task}`, N = {comparison.counts[task]}" for task in tasks),
            *(["mean"] if several else []),
        ],
        *_reference("*input*", table.inputs, tasks, table.format, several),
    ]
    for model in comparison.plan.models:
        row = table.scores.get(model, {})
        cells = [_spread(row.get(task), table.format, comparison) for task in tasks]
        means = [_spread(table.means.get(model), table.format, comparison)] if several else []
        rows.append([f"{comparison.titles[model]} (`{model}`)", *cells, *means])
    return _table([*rows, *_reference("*halves*", table.halves, tasks, table.format, several)])


def _reference(
    title: str, numbers: dict[str, float], tasks: Sequence[str], form: str, several: bool
) -> Iterator[list[str]]:
    """A row of numbers that no model made; none if there are no such numbers."""
    if all(task in numbers for task in tasks):
        values = [numbers[task] for task in tasks]
        mean = [sum(values) / len(values)] if several else []
        yield [title, *(format(value, form) for value in [*values, *mean])]


def _spread(spread: Spread | None, form: str, comparison: Comparison) -> str:
    if spread is None:
        return "missing"
    spread_text = "" if spread.deviation is None else f" ± {spread.deviation:{form}}"
    planned, there = len(comparison.plan.seeds), len(spread.seeds)
    return f"{spread.mean:{form}}{spread_text}" + ("" if there == planned else f" ({there} of {planned} seeds)")


def _cells(cells: Iterable[CellState]) -> str:
    head = ["cell", "state", "images", "reported after", "minutes", "device", "mendkit", "torch"]
    return _table([head, *(_cell(cell) for cell in cells)])


def _cell(cell: CellState) -> list[str]:
    if (result := cell.result) is None:
        remark = f"**{cell.state}**" + (f": {_plain(cell.remark)}" if cell.remark else "")
        return [f"`{cell.name}`", remark, *[""] * 6]
    made_by = result.evaluation.conditions
    device = result.device if result.device != "cpu" else f"cpu x {result.threads}"
    minutes = f"{result.seconds / 60:.1f}"
    numbers = [f"{result.images:,}", f"{result.chosen_images:,}", minutes, device, made_by.version, made_by.torch]
    return [f"`{cell.name}`", "done", *numbers]


def _elsewhere(command: str) -> str:
    """The command with another folder, since finished cells are kept where they are."""
    words = shlex.split(command)
    for place, word in enumerate(words[:-1], start=1):
        if word == "--out":
            words[place] = NEW_FOLDER
    return shlex.join(words)


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([head, "|" + "---|" * len(rows[0]), *body])


def _list(items: Sequence[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _plain(text: str) -> str:
    """Text that stays in its cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
