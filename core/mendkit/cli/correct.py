"""``mendkit correct``: mends photos with a trained model."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mendkit_registry import load

from ..shipped import default_model, find_model, shipped_models
from .console import passing_bars
from .console import stderr as console
from .options import Device, Product

if TYPE_CHECKING:
    from ..correction.corrector import Corrector
    from ..correction.folder import Result
    from ..correction.jobs import Job
    from ..correction.journal import Journal
    from ..correction.report import Report


def correct(
    inputs: Annotated[list[Path], typer.Argument(help="Photos, folders (their tree is kept) or quoted globs.")],
    *,
    task: Annotated[str, typer.Option(help="The defect to correct, such as background.watermark.")],
    model: Annotated[
        Path | None, typer.Option(help="Run or installed model. Default: as `mendkit models` says.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of the results; photos themselves are never changed.")],
    suffix: Annotated[str | None, typer.Option("--format", help="png, jpg, webp, ... Default: as the photo.")] = None,
    explain: Annotated[Path | None, typer.Option(help="Folder for what the model saw and did, as sheets.")] = None,
    references: Annotated[
        Path | None, typer.Option(help="Folder of right photos of the products. Default: the photos themselves.")
    ] = None,
    product: Product = None,
    batch: Annotated[int, typer.Option(min=1, help="Photos in one pass of the model.")] = 8,
    device: Device = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print what came of each photo as JSON.")] = False,
) -> None:
    """Correct one defect of many photos. Run it again to go on: what is done is skipped. A failure gives status 1."""
    from ..correction.jobs import plan_jobs
    from ..correction.journal import Journal

    plan = plan_jobs(inputs, out, suffix=suffix and f".{suffix.removeprefix('.').lower()}", explain=explain)
    model = _model_for(task) if model is None else find_model(model)
    from ..correction.references import with_references
    from ..training.checkpoint import fingerprint, read_index  # imports torch: what is refused is refused at once

    trained = read_index(model)
    jobs = with_references(plan.jobs, task, trained.extras, product or trained.config.data.product, folder=references)
    open_journal = partial(Journal, out, task, fingerprint(model), explain)
    pending, results = open_journal().pending(jobs), []
    if pending.jobs:
        corrector = _load(model, device, task)
        with _only_writer(out, explain):
            journal = open_journal()  # anew: another process may have written until now
            pending = journal.pending(jobs)
            results = _mend(corrector, pending.jobs, journal, batch)
    from ..correction.report import Report

    report = Report(out, pending.done, results, pending.stale, plan.left_out)
    _print(report, as_json)
    if report.failures:
        raise typer.Exit(1)


def _model_for(task: str) -> Path:
    """The installed model that is the default for the task, and a line that says so."""
    registry = load()
    model = default_model(task, registry)
    for fault in shipped_models(registry).faults:  # of a model that might have been the default
        console.print(fault, style="red")
    console.print(f"model: {model.name} ({model.card.terms}); more: mendkit models show {model.name}", style="dim")
    return model.folder


def _load(model: Path, device: str, task: str) -> Corrector:
    from ..correction.corrector import Corrector

    corrector = Corrector.load(model, device)
    corrector.check_task(task)
    return corrector


@contextmanager
def _only_writer(out: Path, explain: Path | None) -> Iterator[None]:
    """Let no other process write to either folder, which may be one."""
    from ..files import Identity, only_writer

    one = explain is None or Identity.of(explain).path == Identity.of(out).path
    with only_writer(out), nullcontext() if one or explain is None else only_writer(explain):
        yield


def _mend(corrector: Corrector, jobs: Sequence[Job], journal: Journal, batch: int) -> list[Result]:
    """Do the jobs, with a progress bar."""
    from ..correction.folder import correct_all

    with (
        _stoppable(),
        passing_bars() as progress,
        closing(correct_all(corrector, jobs, journal, batch=batch)) as results,
    ):
        return list(progress.track(results, total=len(jobs), description=f"mending {journal.task}"))


@contextmanager
def _stoppable() -> Iterator[None]:
    """Take a termination as Ctrl-C: what is being written is finished, and the exit status is 130."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        console.print("stopped; what is done is kept, and the same command goes on from here")
        raise typer.Exit(130) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _print(report: Report, as_json: bool) -> None:
    for fault in report.faults():
        console.print(fault, style="red", markup=False, highlight=False, soft_wrap=True)
    for line in report.in_words():
        console.print(line, markup=False, soft_wrap=True)
    if as_json:
        typer.echo(json.dumps(report.as_json(), indent=2))
