from __future__ import annotations

import os
from pathlib import Path

import pytest

from mendkit.correction.jobs import Job, RefusedError
from mendkit.correction.journal import Journal, Pending, fingerprint
from mendkit.errors import CheckpointError


@pytest.fixture
def job(tmp_path: Path) -> Job:
    (tmp_path / "a.jpg").write_bytes(b"photo")
    return Job(tmp_path / "a.jpg", tmp_path / "out" / "a.jpg", "a.jpg")


def journal(job: Job, task: str = "light.dark", model: str = "model") -> Journal:
    return Journal(job.output.parent, task, model)


def do(job: Job, **settings: str) -> None:
    book = journal(job, **settings)
    book.begin(job)
    job.output.write_bytes(b"mended")
    book.finish(job)


def test_what_was_finished_is_done(job: Job) -> None:
    assert journal(job).pending([job]) == Pending((job,), done=0, stale=0)
    do(job)
    assert journal(job).pending([job]) == Pending((), done=1, stale=0)


def test_what_was_only_begun_is_made_again(job: Job) -> None:
    journal(job).begin(job)
    job.output.write_bytes(b"mended")
    assert journal(job).pending([job]) == Pending((job,), done=0, stale=0)


def test_an_output_that_was_removed_is_made_again(job: Job) -> None:
    do(job)
    job.output.unlink()
    assert journal(job).pending([job]).jobs == (job,)


@pytest.mark.parametrize("changed", ["task", "model", "photo", "time"])
def test_what_was_made_of_something_else_is_made_again(job: Job, changed: str) -> None:
    do(job)
    if changed == "photo":
        job.source.write_bytes(b"another photo")
    if changed == "time":
        os.utime(job.source, ns=(0, 0))
    settings = {changed: "another"} if changed in ("task", "model") else {}
    assert journal(job, **settings).pending([job]) == Pending((job,), done=0, stale=1)
    do(job, **settings)
    assert journal(job, **settings).pending([job]).done == 1


def test_a_file_that_no_run_wrote_is_never_replaced(job: Job) -> None:
    job.output.parent.mkdir()
    job.output.write_bytes(b"somebody's")
    with pytest.raises(RefusedError, match=r"a\.jpg: exists"):
        journal(job).pending([job])


def test_a_result_that_was_edited_is_never_replaced(job: Job) -> None:
    do(job)
    job.output.write_bytes(b"retouched by hand")
    with pytest.raises(RefusedError, match=r"a\.jpg: was changed"):
        journal(job, task="light.paired").pending([job])


def test_a_missing_explanation_is_made_later(job: Job, tmp_path: Path) -> None:
    do(job)
    explained = Job(job.source, job.output, job.name, sheet=tmp_path / "maps" / "a.jpg.png")
    assert journal(job).pending([explained]).jobs == (explained,)
    tmp_path.joinpath("maps").mkdir()
    tmp_path.joinpath("maps/a.jpg.png").touch()
    assert journal(job).pending([explained]).done == 1


def test_a_line_cut_short_by_a_crash_spoils_no_other(job: Job, tmp_path: Path) -> None:
    do(job)
    file = job.output.parent / ".mendkit.jsonl"
    file.write_bytes(file.read_bytes() + b'\n{"name": "b.jpg", "orig\xff')
    other = Job(tmp_path / "a.jpg", tmp_path / "out" / "c.jpg", "c.jpg")
    do(other)
    assert journal(job).pending([job, other]).done == 2


def test_a_fingerprint_tells_contents_apart(tmp_path: Path) -> None:
    for name, content in (("a", b"weights"), ("b", b"weights"), ("c", b"Weights")):
        (tmp_path / name).write_bytes(content)
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b") != fingerprint(tmp_path / "c")


def test_missing_weights_are_an_error_that_names_them(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="average"):
        fingerprint(tmp_path / "average.safetensors")
