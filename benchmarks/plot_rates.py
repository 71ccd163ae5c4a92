"""Draws the error of several tables against the rate of bad pairs in the data of each.

Run: python benchmarks/plot_rates.py 0=bench/bad00 0.5=bench/bad50 1=bench/bad100 --out bad_pairs.png
"""

from __future__ import annotations

import argparse
from pathlib import Path

import matplotlib.pyplot as plt
from pydantic import ValidationError

from mendkit.bench.comparison import Comparison, Spread

METRIC = "l1_ratio"


def read_table(argument: str) -> tuple[float, Comparison]:
    """``RATE=FOLDER`` as the rate and the table in the folder."""
    rate, _, folder = argument.partition("=")
    file = Path(folder) / "table.json"
    try:
        return float(rate), Comparison.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise argparse.ArgumentTypeError(f"{file}: of another version; fill the table again") from error


def read_lines(tables: dict[float, Comparison]) -> dict[str, dict[float, Spread]]:
    """Title of a model -> rate -> its error over seeds."""
    lines: dict[str, dict[float, Spread]] = {}
    for rate, table in sorted(tables.items()):
        metric = next(metric for metric in table.metrics if metric.name == METRIC)
        for model, spread in metric.means.items():
            lines.setdefault(table.titles[model], {})[rate] = spread
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="+", type=read_table, metavar="RATE=FOLDER")
    parser.add_argument("--out", type=Path, required=True, help="the picture")
    options = parser.parse_args()
    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    for title, spreads in read_lines(dict(options.tables)).items():
        means = [100 * spread.mean for spread in spreads.values()]
        deviations = [100 * (spread.deviation or 0) for spread in spreads.values()]
        axes.errorbar([100 * rate for rate in spreads], means, deviations, marker="o", capsize=3, label=title)
    axes.set(xlabel="bad pairs, %", ylabel="L1 of the output / of the input, %", ylim=(0, None))
    axes.legend(frameon=False)
    figure.savefig(options.out, dpi=150)


if __name__ == "__main__":
    main()
