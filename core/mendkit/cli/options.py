"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataRoot = Annotated[Path | None, typer.Option("--data", help="Data root; see docs/your-data.md.")]
Clean = Annotated[Path | None, typer.Option(help="Folder of clean images, instead of DATA/clean.")]
Manifest = Annotated[Path | None, typer.Option(help="CSV or JSONL manifest, instead of that in DATA.")]
Resource = Annotated[list[str] | None, typer.Option(help="KIND=FOLDER of images for synthesizers; repeatable.")]
Reverse = Annotated[
    list[str] | None,
    typer.Option(metavar="TASK", help="Published set of this task: source and target change sides; repeatable."),
]
Tasks = Annotated[list[str] | None, typer.Option(help="Task, group or glob; repeatable. Default: all.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, ...")]


def parse_resources(items: list[str] | None) -> dict[str, Path]:
    """The folders by kind that ``--resource KIND=FOLDER`` names. Raises a usage error for anything else."""
    if bad := [item for item in items or () if "=" not in item]:
        raise typer.BadParameter(f"--resource {bad[0]}: expected KIND=FOLDER, such as backgrounds=photos/rooms")
    return {kind: Path(folder) for kind, _, folder in (item.partition("=") for item in items or ())}
