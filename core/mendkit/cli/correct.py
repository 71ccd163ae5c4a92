"""``mendkit correct``: mends photos with a trained model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from .options import Device, Product

if TYPE_CHECKING:
    from ..correction.folder import Result
    from ..correction.jobs import Job
    from ..correction.journal import Journal

console = Console(stderr=True)


def correct(
    inputs: Annotated[list[Path], typer.Argument(help="Photos, folders (their tree is kept) or quoted globs.")],
    *,
    task: Annotated[str, typer.Option(help="The defect to correct, such as background.watermark.")],
    model: Annotated[Path, typer.Option(help="Run, as `mendkit train` writes it.")],
    out: Annotated[Path, typer.Option(help="Folder of the results; photos themselves are never changed.")],
    suffix: Annotated[str | None, typer.Option("--format", help="png, jpg, webp, ... Default: as the photo.")] = None,
    explain: Annotated[Path | None, typer.Option(help="Folder for what the model saw and did, as sheets.")] = None,
    references: Annotated[
        Path | None, typer.Option(help="Folder of right photos of the products. Default: the photos themselves.")
    ] = None,
    product: Product = None,
    batch: Annotated[int, typer.Option(min=1, help="Photos in one pass of the model.")] = 8,
    device: Device = "auto",
) -> None:
    """Correct one defect of many photos. Run it again to go on: what is done is skipped. A failure gives status 1."""
    from ..correction.jobs import plan_jobs
    from ..correction.journal import Journal, fingerprint

    jobs = plan_jobs(inputs, out, suffix=suffix and f".{suffix.removeprefix('.').lower()}", explain=explain)
    from ..correction.references import with_references
    from ..training.checkpoint import find_checkpoint, read_index  # imports torch: what is refused is refused at once

    trained = read_index(model)
    jobs = with_references(jobs, task, trained.extras, product or trained.config.data.product, folder=references)
    journal = Journal(out, task, fingerprint(find_checkpoint(model) / "average.safetensors"))
    pending = journal.pending(jobs)
    results = _correct(pending.jobs, journal, model, batch=batch, device=device) if pending.jobs else []
    failures = [result for result in results if result.error is not None]
    for result in failures:
        console.print(f"{result.job.source}: {result.error}", style="red", markup=False, highlight=False)
    mended = f"{len(results) - len(failures)} mended"
    if pending.stale:
        mended += f" ({pending.stale} again: the photo, task or model had changed)"
    console.print(f"{mended}, {pending.done} already done, {len(failures)} failed: {out}", markup=False)
    if failures:
        raise typer.Exit(1)


def _correct(jobs: Sequence[Job], journal: Journal, model: Path, *, batch: int, device: str) -> list[Result]:
    """Do the jobs, with a progress bar."""
    from rich.progress import Progress

    from ..correction.corrector import Corrector
    from ..correction.folder import correct_all
    from ..training.loop import pick_device

    corrector = Corrector.load(model, str(pick_device(device)))
    corrector.check_task(journal.task)
    with Progress(console=console, transient=True) as progress:
        results = correct_all(corrector, jobs, journal, batch=batch)
        return list(progress.track(results, total=len(jobs), description=f"mending {journal.task}"))
